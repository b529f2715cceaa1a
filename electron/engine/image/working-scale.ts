import type { CropSet } from '../../contract/recipe.ts'

/**
 * The working scale of an image for a set of crops (docs/pipeline.md, section 2): its pixel size divided by the working
 * pixel size if both are known, otherwise the recipe's scale.
 */
export function workingScale({ workingPixelSizeUm, scale }: CropSet, pixelSizeUm: number | null): number {
  return pixelSizeUm === null || workingPixelSizeUm === null ? scale : pixelSizeUm / workingPixelSizeUm
}
