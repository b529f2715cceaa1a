import { z } from 'zod'
import {
  actingReader,
  anyCaseName,
  anyClassName,
  count,
  filePath,
  id,
  isoTime,
  maxListed,
  readerName,
  replace,
  sha256,
  started,
} from './atoms.ts'
import { call } from './call.ts'
import { labelSources } from './label-source.ts'
import { labelKinds } from './labels.ts'
import { regionGeometrySchema } from './regions.ts'

/** The newest format of files of readings that this program reads. */
export const readingsVersion = 2
/** The format without comments on images that their reader has not labelled, and without renamed classes; written where there are none. */
export const readingsVersionOfLabels = 1
export const readingsEnding = '.jsonl'
/** Larger files are refused unread; a longer line too. */
export const maxReadingsBytes = 256 * 2 ** 20
export const maxReadingsLineBytes = 16 * 2 ** 20
/** Clocks differ; an entry further ahead of the clock of the computer that reads it is refused: it would stay the newest for long. */
export const maxAheadMs = 24 * 3600 * 1000

const storedReader = z.string().min(1).max(400)
const storedText = z.string().min(1).max(4096).nullable()
/** ms since 1970; up to the year 9999. */
const placeMs = z.int().nonnegative().max(253_402_300_799_999)

/** The first line: who wrote the file, when, and the state of the trail then. */
export const readingsHeaderSchema = z.strictObject({
  type: z.literal('lobule-readings'),
  version: z.literal([readingsVersionOfLabels, readingsVersion]),
  /** Lobule's version. */
  software: z.string().min(1).max(100),
  madeAt: isoTime,
  /** `id`: the hash of the first event of its audit trail. */
  workspace: z.strictObject({ id: sha256, name: z.string().max(1000) }),
  /** The newest event of its audit trail. */
  head: z.strictObject({ event: id, hash: sha256 }),
  /** Only the readings of this reader; null: all that the workspace holds, also those that it received. */
  reader: storedReader.nullable(),
  images: count,
  entries: count,
  /**
   * Every name of each class, in files of format 2. The lines have the first one, as in workspaces that did not rename it.
   */
  classes: z
    .array(z.array(anyClassName.min(1)).min(1).max(1000))
    .max(20)
    .optional(),
})
export type ReadingsHeader = z.infer<typeof readingsHeaderSchema>

const entryFields = {
  reader: storedReader,
  at: isoTime,
  orderMs: placeMs,
  /** Key of the entry that it undoes, which is on an earlier line (store/reading-keys.ts). */
  undoes: sha256.nullable(),
}

/** The lines between the first and the last: the images of the workspace, then what readers did, oldest first on each. */
export const readingsLineSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('image'), image: sha256 }),
  z.strictObject({
    type: z.literal('label'),
    image: sha256,
    ...entryFields,
    kind: z.enum(labelKinds),
    className: anyClassName.min(1).nullable(),
    isUnsure: z.boolean(),
    isBlind: z.boolean(),
    source: z.enum(labelSources),
    table: storedText,
    comment: storedText,
  }),
  z.strictObject({
    type: z.literal('comment'),
    image: sha256,
    ...entryFields,
    /** Key of the label event. */
    label: sha256,
    comment: storedText,
  }),
  z.strictObject({
    type: z.literal('regions'),
    image: sha256,
    ...entryFields,
    entries: z
      .array(
        z.strictObject({
          uuid: z.uuid(),
          /** null: deleted, or its drawing undone. */
          geometry: regionGeometrySchema.nullable(),
          className: anyClassName.min(1).nullable(),
          name: storedText,
          comment: storedText,
        }),
      )
      .min(1)
      .max(20_000),
  }),
])
export type ReadingsLine = z.infer<typeof readingsLineSchema>

/** The last line. */
export const readingsEndSchema = z.strictObject({
  type: z.literal('end'),
  /** Of all bytes before this line. */
  sha256,
})

const counts = { labels: count, comments: count, regionChanges: count }

export const readingsExportSchema = z.object({
  path: z.string(),
  images: count,
  ...counts,
  /**
   * SHA-256 over the keys of all entries of the file: two workspaces with the same images and the same readings have the
   * same. null: only the readings of one reader were written.
   */
  digest: sha256.nullable(),
  /** Entries that other computers refuse until their clocks have come near: they are more than a day ahead of this one's. */
  ahead: count,
})
export type ReadingsExport = z.infer<typeof readingsExportSchema>

export const readingsImportSchema = z.object({
  path: z.string(),
  header: readingsHeaderSchema,
  /** What is new here. */
  added: z.object(counts),
  /** Entries that were here already. */
  known: count,
  /** Entries on images that this workspace lacks. They are left out; after an import of the images they can follow. */
  leftOut: count,
  /** Images of the file that this workspace lacks, and the first hundred of them. */
  missingImages: count,
  missing: z.array(sha256),
  /** Over all that this workspace holds on the images of the file that it has; see `ReadingsExport`. */
  digest: sha256,
})
export type ReadingsImport = z.infer<typeof readingsImportSchema>

export const handoverReportSchema = z.object({
  /** The new workspace. */
  path: z.string(),
  to: z.string(),
  isBlind: z.boolean(),
  images: count,
  cases: count,
  /** Label events in it. */
  labels: count,
  /** Whether it has copies of the images; otherwise it names the files where they are now. */
  copied: z.boolean(),
})
export type HandoverReport = z.infer<typeof handoverReportSchema>

/** Readings that go from one workspace to another (docs/several-computers.md). */
export const exchangeCalls = {
  /**
   * Writes labels, comments and regions of the open workspace, undone ones included, with its images as content hashes.
   * The event holds the hash of the file. A reader who reads blind writes only their own. Errors `path.exists`,
   * `path.not-writable`.
   */
  'exchange.export': call({
    input: z.strictObject({
      path: filePath,
      replace,
      /** Only the readings of the acting reader. */
      isOwn: z.boolean().default(false),
      reader: actingReader,
    }),
    output: readingsExportSchema,
    audit: ['export'],
    blinded: 'open',
    role: 'technician',
  }),
  /**
   * Makes a workspace in a new folder for a reader on another computer; its job reports a HandoverReport. Errors
   * `backup.folder-exists`, `case.not-found`, `reader.looks-alike`, `image.several-files`, `image.file-changed`, `disk.full`,
   * `path.not-writable`.
   */
  'exchange.handOver': call({
    input: z.strictObject({
      path: filePath,
      /** null: all images. */
      cases: z.array(anyCaseName).min(1).max(maxListed).nullable().default(null),
      /** The reader that it is for. */
      to: readerName,
      copyImages: z.boolean().default(false),
      /** Without labels, suggestions and file names; the images are copied, and the first opening begins blind reading. */
      isBlind: z.boolean().default(false),
    }),
    output: started,
    audit: ['export'],
    blinded: 'refused',
    role: 'pathologist',
  }),
  /**
   * Adds what a file of readings has and the open workspace does not. Nothing is replaced; a second import changes
   * nothing. Every refusal comes before the first change. Errors `readings.invalid`, `readings.newer`,
   * `classes.unknown`, `reader.looks-alike`, `region.invalid`.
   */
  'exchange.import': call({
    input: z.strictObject({ path: filePath }),
    output: readingsImportSchema,
    audit: ['import', 'label', 'undo', 'redo', 'adjudication', 'comment', 'region'],
    blinded: 'refused',
    role: 'pathologist',
  }),
}
