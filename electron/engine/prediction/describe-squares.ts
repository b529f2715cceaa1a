import { zip } from '../../base/arrays.ts'
import { cutCrop, turnRaster, upright, type Pose } from '../crops/index.ts'
import { averageMaps, encodeWindows } from '../descriptors/encode-windows.ts'
import { asMatrix, type Matrix } from '../descriptors/index.ts'
import { poolFor } from '../descriptors/pool.ts'
import { turnWindow } from '../descriptors/turn-window.ts'
import { factsOf, type FeatureMap, type OpenEncoder } from '../encoders/index.ts'
import type { PixelWindow, Raster } from '../image/index.ts'
import { divisorsOf } from '../recipe/members.ts'
import { augmentStain, type StainGains } from '../stain/index.ts'
import { windowsAround } from './heat-map-grid.ts'
import type { BoosterCache, StoredBooster } from './predict-ensemble.ts'
import { requireProbabilities } from './require-probabilities.ts'

/** Pixels of an image at its working scale, or of a part of it. */
export interface View {
  readonly raster: Raster
  /** Of the raster in the image. */
  readonly left: number
  readonly top: number
  /** The image, without a mirrored border. */
  readonly image: { readonly widthPx: number; readonly heightPx: number }
  /** How the raster was turned after it was taken from there. Default: it is upright. */
  readonly turn?: Pose
}

/** A position in the image at its working scale, pixels. */
export interface Centre {
  readonly x: number
  readonly y: number
}

/** The view in an augmentation: other amounts of the two stains, and turned. */
export const augmentedView = (view: View, gains: StainGains, turn: Pose): View => ({
  ...view,
  raster: turnRaster(augmentStain(view.raster, gains), turn),
  turn,
})

/** The raster's edges before it was turned. */
function uprightSize({ raster, turn = upright }: View): { widthPx: number; heightPx: number } {
  const { widthPx, heightPx } = raster
  return turn.quarterTurns % 2 === 1 ? { widthPx: heightPx, heightPx: widthPx } : { widthPx, heightPx }
}

/** A window of the upright view, in its raster. */
const inRaster = (view: View, window: PixelWindow): PixelWindow =>
  turnWindow(window, uprightSize(view), view.turn ?? upright)

/**
 * The descriptor of the tile around each centre. A tile is moved so far that it is inside the image, or inside the raster where
 * a mirrored border extends it.
 */
export async function encodeTiles(
  encoder: OpenEncoder,
  view: View,
  centres: readonly Centre[],
  sizePx: number,
  signal: AbortSignal | undefined,
): Promise<Matrix> {
  const { raster, left, top, image } = view
  const { widthPx, heightPx } = uprightSize(view)
  const start = (middle: number, edgePx: number, from: number, rasterPx: number): number => {
    const last = Math.max(edgePx, sizePx) - sizePx
    return Math.min(rasterPx - sizePx, Math.max(0, Math.min(last, Math.round(middle - sizePx / 2))) - from)
  }
  const rows: Float32Array[] = []
  for (const { x, y } of centres) {
    const tile = inRaster(view, {
      leftPx: start(x, image.widthPx, left, widthPx),
      topPx: start(y, image.heightPx, top, heightPx),
      widthPx: sizePx,
      heightPx: sizePx,
    })
    const crop = cutCrop(raster, { left: tile.leftPx, top: tile.topPx, sizePx, ...upright })
    rows.push(...(await encoder.encode([crop], signal)))
  }
  return asMatrix(rows)
}

/** The windows that the square around each centre is averaged over (`windowsAround`), in the view's raster. */
const windowsOf = (view: View, centres: readonly Centre[], sizePx: number): PixelWindow[][] =>
  centres.map((centre) =>
    windowsAround(centre, sizePx, view.image).map((window) =>
      inRaster(view, { ...window, leftPx: window.leftPx - view.left, topPx: window.topPx - view.top }),
    ),
  )

/** @param descriptors of all windows of all squares */
function poolSquares(
  { model }: OpenEncoder,
  squares: readonly (readonly PixelWindow[])[],
  descriptors: readonly Float32Array[],
  norm: number,
): Matrix {
  const { isSigned } = factsOf(model)
  let from = 0
  return asMatrix(
    squares.map(({ length }) => poolFor(isSigned, descriptors.slice(from, (from += length)), norm)),
  )
}

/**
 * The descriptor of the square around each centre: the averages of the maps over its windows (`windowsAround`), pooled.
 * @param maps of the view's raster
 */
export function describeSquares(
  encoder: OpenEncoder,
  maps: readonly FeatureMap[],
  view: View,
  centres: readonly Centre[],
  { sizePx, poolingNorm }: { sizePx: number; poolingNorm: number },
): Matrix {
  const squares = windowsOf(view, centres, sizePx)
  return poolSquares(encoder, squares, averageMaps(maps, view.raster, squares.flat()), poolingNorm)
}

/**
 * The same for squares of several sizes, a table for each. The maps are not kept.
 * @throws the errors of OpenEncoder.encodeMaps
 */
export async function encodeSquares(
  encoder: OpenEncoder,
  view: View,
  centres: readonly Centre[],
  { sizesPx, poolingNorm }: { sizesPx: readonly number[]; poolingNorm: number },
  signal: AbortSignal | undefined,
): Promise<Matrix[]> {
  const ofSizes = sizesPx.map((sizePx) => windowsOf(view, centres, sizePx))
  const descriptors = await encodeWindows(encoder, view.raster, ofSizes.flat(2), signal)
  let from = 0
  return ofSizes.map((squares) => {
    const own = descriptors.slice(from, (from += squares.flat().length))
    return poolSquares(encoder, squares, own, poolingNorm)
  })
}

/**
 * Adds the probabilities of one constituent's classifiers for each row of a table to `sum`, from its row `first` on, each divided
 * by `share` (docs/pipeline.md, section 11).
 * @throws AppError `model.corrupt`
 */
export async function addPredictions(
  sum: Float64Array,
  first: number,
  { data, rows }: Matrix,
  members: readonly StoredBooster[],
  { cache, classCount, share }: { cache: BoosterCache; classCount: number; share: number },
): Promise<void> {
  for (const [{ path, textSha256 }, divisor] of zip(members, divisorsOf(members))) {
    const booster = await cache.get(path, textSha256)
    const predicted = await booster.predict(data, rows)
    requireProbabilities(predicted, classCount, path)
    const from = first * classCount
    predicted.forEach((p, i) => {
      sum[from + i] = (sum[from + i] ?? 0) + p / divisor / share
    })
  }
}
