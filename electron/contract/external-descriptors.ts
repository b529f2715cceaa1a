import { z } from 'zod'
import { isoTime, sha256 } from './atoms.ts'
import { failureSchema } from './failure.ts'
import { encoderNameSchema } from './encoder-names.ts'

/** Name of a set; also the name of its folder. */
export const externalNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9_-])?$/,
    'a name starts and ends with a letter or digit and contains only letters, digits, spaces, dots, dashes and underscores',
  )

/** Descriptors that another program computed, imported into the workspace. Lobule never changes them or mixes them with
 * its own. */
export const externalSetSchema = z.object({
  name: externalNameSchema,
  /** Hash of the values of the first import and the images that they belong to. */
  fingerprint: sha256,
  importedAt: isoTime,
  encoders: z.array(encoderNameSchema).min(1),
  /** Every encoder has all of them. */
  crops: z.array(z.object({ sizePx: z.int().positive(), scale: z.number().positive() })).min(1),
  /** Descriptors of an image by one encoder and crop size. */
  augmentations: z.int().positive(),
})
export type ExternalSet = z.infer<typeof externalSetSchema>

export const externalImportReportSchema = externalSetSchema.extend({
  /** Images of the workspace that now have all descriptors. */
  images: z.int(),
  /** Of these, images whose descriptors already existed, with the same values. */
  unchanged: z.int(),
  /** Images of the workspace without descriptors in the folder. */
  withoutDescriptors: z.int(),
  /** Folders and files that were skipped, because they are not part of the layout. */
  passedOver: z.array(z.string()),
  failed: z.array(failureSchema),
})
export type ExternalImportReport = z.infer<typeof externalImportReportSchema>
