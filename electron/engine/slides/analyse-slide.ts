import { at } from '../../base/arrays.ts'
import { slideAlgorithm, type SlideEffort, type SlideGrid, type SlideSummary } from '../../contract/index.ts'
import { BlockFiles, type BlockResult } from './block-files.ts'
import { DraftMap, removeDraftMap } from './draft-map.ts'
import { draftBlocks, writeSlideMap } from './map-file.ts'
import { marginOf, openAnalysis, type OpenAnalysis, type OpenAnalysisRequest } from './open-analysis.ts'
import type { Block } from './plan-blocks.ts'
import type { PlannedPlaces } from './plan-places.ts'
import { predictBlocks } from './predict-blocks.ts'
import type { SlideMap } from './slide-map.ts'
import { summarise } from './summarise.ts'
import { TissueArea } from './tissue-area.ts'

export interface SlideAnalysisRequest extends OpenAnalysisRequest {
  readonly classes: readonly string[]
  /** The folder of the workspace's maps. */
  readonly directory: string
  /** The file of what is known so far (draftMapFile). What an earlier run left there is removed first. */
  readonly draft: string
  /** In places. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface AnalysedSlide {
  /** slideAlgorithm */
  readonly algorithm: number
  readonly grid: SlideGrid
  readonly maskSha256: string
  readonly places: number
  readonly summary: SlideSummary
  /** null: each place was predicted once. */
  readonly effort: SlideEffort | null
  readonly mapSha256: string
  /** The folder of the blocks, which are of no use once the map is recorded. */
  readonly drafts: string
}

/**
 * Predicts a slide place by place and writes its map (docs/slides.md). Blocks of places are kept as files, so that an analysis that
 * was stopped at any moment continues with the others and gives the same bits. Memory does not depend on the size of the slide,
 * apart from 16 bytes for each 64 um2 of it and the results.
 * @throws AppError `image.file-changed`, `slide.too-many-places`, `encoder.backend-failed`, `model.corrupt`,
 *   `path.not-writable`, `job.cancelled`, and the codes of readRegion
 */
export async function analyseSlide(request: SlideAnalysisRequest): Promise<AnalysedSlide> {
  const { recipe, classes } = request
  await removeDraftMap(request.draft)
  const { slide, mask, maskSha256, key, places, blocks, setting } = await openAnalysis(request)
  const drafts = draftBlocks(request.directory, key)
  const files = new BlockFiles(drafts, classes.length)
  const draft = new DraftMap(request.draft, {
    grid: places.grid,
    classes: [...classes],
    isPositive: [...request.isPositive],
    total: places.cells.length,
  })
  const results = await predictBlocks(setting, { places, blocks, files, draft }, request.onProgress).finally(
    () => removeDraftMap(request.draft),
  )
  const map = mapOf(request, slide, places, blocks, results)
  const margin = marginOf(request)
  const tissueMm2 = new TissueArea(mask).mm2
  return {
    algorithm: slideAlgorithm,
    grid: places.grid,
    maskSha256,
    places: places.cells.length,
    summary: summarise(map, { tissueMm2, threshold: request.threshold }),
    effort:
      margin === null
        ? null
        : {
            margin,
            possible: recipe.augmentation.count,
            again: map.augmentations?.filter((count) => count > 1).length ?? 0,
          },
    mapSha256: await writeSlideMap(request.directory, map),
    drafts,
  }
}

function mapOf(
  { image, classes, isPositive, reference, effort }: SlideAnalysisRequest,
  { widthPx, heightPx, pixelSizeUm }: OpenAnalysis['slide'],
  { grid, cells, tissueShare }: PlannedPlaces,
  blocks: readonly Block[],
  results: readonly BlockResult[],
): SlideMap {
  const probabilities = new Float32Array(cells.length * classes.length)
  const likeness = reference === null ? null : new Float32Array(cells.length)
  const augmentations = effort === 'adaptive' ? new Int32Array(cells.length) : null
  for (const [index, { places }] of blocks.entries()) {
    const result = at(results, index)
    for (const [row, place] of places.entries()) {
      const own = result.probabilities.subarray(row * classes.length, (row + 1) * classes.length)
      probabilities.set(own, place * classes.length)
      if (likeness !== null) likeness[place] = result.likeness?.[row] ?? 0
      if (augmentations !== null) augmentations[place] = result.augmentations?.[row] ?? 1
    }
  }
  const size = { widthPx, heightPx, pixelSizeUm }
  return {
    imageSha256: image.sha256,
    ...size,
    grid,
    classes,
    isPositive,
    cells,
    probabilities,
    likeness,
    tissueShare,
    augmentations,
  }
}
