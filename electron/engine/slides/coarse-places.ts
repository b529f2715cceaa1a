import { at } from '../../base/arrays.ts'
import { oneAhead } from '../../base/one-ahead.ts'
import type { Matrix } from '../descriptors/index.ts'
import { constituentsOf } from '../descriptors/constituents.ts'
import { encodeTiles } from '../prediction/describe-squares.ts'
import { predictPlaces, readTile, tilesOf, type BlockSetting, type Tile } from './encode-block.ts'
import type { PlannedPlaces } from './plan-places.ts'
import { windowOf } from './slide-scales.ts'

/** The distance of coarse places in tissue, micrometres, within these numbers of cells of the grid. */
const distanceUm = 672
const spans = { fewest: 4, most: 7 }
/** They are so far apart that at most this share of all pixels is encoded for them. */
const maxShare = 1 / 12

/** Some places of a slide, each for a square of the grid's cells. */
export interface CoarsePlaces {
  readonly cells: readonly number[]
  /** Edge of the square, in cells. */
  readonly span: number
}

/**
 * Places 672 um apart in both directions, but every fourth to every seventh, in the middle of the squares of the grid that they
 * represent; farther apart where that would be too much work.
 * @param tiles all tiles of the slide's places
 */
export function planCoarsePlaces(
  { grid, cells }: PlannedPlaces,
  { scales, contextPx }: BlockSetting,
  tiles: readonly Tile[],
): CoarsePlaces {
  const allPx = tiles.reduce((sum, { scale, centres }) => {
    const { widthPx, heightPx } = windowOf(scale, centres, contextPx)
    return sum + widthPx * heightPx
  }, 0)
  const coarsePx = coarsestOf({ scales }).cropPx ** 2
  const wanted = Math.round(distanceUm / grid.strideUm)
  for (let span = Math.max(spans.fewest, Math.min(spans.most, wanted)); ; span++) {
    const middle = Math.floor(span / 2)
    const own = Array.from(cells).filter(
      (cell) => Math.floor(cell / grid.columns) % span === middle && (cell % grid.columns) % span === middle,
    )
    if (own.length * coarsePx <= maxShare * allPx) return { cells: own, span }
  }
}

/**
 * Roughly predicts places: each as a tile by itself, at the coarsest scale and without context, by the classifiers of that scale's
 * largest crop. Places x classes.
 * @throws AppError `encoder.backend-failed`, `model.corrupt`, `job.cancelled`, and the codes of ScaledPicture.read
 */
export async function predictCoarsely(
  setting: BlockSetting,
  cells: readonly number[],
): Promise<Float32Array> {
  const { recipe, encoders, scales, signal } = setting
  const parts = constituentsOf(recipe)
  const scale = coarsestOf(setting)
  const cropSet = scale.cropSets.find((index) => at(recipe.crops.sets, index).sizePx === scale.cropPx) ?? 0
  const rows = [...cells.keys()]
  const alone = scales.map((one) => (one === scale ? rows.map((row) => [row]) : []))
  const tables = new Map<number, Matrix[]>()
  const tiles = tilesOf(setting, cells, alone)
  const read = async (tile: Tile) => ({ tile, view: await readTile({ ...setting, contextPx: 0 }, tile) })
  for await (const { tile, view } of oneAhead(tiles, read)) {
    for (const encoder of encoders) {
      const own = parts.findIndex((part) => part.encoder === encoder.model.name && part.cropSet === cropSet)
      const row = await encodeTiles(encoder, view, tile.centres, scale.cropPx, signal)
      tables.set(own, [...(tables.get(own) ?? []), row])
    }
  }
  const joined = [...tables].map(([constituent, own]) => ({ constituent, table: stacked(own) }))
  return Float32Array.from(await predictPlaces(setting, joined, cells.length))
}

const coarsestOf = ({ scales }: Pick<BlockSetting, 'scales'>): BlockSetting['scales'][number] =>
  scales.reduce((coarsest, one) => (one.scale < coarsest.scale ? one : coarsest))

function stacked(tables: readonly Matrix[]): Matrix {
  const columns = tables[0]?.columns ?? 0
  const data = new Float32Array(tables.length * columns)
  for (const [row, table] of tables.entries()) data.set(table.data, row * columns)
  return { rows: tables.length, columns, data }
}
