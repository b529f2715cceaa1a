import { z } from 'zod'
import {
  actingReader,
  count,
  filePath,
  filePaths,
  id,
  imageIds,
  isoTime,
  nothing,
  replace,
  started,
} from './atoms.ts'
import { call } from './call.ts'
import { caseProposalSchema } from './case-forms.ts'
import { failureSchema } from './failure.ts'
import { slideAreasSchema } from './slide-analysis.ts'
import { fileOutcomeSchema, importAccountSchema } from './import-account.ts'
import { skippedFilesSchema } from './import-sentences.ts'
import { cameraBitsSchema } from './camera-bits.ts'
import { tableEncodings } from './table-encodings.ts'
import { verdictViewSchema } from './predictions.ts'
import { labelViewSchema, readingsSchema } from './readings.ts'

export const imageViewSchema = z.object({
  id,
  /** Content hash of the file. From page 2 on, hash of the file and the page together. */
  sha256: z.string().length(64),
  /** The file that is read: the copy in the workspace if there is one. */
  path: z.string(),
  /** Path that it was imported from, or was found at later. */
  originalPath: z.string(),
  copied: z.boolean(),
  /** Page of its file, from 1. */
  page: z.int().positive(),
  fileName: z.string(),
  format: z.string(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  pixelSizeUm: z.number().positive().nullable(),
  /** `resolution-tag`, `ome-xml`, `aperio`, `none`, or `stated`: given by the user at import. */
  pixelSizeSource: z.string(),
  /** Given at import for a picture of 16 bits; null or absent: its values are read as they are. */
  cameraBits: cameraBitsSchema.nullable().optional(),
  /** Drawn by Lobule's own generator: not real tissue. */
  synthetic: z.boolean(),
  caseName: z.string().nullable(),
  /** The label, also for training (`agreedReading`); null: no reader chose a class, or readers disagree. */
  label: labelViewSchema.nullable(),
  readings: readingsSchema,
  /** The readers whom it is assigned to; absent: none. */
  assignedTo: z.array(z.string()).optional(),
  /** The locked test set that it belongs to; null or absent: none. Such an image trains no model. */
  testSet: z.string().nullable().optional(),
  /** The newest prediction. */
  verdict: verdictViewSchema.nullable(),
  /** What its newest analysis as a slide found; null or absent: it was not analysed. */
  slide: slideAreasSchema.nullable().optional(),
  /** null: hidden from a blind reader, since images are imported folder by folder. */
  importedAt: isoTime.nullable(),
})
export type ImageView = z.infer<typeof imageViewSchema>

/** Why a row of a table of labels was skipped; `row` counts from 1 below the header. */
export const rowProblemSchema = z.object({ row: z.int(), file: z.string(), problem: z.string() })
export type RowProblem = z.infer<typeof rowProblemSchema>

export const importPreviewSchema = z.object({
  files: z.array(
    z.object({ path: z.string(), caseName: z.string().nullable(), className: z.string().nullable() }),
  ),
  /** Of all files that were found, whether listed or not. */
  totals: z.object({
    files: z.int(),
    bytes: z.int(),
    /** Number of different cases, and of files without a case. */
    cases: z.int(),
    withoutCase: z.int(),
    labelled: z.int(),
    /** Images of the smallest and of the largest case; 0 without cases. */
    minImages: z.int(),
    maxImages: z.int(),
  }),
  /** Case names that look like one patient's, with those of the workspace; the first 20 groups. */
  similarCases: z.array(z.array(z.string())),
  /** Free space on the workspace's disk. */
  freeBytes: z.int(),
  failed: z.array(failureSchema),
  /** Absent in answers of older versions, as in the report. */
  skipped: z.array(skippedFilesSchema).optional(),
  rows: z.array(rowProblemSchema),
})
export type ImportPreview = z.infer<typeof importPreviewSchema>

export const importReportSchema = z.object({
  imported: z.int(),
  duplicates: z.int(),
  /** Duplicates of an image whose file was missing: the image now uses the new path. */
  found: z.int(),
  /** Duplicates of an image that had been removed: it is back. Absent in reports of older versions. */
  restored: z.int().optional(),
  /** Images that got a label, including duplicates without a label. */
  labelled: z.int(),
  /** Images without a known pixel size, among those imported and the duplicates. */
  withoutPixelSize: z.int().optional(),
  /** Files that also hold a picture of the slide's label; of imported files, not of duplicates. */
  withLabelPicture: z.int().optional(),
  /** Rows of the table of labels that were skipped. */
  rows: z.array(rowProblemSchema),
  failed: z.array(failureSchema),
  /** Other files of the folders. */
  skipped: z.array(skippedFilesSchema).optional(),
  /** The image of each readable file, duplicates included. */
  images: z.array(z.object({ path: z.string(), imageId: id })),
  /** Absent in reports of older versions, as is `files`. */
  account: importAccountSchema.optional(),
  /** What became of each file that was offered. */
  files: z.array(z.object({ path: z.string(), outcome: fileOutcomeSchema })).optional(),
})
export type ImportReport = z.infer<typeof importReportSchema>

/** Where an image's label and case come from. */
const labelSources = {
  labels: z.enum(['folder', 'none']),
  /** A CSV file with the columns file and label or case, and optionally reader; takes precedence over `labels`. */
  labelsFile: filePath.nullable().default(null),
  /** How the table is written; absent: UTF-8, or UTF-16 with a byte order mark. */
  encoding: z.enum(tableEncodings).optional(),
  /**
   * A regular expression over the file name; its first group, or the whole match, names the case. `@folder`: the name of the
   * file's folder does.
   */
  casesPattern: z.string().max(500).nullable(),
  /** Whether new readers of the table whose names look like those of known ones are other readers. */
  confirmReaders: z.boolean().optional(),
}

export const imageCalls = {
  'image.import': call({
    input: z.strictObject({
      paths: filePaths,
      ...labelSources,
      /** um; for files without a pixel size of their own; these images are marked `stated`. */
      pixelSizeUm: z.number().min(0.05).max(20).nullable().default(null),
      /** Of the camera, for files of 16 bits: a file with larger values fails, any other depth is read as ever. Absent: none. */
      cameraBits: cameraBitsSchema.nullable().optional(),
      /** For files with several pages; `ask` lists them as failed, with their pages. */
      pages: z.union([z.enum(['ask', 'first', 'all']), z.int().min(1).max(4096)]).default('ask'),
      /** Copies the files into the workspace. */
      copy: z.boolean().default(false),
      /**
       * Restores images that were removed, except those of locked test sets. Absent: they are left out, since a reader decided
       * so, and counted.
       */
      restoreRemoved: z.boolean().optional(),
      /** Starts a job `try-import`, which gives the same report and changes nothing. */
      dryRun: z.boolean().optional(),
    }),
    output: started,
    audit: ['import', 'label'],
    blinded: 'refused',
    role: 'technician',
  }),
  /** Writes the account of a finished import, or of a dry run, as CSV; `rows` counts its lines. Errors `job.not-found`. */
  'image.writeAccount': call({
    input: z.strictObject({ jobId: id, path: filePath, replace }),
    output: z.object({ rows: z.int() }),
    audit: ['export'],
    blinded: 'refused',
    role: 'technician',
  }),
  /** What an import would find, without opening an image. */
  'image.preview': call({
    input: z.strictObject({
      paths: filePaths,
      ...labelSources,
      /** Maximum number of files to list; up to half are files without a case. null: no limit. */
      mostFiles: z.int().positive().nullable().default(null),
      /** Of previews with the same name only the newest is made; an older one under way fails with `call.superseded`. */
      draft: z.string().max(64).default(''),
    }),
    output: importPreviewSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** Ways to read the cases from the names of these files, the best first; empty: no known form fits. */
  'image.proposeCases': call({
    input: z.strictObject({ paths: filePaths }),
    output: z.array(caseProposalSchema),
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** Sets the case of images, or of none if one refuses, as one step of the reader's. Errors `image.not-found`, `test-set.case-locked`. */
  'image.setCase': call({
    input: z.strictObject({
      imageIds,
      /** null: none. */
      caseName: z.string().trim().min(1).max(200).nullable(),
      reader: actingReader,
    }),
    output: z.object({
      images: z.array(imageViewSchema),
      /** Images whose case is another one now. */
      changed: count,
      /** Models that were trained on them, with their old cases in the folds. */
      models: z.array(z.string()),
      /** Groups of case names that look like the same patient's, with this one. */
      similarCases: z.array(z.array(z.string())),
    }),
    audit: ['image'],
    blinded: 'refused',
    role: 'technician',
  }),
  /** States the pixel size of images whose files do not. Error `image.not-found`. */
  'image.setPixelSize': call({
    input: z.strictObject({ imageIds, pixelSizeUm: z.number().min(0.05).max(20), reader: actingReader }),
    output: z.object({
      images: z.array(imageViewSchema),
      changed: count,
      /** Left as they are: their files say it. */
      fromFile: count,
      /** Left as they are: descriptors, folds or predictions depend on it. */
      used: count,
    }),
    audit: ['image'],
    blinded: 'refused',
    role: 'technician',
  }),
  /**
   * Removes images from the workspace, or restores removed ones, as one step of the reader's. Files, labels and
   * predictions stay. Errors `image.not-found`, `test-set.image-locked`.
   */
  'image.setRemoved': call({
    input: z.strictObject({ imageIds, isRemoved: z.boolean(), reader: actingReader }),
    output: z.object({
      changed: count,
      /** Models that were trained on them; they stay as they are. */
      models: z.array(z.string()),
    }),
    audit: ['image'],
    blinded: 'refused',
    role: 'pathologist',
  }),
  /** Removed images, the one that was removed last first. */
  'image.listRemoved': call({
    input: nothing,
    output: z.array(z.object({ imageId: id, fileName: z.string(), path: z.string(), at: isoTime })),
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  'image.list': call({
    input: nothing,
    output: z.array(imageViewSchema),
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  'image.get': call({
    input: z.strictObject({ imageId: id }),
    output: imageViewSchema,
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
}
