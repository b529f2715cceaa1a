import type { QualityFlag } from '../../contract/quality.ts'
import type { CropSet, StainRecipe } from '../../contract/recipe.ts'
import { angleDegrees, type StainFitResult } from '../stain/index.ts'
import { checkRaster, type Raster } from './raster.ts'
import { resampledEdgePx } from './resample.ts'
import { workingScale } from './working-scale.ts'

/**
 * Where a measure becomes a flag. Set by looking at 84 real fields of 14 patients, four regions of a slide and
 * the same pictures blurred: no picture as taken is out of focus, unlike H&E or wrongly exposed by these
 * numbers; a blur of 3 pixels always is, one of 2 pixels mostly.
 */
export const qualityThresholds = {
  /** Share of pixels that are not glass, 0..1; flagged below. */
  tissueFraction: 0.05,
  /** Blur 0..1 (see blurOf); flagged above. Real fields reach 0.47. */
  blur: 0.55,
  /** Share of coloured pixels with a saturated channel, 0..1; flagged above. Real fields reach 0.29. */
  saturatedFraction: 0.3,
  /** Level that the brightest channel exceeds in 1 % of pixels, 0..255; flagged below. Real: 218 and more. */
  brightLevel: 150,
  /** Larger angle of the two stains to the recipe's, degrees; flagged above. Real fields reach 35. */
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
 * Reasons to trust a result less, each with its measured number; none for a good image. `raster` is the image
 * as decoded, before resampling. Never fails on a valid raster; image.invalid-raster.
 * Not exported by this folder's index: the stain folder builds on that one.
 */
export function assessQuality(raster: Raster, context: QualityContext): QualityFlag[] {
  checkRaster(raster)
  const flags: QualityFlag[] = []
  const flag = (code: QualityFlag['code'], measured: number, threshold: number, isBad: boolean) => {
    if (isBad) flags.push({ code, measured, threshold })
  }
  const limits = qualityThresholds
  const { found, recipe, pixelSizeUm, cropSets } = context
  const hasTissue = found.tissueFraction >= limits.tissueFraction
  flag('too-little-tissue', found.tissueFraction, limits.tissueFraction, !hasTissue)
  // Glass has neither focus nor stain to speak of.
  if (hasTissue) {
    const blur = blurOf(raster)
    flag('out-of-focus', blur, limits.blur, blur > limits.blur)
    const angle = stainAngle(found, recipe)
    flag('stain-unlike-he', angle, limits.stainAngleDegrees, angle > limits.stainAngleDegrees)
  }
  const { saturatedFraction, brightLevel } = exposureOf(raster)
  const { saturatedFraction: most, brightLevel: darkest } = limits
  flag('over-exposed', saturatedFraction, most, saturatedFraction > most)
  flag('under-exposed', brightLevel, darkest, brightLevel < darkest)

  const [set] = cropSets
  if (set !== undefined && set.workingPixelSizeUm !== null) {
    const expectedUm = set.workingPixelSizeUm * set.scale
    const factor = pixelSizeUm === null ? 1 : Math.max(pixelSizeUm / expectedUm, expectedUm / pixelSizeUm)
    // The number is the pixel size that is taken instead, um.
    flag('pixel-size-unknown', expectedUm, expectedUm, pixelSizeUm === null)
    flag('pixel-size-far', factor, limits.pixelSizeFactor, factor > limits.pixelSizeFactor)
  }
  const shorterPx = Math.min(raster.widthPx, raster.heightPx)
  const tooSmall = cropSets
    .map((crops) => ({
      measured: resampledEdgePx(shorterPx, workingScale(crops, pixelSizeUm)),
      threshold: crops.sizePx,
    }))
    .filter(({ measured, threshold }) => measured < threshold)
    .sort((left, right) => left.measured / left.threshold - right.measured / right.threshold)[0]
  if (tooSmall !== undefined) flags.push({ code: 'smaller-than-crop', ...tooSmall })
  return flags
}

/** An image of one stain is as unlike hematoxylin and eosin as can be: 90 degrees. */
function stainAngle({ fit }: StainFitResult, recipe: StainRecipe): number {
  if (fit === null) return 90
  return Math.max(
    angleDegrees(fit.hematoxylin, recipe.referenceHematoxylin),
    angleDegrees(fit.eosin, recipe.referenceEosin),
  )
}

const blurReachPx = 4
/** This many rows and columns, evenly spread, tell as much as all of them. */
const blurLines = 256

/**
 * Blur from 0 (sharp) to 1: how much of the difference between neighbours is left after averaging over 9
 * pixels; a sharp image loses most of it, a blurred one has little to lose. The larger of both directions, in
 * the green channel, where both stains show. 1 for an image of one colour.
 * After Crete, Dolmiere, Ladret and Nicolas, "The blur effect", SPIE 6492 (2007).
 */
export function blurOf({ widthPx, heightPx, data }: Raster): number {
  const along = (lines: number, length: number, lineStep: number, step: number): number => {
    let differences = 0
    let lost = 0
    for (let line = 0; line < lines; line += Math.ceil(lines / blurLines)) {
      const start = line * lineStep + 1
      const last = length - 1
      const level = (place: number): number =>
        data[start + (place < 0 ? 0 : place > last ? last : place) * step] ?? 0
      let before = level(0)
      for (let place = 1; place < length; place++) {
        const here = level(place)
        // By how much the average over 9 pixels changes from one place to the next, times 9.
        const change = level(place + blurReachPx) - level(place - blurReachPx - 1)
        const difference = Math.abs(here - before)
        const left = Math.abs(change) / (2 * blurReachPx + 1)
        differences += difference
        if (difference > left) lost += difference - left
        before = here
      }
    }
    return differences === 0 ? 1 : 1 - lost / differences
  }
  return Math.max(along(heightPx, widthPx, 3 * widthPx, 3), along(widthPx, heightPx, 3, 3 * widthPx))
}

/** Channels that lie this far apart are colour; glass is grey. */
const leastColour = 25

/**
 * Over-exposure shows where coloured tissue, not glass, reaches 255 in a channel; under-exposure in that nothing at
 * all is bright, since even dense tissue lets most of its red pass.
 */
function exposureOf({ data }: Raster): { saturatedFraction: number; brightLevel: number } {
  const brightest = new Uint32Array(256)
  let coloured = 0
  let saturated = 0
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at] ?? 0
    const green = data[at + 1] ?? 0
    const blue = data[at + 2] ?? 0
    const highest = Math.max(red, green, blue)
    brightest[highest] = (brightest[highest] ?? 0) + 1
    if (highest - Math.min(red, green, blue) < leastColour) continue
    coloured += 1
    if (highest === 255) saturated += 1
  }
  let above = 0
  const brightLevel = brightest.findLastIndex((count) => {
    above += count
    return above > (0.01 * data.length) / 3
  })
  return { saturatedFraction: coloured === 0 ? 0 : saturated / coloured, brightLevel }
}
