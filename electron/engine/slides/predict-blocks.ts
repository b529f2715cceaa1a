import { at } from '../../base/arrays.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { oneAhead } from '../../base/one-ahead.ts'
import type { BlockFiles, BlockResult } from './block-files.ts'
import { planCoarsePlaces, predictCoarsely } from './coarse-places.ts'
import type { DraftMap } from './draft-map.ts'
import { readTile, tilesOf, type BlockSetting, type Tile } from './encode-block.ts'
import type { Block } from './plan-blocks.ts'
import type { PlannedPlaces } from './plan-places.ts'
import { predictBlock } from './predict-block.ts'

/** Share of the places that an earlier run must have finished for the map to be shown without a coarse one. */
const enoughDone = 0.1

interface SlideWork {
  readonly places: PlannedPlaces
  readonly blocks: readonly Block[]
  readonly files: BlockFiles
  readonly draft: DraftMap
}

/**
 * The result of each block: read if it is there, otherwise computed and kept. Before the first one the draft gets coarse places. One
 * tile is read from the slide ahead.
 * @param onProgress in places
 * @throws AppError the codes of predictBlock and of ScaledPicture.read; `path.not-writable`
 */
export async function predictBlocks(
  setting: BlockSetting,
  { places, blocks, files, draft }: SlideWork,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<BlockResult[]> {
  const total = places.cells.length
  const work = workOf(setting, places, blocks)
  const results: (BlockResult | null)[] = []
  let done = 0
  for (const [index, { cells }] of work.entries()) {
    throwIfCancelled(setting.signal)
    const result = await files.read(index, cells.length)
    results.push(result)
    if (result !== null) done += cells.length
  }
  onProgress(done, total)
  const missing = [...work.keys()].filter((index) => results[index] === null)
  if (done < enoughDone * total && missing.length > 0) {
    const tiles = work.flatMap((block) => block.tiles)
    const { cells, span } = planCoarsePlaces(places, setting, tiles)
    if (cells.length > 0) draft.add(cells, await predictCoarsely(setting, cells), span)
  }
  for (const [index, { cells }] of work.entries()) {
    const result = results[index]
    if (result) draft.add(cells, result.probabilities)
  }
  await draft.write()
  await predictMissing(setting, work, missing, {
    onTile: (index, share) => onProgress(done + Math.floor(at(work, index).cells.length * share), total),
    onBlock: async (index, result) => {
      const { cells } = at(work, index)
      await files.write(index, result)
      results[index] = result
      draft.add(cells, result.probabilities)
      await draft.write()
      onProgress((done += cells.length), total)
    },
  })
  return results.flatMap((result) => result ?? [])
}

/** The places of a block. */
interface BlockPlaces {
  readonly cells: readonly number[]
  readonly tiles: readonly Tile[]
}

/** What is to be done for each block. */
export const workOf = (
  setting: BlockSetting,
  { cells: all }: PlannedPlaces,
  blocks: readonly Block[],
): BlockPlaces[] =>
  blocks.map((block) => {
    const cells = block.places.map((place) => all[place] ?? 0)
    return { cells, tiles: tilesOf(setting, cells, block.tiles) }
  })

/**
 * Predicts some blocks one after the other. One tile is read from the slide ahead.
 * @param during `onTile`: with the share of a block's tiles that is finished; `onBlock`: is waited for before the next block begins;
 *   `isStopping`: whether to begin no further block
 * @throws AppError the codes of predictBlock and of ScaledPicture.read
 */
export async function predictMissing(
  setting: BlockSetting,
  work: readonly BlockPlaces[],
  missing: readonly number[],
  during: {
    readonly onBlock: (index: number, result: BlockResult) => Promise<void>
    readonly onTile?: (index: number, share: number) => void
    readonly isStopping?: () => boolean
  },
): Promise<void> {
  const views = oneAhead(
    missing.flatMap((index) => at(work, index).tiles),
    (tile) => readTile(setting, tile),
  )
  for (const index of missing) {
    throwIfCancelled(setting.signal)
    if (during.isStopping?.() === true) return
    const { cells, tiles } = at(work, index)
    const onTile = (finished: number): void => during.onTile?.(index, finished / tiles.length)
    await during.onBlock(index, await predictBlock(setting, { cells, tiles, views, onTile }))
  }
}
