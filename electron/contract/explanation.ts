import { z } from 'zod'
import { fraction, id, started } from './atoms.ts'
import { call } from './call.ts'
import { encoderNameSchema } from './recipe.ts'
import { weightsSourceSchema } from './encoders.ts'
import { researchUseSentence } from './research-use.ts'

const edgePx = z.number().positive()

/**
 * What a model says of each place of an image (engine/prediction/heat-map.ts): class probabilities on a grid of cells
 * that tile the image, from the tissue around the middle of each.
 */
export const explanationSchema = z.object({
  imageId: id,
  fileName: z.string(),
  sha256: z.string().length(64),
  synthetic: z.boolean(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  /** um; null: unknown. */
  pixelSizeUm: z.number().positive().nullable(),
  modelId: id,
  modelName: z.string(),
  weights: weightsSourceSchema,
  /** Whether the model's boosters learned from whole images (dense) or from crops; the map is always made densely. */
  mode: z.enum(['crops', 'dense']),
  /** True where the image took part in training: only boosters whose fold left it out were asked. */
  outOfFold: z.boolean(),
  boosters: z.int().positive(),
  rows: z.int().positive(),
  columns: z.int().positive(),
  /** Of a cell, pixels of the image; also the step from one place to the next. */
  cellWidthPx: edgePx,
  cellHeightPx: edgePx,
  /** What was looked at around each place, by encoder and crop set, pixels of the image. */
  squares: z.array(
    z.object({
      encoder: encoderNameSchema,
      /** Edge of the tissue around a place: that of a crop. */
      squarePx: edgePx,
      /** Edge of the nine overlapping windows in it, and the step from one to the next. */
      windowPx: edgePx,
      stepPx: edgePx,
    }),
  ),
  /** In the order of the model's classes. */
  classes: z.array(z.string()),
  /** The class whose mean over the map is the largest. It is not the suggested class of a verdict, though often the same. */
  leading: z.string(),
  /** Class x row x column; over the classes they add up to 1. */
  probabilities: z.array(z.array(z.array(fraction))),
  researchUse: z.literal(researchUseSentence),
})
export type Explanation = z.infer<typeof explanationSchema>

/** Where a map is written to: a picture, or the numbers. */
const explanationPath = z
  .string()
  .max(4096)
  .regex(/\.(png|npy|json)$/i, 'it must end in .png, .npy or .json')

const asked = {
  imageId: id,
  /** null: the model in use. */
  model: z.string().nullable(),
}

/** Heat maps: what speaks for a class, and where. */
export const explanationCalls = {
  /** Makes the map of an image (job `explain`), or finds it made. */
  'explanation.create': call({
    input: z.strictObject(asked),
    output: started,
    audit: 'untracked',
    blinded: 'own-image',
  }),
  /** The map, or null where none was made; its pictures have addresses of their own (contract/tiles.ts). */
  'explanation.get': call({
    input: z.strictObject(asked),
    output: explanationSchema.nullable(),
    audit: 'reads',
    blinded: 'own-image',
  }),
  /** Writes a map that was made: the image with the map over it (.png), or the numbers (.npy, .json). */
  'explanation.write': call({
    input: z.strictObject({
      ...asked,
      /** Of a picture; null: the leading one. */
      className: z.string().nullable().default(null),
      path: explanationPath,
      /** Of the map over the image. */
      opacity: fraction.default(0.5),
    }),
    output: z.object({ path: z.string(), className: z.string().nullable() }),
    audit: 'untracked',
    blinded: 'own-image',
  }),
}
