import { join } from 'node:path'
import { at } from '../../base/arrays.ts'
import { strictCanonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'
import {
  doubtMargin,
  type Recipe,
  type RegionGeometry,
  type SlideEffort,
  type SlideEffortChoice,
  type SlideGrid,
  type SlideSummary,
} from '../../contract/index.ts'
import type { OpenEncoder, OpenEncoders } from '../encoders/index.ts'
import { requireSameContent, ScaledPicture, type ImageFile } from '../image/index.ts'
import type { ReferenceCache, StoredReference } from '../prediction/likeness-reference.ts'
import { boostersFor, type BoosterCache, type StoredBooster } from '../prediction/predict-ensemble.ts'
import type { TissueMask } from '../tissue/tissue-mask.ts'
import { BlockFiles, type BlockResult } from './block-files.ts'
import { DraftMap, removeDraftMap } from './draft-map.ts'
import type { BlockSetting } from './encode-block.ts'
import { writeSlideMap } from './map-file.ts'
import { planBlocks, type Block } from './plan-blocks.ts'
import { placeEdgeUm, planPlaces, type PlannedPlaces } from './plan-places.ts'
import { predictBlocks } from './predict-blocks.ts'
import { limitsOf, scalesOf } from './slide-scales.ts'
import { slideAlgorithm, type SlideMap } from './slide-map.ts'
import { SlideStain } from './slide-stain.ts'
import { summarise } from './summarise.ts'
import { TissueArea } from './tissue-area.ts'

export interface SlideAnalysisRequest {
  readonly image: ImageFile & { readonly pixelSizeUm: number }
  readonly recipe: Recipe
  readonly encoders: OpenEncoders
  readonly boosters: readonly StoredBooster[]
  readonly cache: BoosterCache
  readonly classes: readonly string[]
  /** Whether each class counts as carcinoma. */
  readonly isPositive: readonly boolean[]
  /** Operating point of the model. */
  readonly threshold: number
  /** The fold that held the image out of training; null for an image outside the training set. */
  readonly heldOutFold: number | null
  /** What likeness to the training images is measured by; null: it is not measured. */
  readonly reference: StoredReference | null
  readonly references: ReferenceCache
  readonly strideUm: number
  /** `adaptive`: doubtful places are predicted again, with augmentations. */
  readonly effort: SlideEffortChoice
  /** In pixels of the full-resolution image; null: all tissue. */
  readonly region: RegionGeometry | null
  /** The folder of the workspace's maps. */
  readonly directory: string
  /** The file of what is known so far (draftMapFile). What an earlier run left there is removed first. */
  readonly draft: string
  readonly findTissue: (image: ImageFile, signal?: AbortSignal) => Promise<TissueMask>
  readonly signal?: AbortSignal | undefined
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
  const { image, recipe, signal, strideUm, region, classes } = request
  const { pixelSizeUm } = image
  await removeDraftMap(request.draft)
  await requireSameContent(image)
  const mask = await request.findTissue(image, signal)
  const maskSha256 = sha256(mask.cells)
  const picture = await ScaledPicture.open(image, recipe.colour)
  const slide = { ...picture.size, pixelSizeUm }
  const placeUm = placeEdgeUm(recipe.crops.sets, pixelSizeUm)
  const places = planPlaces({ slide, placeUm, strideUm, mask, region })
  const encoders: OpenEncoder[] = []
  for (const name of recipe.encoders) encoders.push(await request.encoders.get(name))
  const scales = scalesOf(recipe, pixelSizeUm, picture)
  const margin = marginOf(request)
  const boosters = boostersFor(request.boosters, request.heldOutFold)
  const limits = limitsOf(encoders, recipe)
  const shapes = scales.map(({ scale, cropPx }) => ({
    ...limits,
    stridePx: (strideUm / pixelSizeUm) * scale,
    cropPx,
  }))
  const blocks = planBlocks(places, shapes)
  const drafts = join(request.directory, 'drafts', draftsKey(request, maskSha256, boosters, encoders))
  const files = new BlockFiles(drafts, classes.length)
  // Of all tissue, so that the stains do not depend on region and stride.
  const everywhere = planPlaces({ slide, placeUm, strideUm: placeUm, mask, region: null })
  const setting: BlockSetting = {
    picture,
    pixelSizeUm,
    scales,
    stain: await SlideStain.fit(picture, everywhere, at(scales, 0), recipe, pixelSizeUm),
    recipe,
    encoders,
    boosters,
    cache: request.cache,
    classCount: classes.length,
    reference: request.reference,
    references: request.references,
    grid: places.grid,
    shapes,
    contextPx: limits.contextPx,
    doubt:
      margin === null
        ? null
        : { margin, isPositive: request.isPositive, threshold: request.threshold, imageSha256: image.sha256 },
    signal,
  }
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

/** The lead of the suggested class below which a place is predicted again; null: no place is. */
const marginOf = ({ effort }: SlideAnalysisRequest): number | null =>
  effort === 'adaptive' ? doubtMargin : null

/** Everything that a block's content depends on. */
const draftsKey = (
  request: SlideAnalysisRequest,
  maskSha256: string,
  boosters: readonly StoredBooster[],
  encoders: readonly OpenEncoder[],
): string => {
  const { image, recipe, heldOutFold, reference, strideUm, region } = request
  const margin = marginOf(request)
  const { cameraBits = null } = image
  return sha256(
    strictCanonicalJson({
      algorithm: slideAlgorithm,
      image: image.sha256,
      pixelSizeUm: image.pixelSizeUm,
      // Absent without: analyses that earlier versions began go on.
      ...(cameraBits === null ? {} : { cameraBits }),
      recipe,
      encoders: encoders.map(({ model }) => model.fingerprint),
      boosters: boosters.map(({ constituent, textSha256 }) => ({ constituent, textSha256 })),
      heldOutFold,
      reference: reference?.reference.sha256 ?? null,
      strideUm,
      region,
      // With the margin, a block depends on the operating point too.
      doubt:
        margin === null ? null : { margin, threshold: request.threshold, isPositive: request.isPositive },
      mask: maskSha256,
    }),
  )
}

function mapOf(
  { image, classes, isPositive, reference, effort }: SlideAnalysisRequest,
  { widthPx, heightPx, pixelSizeUm }: { widthPx: number; heightPx: number; pixelSizeUm: number },
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
