import { z } from 'zod'
import { filePath, replace, sha256 } from './atoms.ts'
import { call } from './call.ts'
import { qualityFlagSchema } from './quality.ts'

const edgePx = z.int().positive()

/** A square of an image: rotated by quarter turns counter-clockwise, then flipped vertically, then horizontally. */
export const cropSchema = z.object({
  top: z.int().nonnegative(),
  left: z.int().nonnegative(),
  sizePx: edgePx.max(8192),
  quarterTurns: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  flipVertical: z.boolean(),
  flipHorizontal: z.boolean(),
})

/** The positions of crops, without pixels. A plan can be printed, stored and cut later. */
export const cropPlanSchema = z.object({
  /** Content hash of the file. The positions depend on it, the seed, the augmentation and the size, and on nothing else. */
  imageSha256: sha256,
  /** Of the image before mirroring, px. */
  widthPx: edgePx,
  heightPx: edgePx,
  sizePx: edgePx.max(8192),
  seed: z.int().nonnegative(),
  augmentation: z.int().nonnegative(),
  crops: z.array(cropSchema).min(1).max(10_000),
})
export type CropPlan = z.infer<typeof cropPlanSchema>

/** Plans the crops of an image file, and cuts them as planned; needs no workspace. */
export const cropCalls = {
  'crops.plan': call({
    input: z.strictObject({
      path: filePath,
      sizePx: edgePx.max(8192),
      count: z.int().min(1).max(10_000),
      seed: z.int().nonnegative(),
      augmentation: z.int().nonnegative(),
    }),
    output: cropPlanSchema.extend({ flags: z.array(qualityFlagSchema) }),
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  'crops.cut': call({
    input: z.strictObject({ path: filePath, plan: cropPlanSchema, directory: filePath, replace }),
    output: z.object({ files: z.array(z.string()) }),
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),
}
