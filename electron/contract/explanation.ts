import { z } from 'zod'
import { anyClassName, anyModelName, filePath, fraction, id, replace, started } from './atoms.ts'
import { call } from './call.ts'
import { encoderNameSchema } from './encoder-names.ts'
import { weightsSourceSchema } from './encoders.ts'
import { researchUseSentence } from './research-use.ts'

const edgePx = z.number().positive()

/**
 * A heat map (engine/prediction/heat-map.ts): class probabilities on a grid of cells that cover the image, each
 * predicted from the tissue around the centre of the cell.
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
  /** Whether the model's boosters were trained on whole images (dense) or on crops; the map always uses dense mode. */
  mode: z.enum(['crops', 'dense', 'tiles']),
  /** True if the model was trained on the image: only boosters of the folds that left it out are used. */
  outOfFold: z.boolean(),
  boosters: z.int().positive(),
  rows: z.int().positive(),
  columns: z.int().positive(),
  /** Size of a cell in image pixels; also the distance between positions. */
  cellWidthPx: edgePx,
  cellHeightPx: edgePx,
  /** The tissue used for each position, by encoder and crop set, in image pixels. */
  squares: z.array(
    z.object({
      encoder: encoderNameSchema,
      /** Edge of the square of tissue around a position: that of a crop. */
      squarePx: edgePx,
      /** Edge of the nine overlapping windows in it, and the distance between them. */
      windowPx: edgePx,
      stepPx: edgePx,
    }),
  ),
  /** In the order of the model's classes. */
  classes: z.array(z.string()),
  /** The class with the largest mean over the map. It is often, but not always, the suggested class of the prediction. */
  leading: z.string(),
  /** Class x row x column; the sum over the classes is 1. */
  probabilities: z.array(z.array(z.array(fraction))),
  researchUse: z.literal(researchUseSentence),
})
export type Explanation = z.infer<typeof explanationSchema>

/** File that a map is written to: an image, or the numbers. */
const explanationPath = filePath.regex(/\.(png|npy|json)$/i, 'it must end in .png, .npy or .json')

const asked = {
  imageId: id,
  /** null: the model in use. */
  model: anyModelName.nullable(),
}

/** Heat maps: where in an image a class is probable. */
export const explanationCalls = {
  /** Creates the map of an image (job `explain`), unless it exists. */
  'explanation.create': call({
    input: z.strictObject(asked),
    output: started,
    audit: 'untracked',
    blinded: 'own-image',
    role: 'technician',
  }),
  /** The map, or null if none was created; its images have addresses of their own (contract/tiles.ts). */
  'explanation.get': call({
    input: z.strictObject(asked),
    output: explanationSchema.nullable(),
    audit: 'reads',
    blinded: 'own-image',
    role: 'read-only',
  }),
  /** Writes an existing map: the image with the map over it (.png), or the numbers (.npy, .json). */
  'explanation.write': call({
    input: z.strictObject({
      ...asked,
      /** Class of the written image; null: the leading one. */
      className: anyClassName.nullable().default(null),
      path: explanationPath,
      replace,
      /** Opacity of the map over the image. */
      opacity: fraction.default(0.5),
    }),
    output: z.object({ path: z.string(), className: z.string().nullable() }),
    audit: 'untracked',
    blinded: 'own-image',
    role: 'technician',
  }),
}
