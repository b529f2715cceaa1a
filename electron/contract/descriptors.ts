import { z } from 'zod'
import { anyRecipeName, count, filePath, nothing, replace, started } from './atoms.ts'
import { backendChoiceSchema } from './backends.ts'
import { call } from './call.ts'
import { externalNameSchema, externalSetSchema } from './external-descriptors.ts'
import { encoderNameSchema, type EncoderName } from './encoder-names.ts'

/** The missing encodings of an encoder. */
export const encodingWorkSchema = z.object({
  encoder: encoderNameSchema,
  /** Images and training fields with at least one missing descriptor. */
  images: count,
  /**
   * Work for the network, in crops of 400 x 400 px, the size that `app.doctor` measures: the time of a convolution is
   * proportional to the area of its image.
   */
  crops400: z.number().nonnegative(),
})
export type EncodingWork = z.infer<typeof encodingWorkSchema>

/**
 * Time of the networks for missing encodings, ms. null: the speed of an encoder was not measured.
 * @param speedOf crops of 400 px per second
 */
export function encodingMs(
  work: readonly EncodingWork[],
  speedOf: (encoder: EncoderName) => number | null,
): number | null {
  let ms = 0
  for (const { encoder, crops400 } of work) {
    const speed = speedOf(encoder)
    if (speed === null) return null
    ms += (1000 * crops400) / speed
  }
  return ms
}

export const descriptorCalls = {
  /** Computes the missing descriptors of every image of the workspace (job `encode`). */
  'descriptors.encode': call({
    input: z.strictObject({ recipe: anyRecipeName, backend: backendChoiceSchema }),
    output: started,
    audit: 'untracked',
    blinded: 'open',
    role: 'technician',
  }),
  /** Writes the descriptors of one image file to a `.npy` file; needs no workspace (job `describe`). */
  'descriptors.describe': call({
    input: z.strictObject({
      image: filePath,
      out: filePath,
      replace,
      encoder: encoderNameSchema,
      cropPx: z.int().min(32).max(8192),
      augmentations: z.int().min(1).max(1000),
      mode: z.enum(['crops', 'dense']),
      seed: z.int().nonnegative(),
      backend: backendChoiceSchema,
      /** One row per crop instead of pooled descriptors. */
      raw: z.boolean(),
      /** Pixels as they are in the file: not resampled, normalised, augmented or rotated. */
      identity: z.boolean(),
    }),
    output: started,
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),
  /** A folder in the published system's layout (docs/external-descriptors.md); reports an ExternalImportReport. */
  'descriptors.import': call({
    input: z.strictObject({ directory: filePath, name: externalNameSchema }),
    output: started,
    audit: ['import'],
    blinded: 'refused',
    role: 'technician',
  }),
  'descriptors.sets': call({
    input: nothing,
    output: z.array(externalSetSchema),
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
}
