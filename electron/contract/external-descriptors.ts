import { z } from 'zod'
import { isoTime, sha256 } from './atoms.ts'
import { failureSchema } from './failure.ts'
import { encoderNameSchema } from './recipe.ts'

/** What people call a set; it is a folder's name too. */
export const externalNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9_-])?$/,
    'a name begins and ends with a letter or digit and holds only those, spaces, dots, dashes and underscores',
  )

/** Descriptors that another program made, brought into the workspace; never made, changed or mixed by Lobule. */
export const externalSetSchema = z.object({
  name: externalNameSchema,
  /** Of the values that it began with and the images that they belong to. */
  fingerprint: sha256,
  importedAt: isoTime,
  encoders: z.array(encoderNameSchema).min(1),
  /** Each encoder has them all. */
  crops: z.array(z.object({ sizePx: z.int().positive(), scale: z.number().positive() })).min(1),
  /** Descriptors of an image by one encoder and crop size. */
  augmentations: z.int().positive(),
})
export type ExternalSet = z.infer<typeof externalSetSchema>

export const externalImportReportSchema = externalSetSchema.extend({
  /** Images of the workspace whose descriptors are all there now. */
  images: z.int(),
  /** Of these, those that were there already, with the same values. */
  unchanged: z.int(),
  /** Images of the workspace for which the folder has nothing. */
  withoutDescriptors: z.int(),
  /** Folders and files that are no part of the layout. */
  passedOver: z.array(z.string()),
  failed: z.array(failureSchema),
})
export type ExternalImportReport = z.infer<typeof externalImportReportSchema>
