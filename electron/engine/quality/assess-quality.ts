import type { QualityFlag, QualityMeasures } from '../../contract/quality.ts'
import type { CropSet, StainRecipe } from '../../contract/recipe.ts'
import { checkRaster, resampledEdgePx, workingScale, type Raster } from '../image/index.ts'
import { angleDegrees, type StainFitResult } from '../stain/index.ts'
import { blackFractionOf } from './black-areas.ts'
import { blurOf } from './blur.ts'
import { exposureOf } from './exposure.ts'

/**
 * Where a measure becomes a flag (docs/quality.md). Set by looking at 167 real fields of 14 patients, a slide, and
 * the same pictures blurred: as taken, 7 fields are flagged as too pale, one of them for its light, and all 7 are
 * washed out by normalisation; a blur of 3 pixels always is flagged, one of 2 pixels mostly.
 */
export const qualityThresholds = {
  /** Share of pixels dense enough for the stain fit, 0..1; flagged below. Real fields: 0.07 and more, 7 less. */
  tissueFraction: 0.05,
  /** Blur 0..1 (see blurOf); flagged above. Real fields reach 0.47. */
  blur: 0.55,
  /** Share of coloured pixels with a saturated channel, 0..1; flagged above. Real fields reach 0.29, one 0.36. */
  saturatedFraction: 0.3,
  /** Level that the brightest channel exceeds in 1 % of pixels, 0..255; flagged below. Real: 218 and more. */
  brightLevel: 150,
  /** Share of squares of one black colour, 0..1; flagged above: a square of 126 pixels in 2048 x 1536. Real fields: 0. */
  blackFraction: 0.005,
  /** Larger angle of the two stains to the recipe's, degrees; flagged above. Real fields reach 31, halved 35. */
  stainAngleDegrees: 40,
  /** Factor between the image's pixel size and the recipe's, 1 or more; flagged above. */
  pixelSizeFactor: 1.5,
} as const

export interface QualityContext {
  pixelSizeUm: number | null
  cropSets: readonly CropSet[]
  /** What StainNormalizer.fit found in the same raster, or in the resampled one, which is as good. */
  found: StainFitResult
  recipe: StainRecipe
}

/**
 * What can be measured of an image's quality, and reasons to trust a result less, each with its measured number;
 * none for a good image (docs/quality.md). `raster` is the image as decoded, before resampling. Never fails on a
 * valid raster; image.invalid-raster.
 */
export function assessQuality(
  raster: Raster,
  context: QualityContext,
): { measures: QualityMeasures; flags: QualityFlag[] } {
  checkRaster(raster)
  const { found, recipe, pixelSizeUm } = context
  const limits = qualityThresholds
  // Glass has neither focus nor stain to speak of.
  const hasTissue = found.tissueFraction >= limits.tissueFraction
  const expectedUm = expectedPixelSizeUm(context)
  const crop = scarcestCrop(raster, context)
  const measures: QualityMeasures = {
    tissueFraction: found.tissueFraction,
    blur: hasTissue ? blurOf(raster) : null,
    stainAngleDegrees: hasTissue ? stainAngle(found, recipe) : null,
    ...exposureOf(raster),
    blackFraction: blackFractionOf(raster),
    pixelSizeFactor:
      pixelSizeUm === null || expectedUm === null
        ? null
        : Math.max(pixelSizeUm / expectedUm, expectedUm / pixelSizeUm),
    resampledEdgePx: crop?.measured ?? null,
  }
  const flags: QualityFlag[] = []
  const below = (code: QualityFlag['code'], measured: number | null, threshold: number): void => {
    if (measured !== null && measured < threshold) flags.push({ code, measured, threshold })
  }
  const above = (code: QualityFlag['code'], measured: number | null, threshold: number): void => {
    if (measured !== null && measured > threshold) flags.push({ code, measured, threshold })
  }
  below('too-little-tissue', measures.tissueFraction, limits.tissueFraction)
  above('out-of-focus', measures.blur, limits.blur)
  above('stain-unlike-he', measures.stainAngleDegrees, limits.stainAngleDegrees)
  above('over-exposed', measures.saturatedFraction, limits.saturatedFraction)
  below('under-exposed', measures.brightLevel, limits.brightLevel)
  above('black-areas', measures.blackFraction, limits.blackFraction)
  if (pixelSizeUm === null && expectedUm !== null) {
    // The number is the pixel size that is taken instead, um.
    flags.push({ code: 'pixel-size-unknown', measured: expectedUm, threshold: expectedUm })
  }
  above('pixel-size-far', measures.pixelSizeFactor, limits.pixelSizeFactor)
  if (crop !== null) below('smaller-than-crop', crop.measured, crop.threshold)
  return { measures, flags }
}

/** The pixel size that the recipe is made for, um; null where it takes any. */
function expectedPixelSizeUm({ cropSets: [set] }: QualityContext): number | null {
  return set === undefined || set.workingPixelSizeUm === null ? null : set.workingPixelSizeUm * set.scale
}

/** The shorter edge after resampling and the crop's edge, px, for the crop that fits worst. */
function scarcestCrop(
  { widthPx, heightPx }: Raster,
  { cropSets, pixelSizeUm }: QualityContext,
): { measured: number; threshold: number } | null {
  const shorterPx = Math.min(widthPx, heightPx)
  const fits = cropSets.map((crops) => ({
    measured: resampledEdgePx(shorterPx, workingScale(crops, pixelSizeUm)),
    threshold: crops.sizePx,
  }))
  fits.sort((left, right) => left.measured / left.threshold - right.measured / right.threshold)
  return fits[0] ?? null
}

/** An image of one stain is as unlike hematoxylin and eosin as can be: 90 degrees. */
function stainAngle({ fit }: StainFitResult, recipe: StainRecipe): number {
  if (fit === null) return 90
  return Math.max(
    angleDegrees(fit.hematoxylin, recipe.referenceHematoxylin),
    angleDegrees(fit.eosin, recipe.referenceEosin),
  )
}
