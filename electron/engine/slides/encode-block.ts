import { at, zip } from '../../base/arrays.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import type { Recipe, SlideGrid } from '../../contract/index.ts'
import { constituentsOf } from '../descriptors/constituents.ts'
import type { Matrix } from '../descriptors/index.ts'
import type { FeatureMap, OpenEncoder } from '../encoders/index.ts'
import type { Raster, ScaledPicture, ScaledWindow } from '../image/index.ts'
import {
  addPredictions,
  describeSquares,
  encodeTiles,
  type Centre,
  type View,
} from '../prediction/describe-squares.ts'
import { likenessOfNew, signatureOf } from '../prediction/likeness.ts'
import type { ReferenceCache, StoredReference } from '../prediction/likeness-reference.ts'
import type { BoosterCache, StoredBooster } from '../prediction/predict-ensemble.ts'
import { requireProbabilities } from '../prediction/require-probabilities.ts'
import type { BlockResult } from './block-files.ts'
import { centresOf, isDense, toLattice, windowOf, type SlideScale } from './slide-scales.ts'
import type { SlideStain } from './slide-stain.ts'

/** What every block of a slide is computed with. */
export interface BlockSetting {
  readonly picture: ScaledPicture
  readonly pixelSizeUm: number
  readonly scales: readonly SlideScale[]
  readonly stain: SlideStain
  readonly recipe: Recipe
  readonly encoders: readonly OpenEncoder[]
  /** Those that may predict the slide. */
  readonly boosters: readonly StoredBooster[]
  readonly cache: BoosterCache
  readonly classCount: number
  /** null: likeness is not measured. */
  readonly reference: StoredReference | null
  readonly references: ReferenceCache
  readonly grid: SlideGrid
  /** Tissue on each side of what is described. */
  readonly contextPx: number
  readonly signal: AbortSignal | undefined
}

/** A window of the slide at one scale, as it was read. */
interface ReadWindow {
  readonly window: ScaledWindow
  readonly raster: Raster
}

/** Reads what the places at these cells of the grid are predicted from, a window for each scale. */
export async function readBlock(
  { picture, pixelSizeUm, scales, grid, contextPx }: BlockSetting,
  cells: readonly number[],
): Promise<ReadWindow[]> {
  const windows: ReadWindow[] = []
  for (const scale of scales) {
    const window = windowOf(scale, centresOf(scale, grid, cells, pixelSizeUm), contextPx)
    windows.push({ window, raster: await picture.read(scale.scale, window) })
  }
  return windows
}

/**
 * Predicts the places at these cells, each from the square around its centre, as the cells of a heat map are (heat-map.ts).
 * Likeness is that of the upright descriptors, without augmentation.
 * @throws AppError `encoder.backend-failed`, `model.corrupt`, `job.cancelled`
 */
export async function predictBlock(
  setting: BlockSetting,
  cells: readonly number[],
  windows: readonly ReadWindow[],
): Promise<BlockResult> {
  const { recipe, boosters, cache, classCount, scales, stain, grid, pixelSizeUm, encoders } = setting
  const parts = constituentsOf(recipe)
  const tables = new Map<number, Matrix>()
  for (const [scale, { window, raster }] of zip(scales, windows)) {
    const view = {
      raster: toLattice(stain.normalized(raster), scale.cropPx),
      left: window.left,
      top: window.top,
      image: scale.image,
    }
    const centres = centresOf(scale, grid, cells, pixelSizeUm)
    for (const encoder of encoders) {
      throwIfCancelled(setting.signal)
      const maps = isDense(encoder, recipe) ? await encoder.encodeMaps(view.raster, setting.signal) : null
      for (const cropSet of scale.cropSets) {
        const own = parts.findIndex((part) => part.encoder === encoder.model.name && part.cropSet === cropSet)
        tables.set(own, await describe(setting, { encoder, maps, view, centres, cropSet }))
      }
    }
  }
  const ordered = parts.map(
    (_, index) => tables.get(index) ?? { rows: 0, columns: 0, data: new Float32Array() },
  )
  const sum = new Float64Array(cells.length * classCount)
  for (const [index, table] of ordered.entries()) {
    const members = boosters.filter(({ constituent }) => constituent === index)
    await addPredictions(sum, 0, table, members, { cache, classCount, share: parts.length })
  }
  // A constituent without classifiers would leave its share out.
  requireProbabilities(sum, classCount, boosters[0]?.path ?? 'without classifiers')
  return { probabilities: Float32Array.from(sum), likeness: await likenessOf(setting, ordered, cells.length) }
}

interface Described {
  encoder: OpenEncoder
  /** null: each place is encoded by itself. */
  maps: readonly FeatureMap[] | null
  view: View
  centres: readonly Centre[]
  cropSet: number
}

function describe(
  { recipe, signal }: BlockSetting,
  { encoder, maps, view, centres, cropSet }: Described,
): Matrix | Promise<Matrix> {
  const { sizePx } = at(recipe.crops.sets, cropSet)
  return maps === null
    ? encodeTiles(encoder, view, centres, sizePx, signal)
    : describeSquares(encoder, maps, view, centres, { sizePx, poolingNorm: recipe.poolingNorm })
}

async function likenessOf(
  { reference, references }: BlockSetting,
  tables: readonly Matrix[],
  places: number,
): Promise<Float32Array | null> {
  if (reference === null) return null
  const vectors = await references.get(reference)
  return Float32Array.from({ length: places }, (_, place) => {
    const own = tables.map(({ columns, data }) => ({
      rows: 1,
      columns,
      data: data.subarray(place * columns, (place + 1) * columns),
    }))
    return likenessOfNew(signatureOf(own, 1), vectors, reference.nearest).pValue
  })
}
