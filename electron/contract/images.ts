import { z } from 'zod'
import { filePath, id, isoTime, nothing, started } from './atoms.ts'
import { call } from './call.ts'
import { importPreviewSchema } from './job-views.ts'
import { verdictViewSchema } from './predictions.ts'
import { labelViewSchema, readingsSchema } from './readings.ts'

export const imageViewSchema = z.object({
  id,
  /** Of the file; of a further page of a file with several pictures, of file and page together. */
  sha256: z.string().length(64),
  /** The file that is read: the copy in the workspace where there is one. */
  path: z.string(),
  /** Where it was imported from, or found again. */
  originalPath: z.string(),
  copied: z.boolean(),
  /** Which picture of its file, from 1. */
  page: z.int().positive(),
  fileName: z.string(),
  format: z.string(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  pixelSizeUm: z.number().positive().nullable(),
  /** `resolution-tag`, `ome-xml`, `aperio`, `none`, or `stated` by the user at import. */
  pixelSizeSource: z.string(),
  /** Made by Lobule's own generator, never to be taken for real tissue. */
  synthetic: z.boolean(),
  caseName: z.string().nullable(),
  /** What counts, also for training (`agreedReading`); null: nobody named a class, or readers disagree. */
  label: labelViewSchema.nullable(),
  readings: readingsSchema,
  /** The newest verdict. */
  verdict: verdictViewSchema.nullable(),
  importedAt: isoTime,
})
export type ImageView = z.infer<typeof imageViewSchema>

/** Where an image's label and case come from. */
const labelSources = {
  labels: z.enum(['folder', 'none']),
  /** A CSV file with the columns file and label or case, and optionally reader; takes precedence over `labels`. */
  labelsFile: filePath.nullable().default(null),
  /** A regular expression over the file name; its first group, or the whole match, names the case. */
  casesPattern: z.string().max(500).nullable(),
}

export const imageCalls = {
  'image.import': call({
    input: z.strictObject({
      paths: z.array(filePath).min(1),
      ...labelSources,
      /** um; for files that do not state their own; such images are marked `stated`. */
      pixelSizeUm: z.number().min(0.05).max(20).nullable().default(null),
      /** For files with several pictures; `ask` lists them as failed with their pages. */
      pages: z.union([z.enum(['ask', 'first', 'all']), z.int().min(1).max(4096)]).default('ask'),
      /** Copies the files into the workspace. */
      copy: z.boolean().default(false),
    }),
    output: started,
    audit: ['import', 'label'],
    blinded: 'open',
  }),
  /** What an import would find, without opening a picture. */
  'image.preview': call({
    input: z.strictObject({
      paths: z.array(filePath).min(1),
      ...labelSources,
      /** Maximum number of files to list; up to half are files without a case. null: no limit. */
      mostFiles: z.int().positive().nullable().default(null),
    }),
    output: importPreviewSchema,
    audit: 'reads',
    blinded: 'open',
  }),
  'image.list': call({
    input: nothing,
    output: z.array(imageViewSchema),
    audit: 'reads',
    blinded: 'redacted',
  }),
  'image.get': call({
    input: z.strictObject({ imageId: id }),
    output: imageViewSchema,
    audit: 'reads',
    blinded: 'redacted',
  }),
}
