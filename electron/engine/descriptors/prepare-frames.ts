import { AppError } from '../../contract/errors.ts'
import type { QualityFlag, Recipe } from '../../contract/index.ts'
import {
  decodeLimitPx,
  extendByMirroring,
  resampleBicubic,
  workingScale,
  type Raster,
} from '../image/index.ts'
import { assessQuality } from '../quality/index.ts'
import { StainNormalizer } from '../stain/index.ts'

/** An image ready to be augmented and cut, for the crop sets that share it. */
export interface Frame {
  /** Resampled, normalised, at least as large as the crops. */
  readonly raster: Raster
  /** Indices into `recipe.crops.sets`. */
  readonly cropSets: readonly number[]
}

/**
 * Resamples and normalises an image, once for each scale of the recipe (docs/pipeline.md, sections 2 and 3), and
 * extends what is smaller than a crop. Extended last, so that mirrored pixels do not count in the stain fit.
 * Crop sets share a frame where scale and size agree; an image that is large enough has one frame a scale.
 * Flags are those of assessQuality. With `asTheyAre` pixels are neither resampled nor normalised, and not flagged.
 * image.invalid-raster, also where resampling would give more than `decodeLimitPx` pixels.
 */
export function prepareFrames(
  image: Raster,
  pixelSizeUm: number | null,
  recipe: Recipe,
  options: { asTheyAre?: boolean } = {},
): { frames: Frame[]; flags: QualityFlag[] } {
  const { asTheyAre = false } = options
  const { sets } = recipe.crops
  const normalizer = new StainNormalizer(recipe.stain)
  const frames: Frame[] = []
  let flags = null as QualityFlag[] | null
  const scaleAt = (index: number): number => {
    const set = sets[index]
    return set && !asTheyAre ? workingScale(set, pixelSizeUm) : 1
  }
  const prepared = (scale: number): Raster => {
    if (asTheyAre) return image
    const { raster, found } = normalizer.normalize(resampled(image, scale))
    // The first scale's fit is as good as another's.
    flags ??= assessQuality(image, { pixelSizeUm, cropSets: sets, found, recipe: recipe.stain }).flags
    return raster
  }
  for (const [scale, members] of Map.groupBy(sets.keys(), scaleAt)) {
    const raster = prepared(scale)
    const extended = Map.groupBy(members, (index) => {
      const sizePx = sets[index]?.sizePx ?? 0
      const edgePx = Math.min(raster.widthPx, raster.heightPx)
      return edgePx < sizePx ? sizePx : 0
    })
    for (const [sizePx, cropSets] of extended) {
      frames.push({ raster: extendByMirroring(raster, sizePx, sizePx), cropSets })
    }
  }
  return { frames, flags: flags ?? [] }
}

function resampled(image: Raster, scale: number): Raster {
  if (scale === 1) return image
  const pixels = image.widthPx * image.heightPx * scale * scale
  if (pixels > decodeLimitPx) {
    throw new AppError('image.invalid-raster', {
      reason: `at a scale of ${scale} it would have ${Math.round(pixels)} pixels, more than ${decodeLimitPx}`,
    })
  }
  return resampleBicubic(image, scale)
}
