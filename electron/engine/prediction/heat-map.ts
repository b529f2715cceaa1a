import { throwIfCancelled } from '../../base/cancellation.ts'
import type { Recipe } from '../../contract/index.ts'
import { averageWindows } from '../descriptors/average-windows.ts'
import { joined } from '../descriptors/augmented-frame.ts'
import { constituentsOf } from '../descriptors/constituents.ts'
import { asMatrix, poolDescriptors, type Matrix } from '../descriptors/index.ts'
import { prepareFrames, type Frame } from '../descriptors/prepare-frames.ts'
import type { FeatureMap, OpenEncoder, OpenEncoders } from '../encoders/index.ts'
import {
  decodeImageFile,
  resampledEdgePx,
  workingScale,
  type ImageFile,
  type Raster,
} from '../image/index.ts'
import { planHeatMap, windowsAround, type HeatMapGrid } from './heat-map-grid.ts'
import { boostersFor, type BoosterCache, type StoredBooster } from './predict-ensemble.ts'

/** The windows of so many are in memory at a time: up to 60 MB. */
const placesAtOnce = 800

export interface HeatMapRequest {
  readonly image: ImageFile
  readonly recipe: Recipe
  readonly encoders: OpenEncoders
  readonly boosters: readonly StoredBooster[]
  readonly cache: BoosterCache
  readonly classCount: number
  /** The fold that held the image out, where it took part in training; null for a new image. */
  readonly heldOutFold: number | null
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface HeatMap extends HeatMapGrid {
  /** Of the decoded picture, px. */
  readonly widthPx: number
  readonly heightPx: number
  /** How many were asked. */
  readonly boosters: number
  /** Class x row x column; over the classes they add up to 1 but for rounding. */
  readonly probabilities: number[][][]
}

/**
 * What a model says of each place of an image: class probabilities on a grid of cells. The image is resampled and
 * normalised as for training, neither augmented nor turned, and goes through each encoder once as a whole. A place's
 * descriptor pools, by the recipe's norm, the feature map's averages over nine overlapping windows within a square of a
 * crop's edge around it (`windowsAround`), as an image's descriptor pools its crops; the boosters are those of the
 * verdict, and so are the equal weights of boosters and constituents (docs/pipeline.md, sections 7, 8 and 11). An image of the
 * training set is only asked of boosters whose fold left it out.
 *
 * For a model of mode crops the descriptors are still made densely, which its boosters have not seen. Where an image is
 * smaller than a crop, the mirrored border goes through the encoder but belongs to no place.
 * image.file-changed, encoder.backend-failed, model.corrupt, job.cancelled, the codes of decodeRaster.
 */
export async function makeHeatMap(request: HeatMapRequest): Promise<HeatMap> {
  const { image, recipe, signal, onProgress, classCount } = request
  const { pixelSizeUm } = image
  const raster = await decodeImageFile(image, signal)
  const { widthPx, heightPx } = raster
  const grid = planHeatMap({ widthPx, heightPx, pixelSizeUm }, recipe.crops.sets)
  const { frames } = prepareFrames(raster, pixelSizeUm, recipe)
  const sum = new Float64Array(grid.rows * grid.columns * classCount)
  const total = frames.length * recipe.encoders.length
  let done = 0
  onProgress?.(done, total)
  for (const name of recipe.encoders) {
    const encoder = await request.encoders.get(name)
    for (const frame of frames) {
      const maps = await encoder.encodeMaps(frame.raster, signal)
      for (const cropSet of frame.cropSets) {
        await addConstituent(request, grid, raster, { encoder, frame, maps, cropSet }, sum)
      }
      onProgress?.(++done, total)
    }
  }
  const asked = boostersFor(request.boosters, request.heldOutFold)
  return {
    ...grid,
    widthPx,
    heightPx,
    boosters: asked.length,
    probabilities: asPlanes(sum, grid, classCount),
  }
}

interface Described {
  encoder: OpenEncoder
  frame: Frame
  maps: readonly FeatureMap[]
  cropSet: number
}

/** Adds what one constituent's boosters say of each place, with its weight. */
async function addConstituent(
  { image, recipe, boosters, cache, heldOutFold, classCount, signal }: HeatMapRequest,
  grid: HeatMapGrid,
  { widthPx, heightPx }: Pick<Raster, 'widthPx' | 'heightPx'>,
  { encoder, frame, maps, cropSet }: Described,
  sum: Float64Array,
): Promise<void> {
  const parts = constituentsOf(recipe)
  const set = recipe.crops.sets[cropSet]
  if (set === undefined) throw new RangeError(`no crop set ${cropSet}`)
  const scale = workingScale(set, image.pixelSizeUm)
  // Without what mirroring added.
  const tissue = {
    widthPx: resampledEdgePx(widthPx, scale),
    heightPx: resampledEdgePx(heightPx, scale),
  }
  const own = parts.findIndex((part) => part.encoder === encoder.model.name && part.cropSet === cropSet)
  const members = boostersFor(boosters, heldOutFold).filter((booster) => booster.constituent === own)
  const places = grid.rows * grid.columns
  for (let first = 0; first < places; first += placesAtOnce) {
    throwIfCancelled(signal)
    const squares = Array.from({ length: Math.min(placesAtOnce, places - first) }, (_, index) => {
      const place = first + index
      const x = (((place % grid.columns) + 0.5) / grid.columns) * tissue.widthPx
      const y = ((Math.floor(place / grid.columns) + 0.5) / grid.rows) * tissue.heightPx
      return windowsAround({ x, y }, set.sizePx, tissue)
    })
    const table = describeSquares(maps, frame, squares, recipe.poolingNorm)
    for (const { path, textSha256 } of members) {
      const booster = await cache.get(path, textSha256)
      const said = await booster.predict(table.data, { rows: table.rows, kind: 'probability' })
      const from = first * classCount
      said.forEach((p, i) => {
        sum[from + i] = (sum[from + i] ?? 0) + p / members.length / parts.length
      })
    }
  }
}

/** The pooled descriptor of each square, from its windows. */
function describeSquares(
  maps: readonly FeatureMap[],
  { raster }: Frame,
  squares: readonly ReturnType<typeof windowsAround>[],
  poolingNorm: number,
): Matrix {
  const windows = squares.flat()
  const averages = maps.map((map) => averageWindows(map, raster, windows))
  let from = 0
  const rows = squares.map((square) => {
    const ofSquare = Array.from(square, () => {
      const index = from++
      return joined(averages.map((ofMap) => ofMap[index]))
    })
    return poolDescriptors(ofSquare, poolingNorm)
  })
  return asMatrix(rows)
}

/** Rounding may leave a sum of means a little above 1. */
const asPlanes = (sum: Float64Array, { rows, columns }: HeatMapGrid, classCount: number): number[][][] =>
  Array.from({ length: classCount }, (_plane, c) =>
    Array.from({ length: rows }, (_row, row) =>
      Array.from({ length: columns }, (_column, column) =>
        Math.min(1, sum[(row * columns + column) * classCount + c] ?? 0),
      ),
    ),
  )
