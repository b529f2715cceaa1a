import { at, zip } from '../../base/arrays.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import type { Recipe, SlideGrid } from '../../contract/index.ts'
import { constituentsOf } from '../descriptors/constituents.ts'
import type { Matrix } from '../descriptors/index.ts'
import type { OpenEncoder } from '../encoders/index.ts'
import type { ScaledPicture } from '../image/index.ts'
import {
  addPredictions,
  encodeSquares,
  encodeTiles,
  type Centre,
  type View,
} from '../prediction/describe-squares.ts'
import type { ReferenceCache, StoredReference } from '../prediction/likeness-reference.ts'
import type { BoosterCache, StoredBooster } from '../prediction/predict-ensemble.ts'
import { requireProbabilities } from '../prediction/require-probabilities.ts'
import type { TileShape } from './plan-blocks.ts'
import { centresOf, isDense, toLattice, windowOf, type SlideScale } from './slide-scales.ts'
import type { SlideStain } from './slide-stain.ts'

/** What makes the prediction of a place doubtful. */
export interface Doubt {
  /** The largest lead of the suggested class, 0..1, that is doubtful. */
  readonly margin: number
  /** Whether each class counts as carcinoma. */
  readonly isPositive: readonly boolean[]
  /** The model's operating point. */
  readonly threshold: number
  readonly imageSha256: string
}

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
  /** Of the tiles of each scale. */
  readonly shapes: readonly TileShape[]
  /** Tissue on each side of what is described. */
  readonly contextPx: number
  /** When a place is predicted again, with augmentations; null: never. */
  readonly doubt: Doubt | null
  readonly signal: AbortSignal | undefined
}

/** Places that are encoded together at a scale. */
export interface Tile {
  readonly scale: SlideScale
  /** Of the tile's places, among those that are described together. */
  readonly rows: readonly number[]
  readonly centres: readonly Centre[]
}

/**
 * Tiles of places, scale by scale.
 * @param cells of the places
 * @param tiles for each scale indices into `cells`
 */
export const tilesOf = (
  { scales, grid, pixelSizeUm }: BlockSetting,
  cells: readonly number[],
  tiles: readonly (readonly number[])[][],
): Tile[] =>
  zip(scales, tiles).flatMap(([scale, ofScale]) => {
    const centres = centresOf(scale, grid, cells, pixelSizeUm)
    return ofScale.map((rows) => ({ scale, rows, centres: rows.map((row) => at(centres, row)) }))
  })

/** Reads what the places of a tile are predicted from, in the recipe's colours. @throws AppError the codes of ScaledPicture.read */
export async function readTile(
  { picture, stain, contextPx }: BlockSetting,
  { scale, centres }: Tile,
): Promise<View> {
  const { left, top, ...size } = windowOf(scale, centres, contextPx)
  const raster = await picture.read(scale.scale, { left, top, ...size })
  stain.normalize(raster)
  return { raster: toLattice(raster, scale.cropPx), left, top, image: scale.image }
}

/**
 * The descriptors of places, a table for each constituent, each from the square around the place's centre, as the cells of a heat
 * map are (heat-map.ts).
 * @param places their number
 * @param views of the tiles, in their order
 * @param onTile called between two tiles with the number of finished ones
 * @throws AppError `encoder.backend-failed`, `job.cancelled`
 */
export async function describePlaces(
  setting: BlockSetting,
  places: number,
  tiles: readonly Tile[],
  views: AsyncIterator<View, void>,
  onTile: (done: number) => void = () => undefined,
): Promise<Described[]> {
  const { recipe, encoders, signal } = setting
  const parts = constituentsOf(recipe)
  const tables = new Map<number, Matrix>()
  for (const [done, { scale, rows, centres }] of tiles.entries()) {
    if (done > 0) onTile(done)
    const { value: view } = await views.next()
    if (view === undefined) throw new RangeError('a tile was not read')
    for (const encoder of encoders) {
      throwIfCancelled(signal)
      const found = await describe(setting, { encoder, view, centres, cropSets: scale.cropSets })
      for (const [cropSet, table] of zip(scale.cropSets, found)) {
        const own = parts.findIndex((part) => part.encoder === encoder.model.name && part.cropSet === cropSet)
        tables.set(own, withRows(tables.get(own), places, table, rows))
      }
    }
  }
  return parts.map((_, constituent) => ({
    constituent,
    table: tables.get(constituent) ?? { rows: 0, columns: 0, data: new Float32Array() },
  }))
}

/** Descriptors of one constituent. */
export interface Described {
  /** Its index among those of the recipe. */
  readonly constituent: number
  readonly table: Matrix
}

/** The probabilities of places by these constituents: places x classes. @throws AppError `model.corrupt` */
export async function predictPlaces(
  { boosters, cache, classCount }: BlockSetting,
  described: readonly Described[],
  places: number,
): Promise<Float64Array> {
  const sum = new Float64Array(places * classCount)
  for (const { constituent: own, table } of described) {
    const members = boosters.filter(({ constituent }) => constituent === own)
    await addPredictions(sum, 0, table, members, { cache, classCount, share: described.length })
  }
  // A constituent without classifiers would leave its share out.
  requireProbabilities(sum, classCount, boosters[0]?.path ?? 'without classifiers')
  return sum
}

/** A table of so many rows with those that were found; `table` itself is changed. */
function withRows(
  table: Matrix | undefined,
  count: number,
  { columns, data }: Matrix,
  rows: readonly number[],
): Matrix {
  const whole = table ?? { rows: count, columns, data: new Float32Array(count * columns) }
  for (const [index, row] of rows.entries())
    whole.data.set(data.subarray(index * columns, (index + 1) * columns), row * columns)
  return whole
}

/** A table for each crop set. */
async function describe(
  { recipe, signal }: BlockSetting,
  tile: { encoder: OpenEncoder; view: View; centres: readonly Centre[]; cropSets: readonly number[] },
): Promise<Matrix[]> {
  const { encoder, view, centres } = tile
  const sizesPx = tile.cropSets.map((cropSet) => at(recipe.crops.sets, cropSet).sizePx)
  if (isDense(encoder, recipe))
    return encodeSquares(encoder, view, centres, { sizesPx, poolingNorm: recipe.poolingNorm }, signal)
  const tables: Matrix[] = []
  for (const sizePx of sizesPx) tables.push(await encodeTiles(encoder, view, centres, sizePx, signal))
  return tables
}
