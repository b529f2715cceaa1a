import type { EncoderName } from '../../contract/index.ts'
import { constituentsOf } from '../descriptors/constituents.ts'
import { openAnalysis, type OpenAnalysisRequest } from '../slides/open-analysis.ts'
import { workOf } from '../slides/predict-blocks.ts'
import { isDense, latticeEdge, windowOf } from '../slides/slide-scales.ts'

/** The work of a slide. */
export interface EstimatedBlocks {
  readonly places: number
  readonly blocks: number
  /** To open it: hash, tissue, stains. */
  readonly openMs: number
  /** Pixels that each encoder processes; without those of doubtful places, which are predicted again. */
  readonly work: { encoder: EncoderName; px: number }[]
}

/**
 * Opens a slide and counts what its encoders would process: the pixels of its tiles, context included, or the crops of each place where
 * an encoder takes no tiles.
 * @throws AppError as openAnalysis
 */
export async function estimateBlocks(request: OpenAnalysisRequest): Promise<EstimatedBlocks> {
  // Opening the encoders belongs to the start of a part.
  for (const name of request.recipe.encoders) await request.encoders.get(name)
  const startedAt = performance.now()
  const { places, blocks, setting } = await openAnalysis(request)
  const openMs = performance.now() - startedAt
  const { recipe, encoders, contextPx } = setting
  const tiles = workOf(setting, places, blocks).flatMap((block) => block.tiles)
  const tilePx = tiles.reduce((sum, { scale, centres }) => {
    const { widthPx, heightPx } = windowOf(scale, centres, contextPx)
    return sum + latticeEdge(widthPx, scale.cropPx) * latticeEdge(heightPx, scale.cropPx)
  }, 0)
  const work = encoders.map((encoder) => {
    const { name } = encoder.model
    const sets = constituentsOf(recipe).filter((part) => part.encoder === name)
    const placePx = sets.reduce((sum, { cropSet }) => sum + (recipe.crops.sets[cropSet]?.sizePx ?? 0) ** 2, 0)
    return { encoder: name, px: isDense(encoder, recipe) ? tilePx : placePx * places.cells.length }
  })
  return { places: places.cells.length, blocks: blocks.length, openMs, work }
}
