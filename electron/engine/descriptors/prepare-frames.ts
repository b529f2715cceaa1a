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
 * Resamples and normalises an image once per scale of the recipe (docs/pipeline.md, sections 2 and 3) and extends images
 * that are smaller than a crop. Extending comes last, so that mirrored pixels do not influence the stain fit.
 * Crop sets with the same scale and extension share a frame; a large enough image has one frame per scale.
 * The flags are those of assessQuality. With `asTheyAre` pixels are neither resampled nor normalised, and there are no
 * flags.
 * @throws AppError `image.invalid-raster`, also if the resampled image would have more than `decodeLimitPx` pixels
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
    const plain = resampled(image, scale)
    const found = normalizer.fit(plain)
    const raster = recipe.stainStep === 'none' ? plain : normalizer.transform(plain, found)
    // The stain fit of any scale will do; use that of the first.
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
