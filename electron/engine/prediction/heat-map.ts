import { at } from '../../base/arrays.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import type { Recipe } from '../../contract/index.ts'
import { constituentsOf } from '../descriptors/constituents.ts'
import { prepareFrames, type Frame } from '../descriptors/prepare-frames.ts'
import { factsOf, type FeatureMap, type OpenEncoder, type OpenEncoders } from '../encoders/index.ts'
import {
  decodeImageFile,
  resampledEdgePx,
  workingScale,
  type ImageFile,
  type Raster,
} from '../image/index.ts'
import { addPredictions, describeSquares, encodeTiles } from './describe-squares.ts'
import { planHeatMap, type HeatMapGrid } from './heat-map-grid.ts'
import { boostersFor, type BoosterCache, type StoredBooster } from './predict-ensemble.ts'

/** Cells along the edge of a tile: each cell is encoded by itself, as the tile around its centre. */
const cellsPerTile = 2

/** Number of cells whose windows are in memory at the same time: up to 60 MB. */
const cellsPerBatch = 800

export interface HeatMapRequest {
  readonly image: ImageFile
  readonly recipe: Recipe
  readonly encoders: OpenEncoders
  readonly boosters: readonly StoredBooster[]
  readonly cache: BoosterCache
  readonly classCount: number
  /** The fold that held the image out of training; null for an image outside the training set. */
  readonly heldOutFold: number | null
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface HeatMap extends HeatMapGrid {
  /** Of the decoded image, pixels. */
  readonly widthPx: number
  readonly heightPx: number
  /** Number of boosters that predicted. */
  readonly boosters: number
  /** Class x row x column. The classes of a cell add up to 1, apart from rounding. */
  readonly probabilities: number[][][]
}

/**
 * A model's class probabilities at each position of an image, on a grid of cells. The image is resampled and normalised
 * as for training, but neither augmented nor turned, and each encoder encodes it once as a whole. The descriptor of a cell
 * pools, with the recipe's norm, the averages of the feature map over nine overlapping windows within a square around the
 * cell's centre (`windowsAround`). The square has a crop's edge, so this mirrors how an image's descriptor pools its crops.
 * Boosters and constituents have the same equal weights as in a prediction (docs/pipeline.md, sections 7, 8 and 11). An image of the
 * training set is predicted only by boosters of the fold that held it out.
 *
 * In mode tiles, and where an encoder has no dense mode, the descriptor of a cell is the one of the tile around its centre.
 *
 * For a model of mode crops the descriptors are still dense, a kind that its boosters were not trained on. If an image
 * is smaller than a crop, its mirrored border passes the encoder but belongs to no cell.
 * @throws AppError `image.file-changed`, `encoder.backend-failed`, `model.corrupt`, `job.cancelled`, and the codes of
 *   decodeRaster
 */
export async function makeHeatMap(request: HeatMapRequest): Promise<HeatMap> {
  const { image, recipe, signal, onProgress, classCount } = request
  const { pixelSizeUm } = image
  const raster = await decodeImageFile(image, { colour: recipe.colour, signal })
  const { widthPx, heightPx } = raster
  const encoders: OpenEncoder[] = []
  for (const name of recipe.encoders) encoders.push(await request.encoders.get(name))
  const isDense = (encoder: OpenEncoder): boolean => recipe.mode !== 'tiles' && factsOf(encoder.model).isDense
  const grid = planHeatMap(
    { widthPx, heightPx, pixelSizeUm },
    recipe.crops.sets,
    encoders.every(isDense) ? undefined : cellsPerTile,
  )
  const { frames } = prepareFrames(raster, pixelSizeUm, recipe)
  const sum = new Float64Array(grid.rows * grid.columns * classCount)
  const total = frames.length * recipe.encoders.length
  let done = 0
  onProgress?.(done, total)
  for (const encoder of encoders) {
    for (const frame of frames) {
      const maps = isDense(encoder) ? await encoder.encodeMaps(frame.raster, signal) : null
      for (const cropSet of frame.cropSets) {
        await addConstituent(request, grid, raster, { encoder, frame, maps, cropSet }, sum)
      }
      onProgress?.(++done, total)
    }
  }
  const boosters = boostersFor(request.boosters, request.heldOutFold)
  return {
    ...grid,
    widthPx,
    heightPx,
    boosters: boosters.length,
    probabilities: toPlanes(sum, grid, classCount),
  }
}

interface EncodedFrame {
  encoder: OpenEncoder
  frame: Frame
  /** null: each cell is encoded by itself. */
  maps: readonly FeatureMap[] | null
  cropSet: number
}

/** Adds the weighted probabilities of one constituent's boosters for every cell to `sum`. */
async function addConstituent(
  { image, recipe, boosters, cache, heldOutFold, classCount, signal }: HeatMapRequest,
  grid: HeatMapGrid,
  { widthPx, heightPx }: Pick<Raster, 'widthPx' | 'heightPx'>,
  { encoder, frame, maps, cropSet }: EncodedFrame,
  sum: Float64Array,
): Promise<void> {
  const parts = constituentsOf(recipe)
  const set = at(recipe.crops.sets, cropSet)
  const scale = workingScale(set, image.pixelSizeUm)
  // Without the mirrored border.
  const tissue = {
    widthPx: resampledEdgePx(widthPx, scale),
    heightPx: resampledEdgePx(heightPx, scale),
  }
  const own = parts.findIndex((part) => part.encoder === encoder.model.name && part.cropSet === cropSet)
  const members = boostersFor(boosters, heldOutFold).filter((booster) => booster.constituent === own)
  const cellCount = grid.rows * grid.columns
  for (let first = 0; first < cellCount; first += cellsPerBatch) {
    throwIfCancelled(signal)
    const centres = Array.from({ length: Math.min(cellsPerBatch, cellCount - first) }, (_, index) => {
      const cell = first + index
      const x = (((cell % grid.columns) + 0.5) / grid.columns) * tissue.widthPx
      const y = ((Math.floor(cell / grid.columns) + 0.5) / grid.rows) * tissue.heightPx
      return { x, y }
    })
    const view = { raster: frame.raster, left: 0, top: 0, image: tissue }
    const table =
      maps === null
        ? await encodeTiles(encoder, view, centres, set.sizePx, signal)
        : describeSquares(encoder, maps, view, centres, {
            sizePx: set.sizePx,
            poolingNorm: recipe.poolingNorm,
          })
    await addPredictions(sum, first, table, members, { cache, classCount, share: parts.length })
  }
}

/** Class x row x column. Clamps at 1, because rounding may leave a sum of means slightly above it. */
const toPlanes = (sum: Float64Array, { rows, columns }: HeatMapGrid, classCount: number): number[][][] =>
  Array.from({ length: classCount }, (_plane, c) =>
    Array.from({ length: rows }, (_row, row) =>
      Array.from({ length: columns }, (_column, column) =>
        Math.min(1, sum[(row * columns + column) * classCount + c] ?? 0),
      ),
    ),
  )
