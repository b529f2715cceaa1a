import type { CropSet } from '../../contract/recipe.ts'

/**
 * The scale to which an image is resampled for a set of crops (docs/pipeline.md, section 2): its pixel size over the
 * working one where both are known, else the recipe's.
 */
export function workingScale({ workingPixelSizeUm, scale }: CropSet, pixelSizeUm: number | null): number {
  return pixelSizeUm === null || workingPixelSizeUm === null ? scale : pixelSizeUm / workingPixelSizeUm
}
