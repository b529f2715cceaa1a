import { at } from '../../base/arrays.ts'
import { oneAhead } from '../../base/one-ahead.ts'
import { carcinomaScore } from '../../contract/index.ts'
import { drawGains, planWholeTurn } from '../crops/index.ts'
import type { Matrix } from '../descriptors/index.ts'
import { augmentedView, type View } from '../prediction/describe-squares.ts'
import { likenessOfNew, signatureOf } from '../prediction/likeness.ts'
import { StoppingRule } from '../prediction/stopping-rule.ts'
import type { BlockResult } from './block-files.ts'
import {
  describePlaces,
  predictPlaces,
  readTile,
  tilesOf,
  type BlockSetting,
  type Doubt,
  type Tile,
} from './encode-block.ts'
import { planTiles } from './plan-blocks.ts'

/** The work of a block. */
interface BlockWork {
  /** Of its places. */
  readonly cells: readonly number[]
  readonly tiles: readonly Tile[]
  /** Of the tiles, in their order. */
  readonly views: AsyncIterator<View, void>
  /** Called between two tiles with the number of finished ones. */
  readonly onTile: (done: number) => void
}

/**
 * Predicts the places of a block, and doubtful ones again with augmentations. Likeness is that of the upright descriptors.
 * @throws AppError `encoder.backend-failed`, `model.corrupt`, `job.cancelled`
 */
export async function predictBlock(
  setting: BlockSetting,
  { cells, tiles, views, onTile }: BlockWork,
): Promise<BlockResult> {
  const { doubt } = setting
  const tables = await describePlaces(setting, cells.length, tiles, views, onTile)
  const first = await predictPlaces(setting, tables, cells.length)
  const likeness = await likenessOf(
    setting,
    tables.map(({ table }) => table),
    cells.length,
  )
  if (doubt === null) return { probabilities: Float32Array.from(first), likeness, augmentations: null }
  return { ...(await predictAgain(setting, doubt, cells, first)), likeness }
}

/** Whether another augmentation might change the suggested class of a place, or its side of the operating point. */
export function isDoubtful(
  probabilities: readonly number[],
  { margin, isPositive, threshold }: Doubt,
): boolean {
  const [first = 0, second = 0] = probabilities.toSorted((a, b) => b - a)
  const score = carcinomaScore(probabilities, isPositive)
  // Of two classes, the lead is twice the distance of the score from 1/2.
  return first - second < margin || (score !== null && 2 * Math.abs(score - threshold) < margin)
}

/**
 * Predicts the doubtful ones of some places with the augmentations of the recipe, one after the other, until each is settled
 * (stopping-rule.ts). The first one, without augmentation, counts as one of them, as in recipes whose first augmentation keeps the
 * colours. All places have the same gains and turn in an augmentation, drawn by the slide's content.
 */
async function predictAgain(
  setting: BlockSetting,
  doubt: Doubt,
  cells: readonly number[],
  first: Float64Array,
): Promise<Pick<BlockResult, 'probabilities' | 'augmentations'>> {
  const { recipe, classCount, shapes, grid } = setting
  const { count, gainRange } = recipe.augmentation
  const { isPositive, threshold, imageSha256 } = doubt
  const sums = first.slice()
  const augmentations = new Int32Array(cells.length).fill(1)
  const rules = new Map<number, StoppingRule>()
  for (const row of cells.keys()) {
    const own = Array.from(first.subarray(row * classCount, (row + 1) * classCount))
    if (!isDoubtful(own, doubt)) continue
    const rule = new StoppingRule({ population: count, isPositive, threshold, firstIsIdentity: true })
    rule.add(own)
    rules.set(row, rule)
  }
  for (let augmentation = 1; augmentation < count; augmentation++) {
    const open = [...rules].filter(([, rule]) => !rule.isSettled)
    if (open.length === 0) break
    const draw = { recipeSeed: recipe.seed, imageSha256, augmentation }
    const [gains, turn] = [drawGains(draw, gainRange), planWholeTurn(draw)]
    const own = open.map(([row]) => at(cells, row))
    const tiles = tilesOf(setting, own, planTiles(own, grid.columns, shapes))
    const views = oneAhead(tiles, async (tile) => augmentedView(await readTile(setting, tile), gains, turn))
    const tables = await describePlaces(setting, own.length, tiles, views)
    const found = await predictPlaces(setting, tables, own.length)
    for (const [index, [row, rule]] of open.entries()) {
      const probabilities = found.subarray(index * classCount, (index + 1) * classCount)
      rule.add(probabilities)
      for (const [k, p] of probabilities.entries())
        sums[row * classCount + k] = (sums[row * classCount + k] ?? 0) + p
      augmentations[row] = augmentation + 1
    }
  }
  const used = (value: number): number => augmentations[Math.floor(value / classCount)] ?? 1
  return { probabilities: Float32Array.from(sums, (sum, value) => sum / used(value)), augmentations }
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
