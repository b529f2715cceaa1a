import { z } from 'zod'
import { filePath, replace } from './atoms.ts'
import { call } from './call.ts'
import { qualityFlagSchema } from './quality.ts'
import { stainReportSchema, stainsSchema } from './stain.ts'

const edgePx = z.int().positive()
/** The extension chooses the format: PNG or TIFF. */
const outputPath = filePath.regex(/\.(png|tiff?)$/i, 'it must end in .png, .tif or .tiff')

const writtenImage = z.object({ path: z.string(), widthPx: edgePx, heightPx: edgePx })

export const normalizedImageSchema = writtenImage.extend({
  ...stainReportSchema.shape,
  /** The stains that the image was normalised to. */
  target: stainsSchema,
  flags: z.array(qualityFlagSchema),
})
export type NormalizedImage = z.infer<typeof normalizedImageSchema>

const fromTo = { input: filePath, output: outputPath, replace }

/** Single steps of the pipeline, from an image file to an image file; they need no workspace. */
export const imageProcessingCalls = {
  'picture.resample': call({
    input: z.strictObject({ ...fromTo, scale: z.number().positive().max(64) }),
    output: writtenImage,
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),
  'stain.normalize': call({
    /** `reference`: an image that gives the target stains; null: the published reference. */
    input: z.strictObject({ ...fromTo, reference: filePath.nullable() }),
    output: normalizedImageSchema,
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),
  'stain.augment': call({
    input: z.strictObject({
      ...fromTo,
      hematoxylin: z.number().min(0).max(10),
      eosin: z.number().min(0).max(10),
    }),
    output: writtenImage,
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),
}
