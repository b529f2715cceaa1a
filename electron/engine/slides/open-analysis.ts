import { at } from '../../base/arrays.ts'
import { strictCanonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'
import {
  doubtMargin,
  slideAlgorithm,
  type Recipe,
  type RegionGeometry,
  type SlideEffortChoice,
} from '../../contract/index.ts'
import type { OpenEncoder, OpenEncoders } from '../encoders/index.ts'
import { requireSameContent, ScaledPicture, type ImageFile } from '../image/index.ts'
import type { ReferenceCache, StoredReference } from '../prediction/likeness-reference.ts'
import { boostersFor, type BoosterCache, type StoredBooster } from '../prediction/predict-ensemble.ts'
import type { TissueMask } from '../tissue/tissue-mask.ts'
import type { BlockSetting } from './encode-block.ts'
import { blockPlan, planBlocks, type Block } from './plan-blocks.ts'
import { placeEdgeUm, planPlaces, type PlannedPlaces } from './plan-places.ts'
import { limitsOf, scalesOf } from './slide-scales.ts'
import { SlideStain } from './slide-stain.ts'

/** A slide, and what predicts its places: everything that a block's content depends on but tissue and encoders. */
export interface AnalysisSubject {
  readonly image: ImageFile & { readonly pixelSizeUm: number }
  readonly recipe: Recipe
  readonly boosters: readonly StoredBooster[]
  /** Whether each class counts as carcinoma. */
  readonly isPositive: readonly boolean[]
  /** Operating point of the model. */
  readonly threshold: number
  /** The fold that held the image out of training; null for an image outside the training set. */
  readonly heldOutFold: number | null
  /** What likeness to the training images is measured by; null: it is not measured. */
  readonly reference: StoredReference | null
  readonly strideUm: number
  /** `adaptive`: doubtful places are predicted again, with augmentations. */
  readonly effort: SlideEffortChoice
  /** In pixels of the full-resolution image; null: all tissue. */
  readonly region: RegionGeometry | null
}

export interface OpenAnalysisRequest extends AnalysisSubject {
  readonly encoders: OpenEncoders
  readonly cache: BoosterCache
  readonly references: ReferenceCache
  readonly findTissue: (image: ImageFile, signal?: AbortSignal) => Promise<TissueMask>
  readonly signal?: AbortSignal | undefined
}

/** A slide that is ready to be predicted block by block. */
export interface OpenAnalysis {
  readonly slide: { readonly widthPx: number; readonly heightPx: number; readonly pixelSizeUm: number }
  readonly mask: TissueMask
  readonly maskSha256: string
  /** Names everything that the blocks depend on (analysisKey). */
  readonly key: string
  readonly places: PlannedPlaces
  readonly blocks: readonly Block[]
  readonly setting: BlockSetting
}

/**
 * Finds the tissue of a slide, plans its places and blocks, and fits its stains: the same on every machine.
 * @throws AppError `image.file-changed`, `slide.too-many-places`, `encoder.*`, `job.cancelled`, and the codes of readRegion
 */
export async function openAnalysis(request: OpenAnalysisRequest): Promise<OpenAnalysis> {
  const { image, recipe, signal, strideUm, region, isPositive, threshold } = request
  const { pixelSizeUm } = image
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
  const limits = limitsOf(encoders, recipe)
  const shapes = scales.map(({ scale, cropPx }) => ({
    ...limits,
    stridePx: (strideUm / pixelSizeUm) * scale,
    cropPx,
  }))
  // Of all tissue, so that the stains do not depend on region and stride.
  const everywhere = planPlaces({ slide, placeUm, strideUm: placeUm, mask, region: null })
  const fingerprints = encoders.map(({ model }) => model.fingerprint)
  return {
    slide,
    mask,
    maskSha256,
    key: analysisKey(request, { maskSha256, fingerprints }),
    places,
    blocks: planBlocks(places, shapes),
    setting: {
      picture,
      pixelSizeUm,
      scales,
      stain: await SlideStain.fit(picture, everywhere, at(scales, 0), recipe, pixelSizeUm),
      recipe,
      encoders,
      boosters: boostersFor(request.boosters, request.heldOutFold),
      cache: request.cache,
      classCount: isPositive.length,
      reference: request.reference,
      references: request.references,
      grid: places.grid,
      shapes,
      contextPx: limits.contextPx,
      doubt: margin === null ? null : { margin, isPositive, threshold, imageSha256: image.sha256 },
      signal,
    },
  }
}

/** The lead of the suggested class below which a place is predicted again; null: no place is. */
export const marginOf = ({ effort }: Pick<AnalysisSubject, 'effort'>): number | null =>
  effort === 'adaptive' ? doubtMargin : null

/**
 * Names everything that the content of an analysis' blocks depends on.
 * @param found `fingerprints`: of the encoders' weights, in the order of the recipe
 */
export function analysisKey(
  subject: AnalysisSubject,
  { maskSha256, fingerprints }: { readonly maskSha256: string; readonly fingerprints: readonly string[] },
): string {
  const { image, recipe, heldOutFold, reference, strideUm, region, threshold, isPositive } = subject
  const margin = marginOf(subject)
  const { cameraBits = null } = image
  return sha256(
    strictCanonicalJson({
      algorithm: slideAlgorithm,
      plan: blockPlan,
      image: image.sha256,
      pixelSizeUm: image.pixelSizeUm,
      // Absent without: analyses that earlier versions began go on.
      ...(cameraBits === null ? {} : { cameraBits }),
      recipe,
      encoders: fingerprints,
      boosters: boostersFor(subject.boosters, heldOutFold).map(({ constituent, textSha256 }) => ({
        constituent,
        textSha256,
      })),
      heldOutFold,
      reference: reference?.reference.sha256 ?? null,
      strideUm,
      region,
      // With the margin, a block depends on the operating point too.
      doubt: margin === null ? null : { margin, threshold, isPositive },
      mask: maskSha256,
    }),
  )
}
