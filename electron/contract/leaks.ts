import { z } from 'zod'
import { count, fraction, id, isoTime, nothing, started } from './atoms.ts'
import { call } from './call.ts'
import { failureSchema } from './failure.ts'
import { encoderNameSchema } from './encoder-names.ts'

const sharedTissue = {
  /** Correlation of the brightness where the images overlap. */
  correlation: z.number(),
  /** Part of the smaller image that both show. */
  overlap: fraction,
  /** How much larger the first shows it, in the pixels of both files. */
  scale: z.number().positive(),
  /** Degrees, -180 to 180. */
  turn: z.number(),
  isMirrored: z.boolean(),
}

/** The report of the job that compares all images of a workspace. */
export const leakCheckReportSchema = z.object({
  /** Images that were compared. */
  imageIds: z.array(id),
  /** Compared images with too little detail to find a copy of: blank or blurred. */
  withoutDetail: count,
  /** Pairs that show the same tissue, whatever their cases; at most `maxStoredCopies`, those of different cases first. */
  copies: z.array(z.object({ firstId: id, secondId: id, ...sharedTissue })),
  /** All pairs that were found. */
  copyCount: count,
  failed: z.array(failureSchema),
  durationMs: z.number().nonnegative(),
})
export type LeakCheckReport = z.infer<typeof leakCheckReportSchema>
export const maxStoredCopies = 5000

const imageNameSchema = z.object({ imageId: id, fileName: z.string(), caseName: z.string().nullable() })

/** Two images of different cases that show the same tissue. */
export const pictureCopySchema = z.object({
  first: imageNameSchema,
  second: imageNameSchema,
  ...sharedTissue,
})
export type PictureCopy = z.infer<typeof pictureCopySchema>

/** What can let a model see its test images: as far as it can be found in the files and names. */
export const leakReportSchema = z.object({
  /** The last comparison of the images; null: they were not compared yet. */
  compared: z
    .object({
      at: isoTime,
      images: count,
      /** Images of the workspace that were not compared: imported since, or not readable. */
      notCompared: count,
      withoutDetail: count,
      /** Pairs of one case that show the same tissue. They do no harm where folds are by case. */
      withinCases: count,
    })
    .nullable(),
  /** Pairs of images of different cases (or without a case) that show the same tissue. */
  copies: z.array(pictureCopySchema),
  /** Cases whose names look like one patient's: they differ only in spelling, or only in letters at the end. */
  similarCases: z.array(z.object({ cases: z.array(z.string()), difference: z.enum(['spelling', 'suffix']) })),
  /** Patients of a known public set with images in several cases, or without a case. */
  siblings: z.array(
    z.object({ set: z.string(), patient: z.string(), cases: z.array(z.string()), withoutCase: count }),
  ),
  /** Known public sets, by the file names. */
  publicSets: z.array(
    z.object({
      set: z.string(),
      images: count,
      /** Images for which neither the set nor the workspace has a patient. */
      withoutPatient: count,
      /** What the set's users must know. */
      note: z.string(),
    }),
  ),
  /** Slides with images at several magnifications, which may show the same fields. */
  magnifications: z.array(z.object({ slide: z.string(), magnifications: z.array(z.int()), images: count })),
  /** Encoders that were trained on a set whose images the workspace has. */
  encoders: z.array(z.object({ encoder: encoderNameSchema, set: z.string() })),
  /** How many models were trained before on at least half of the images of each model. */
  models: z.array(z.object({ model: z.string(), earlier: count })),
})
export type LeakReport = z.infer<typeof leakReportSchema>

/** What of it concerns the training images of one model. */
export const modelLeaksSchema = leakReportSchema
  .pick({ compared: true, siblings: true, encoders: true })
  .extend({
    copies: count,
    similarCases: z.array(z.array(z.string())),
    earlierModels: count,
  })
export type ModelLeaks = z.infer<typeof modelLeaksSchema>

export const leakCalls = {
  /** Compares all images of the workspace. What it computes of an image is kept by its content. */
  'leak.compare': call({
    input: nothing,
    output: started,
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),
  /** What is known now; the pictures as of the last comparison, the cases and names as they are. */
  'leak.report': call({
    input: nothing,
    output: leakReportSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
}
