import type { StainRecipe } from '../../contract/recipe.ts'
import type { Raster } from '../image/index.ts'

/**
 * Share of pixels that absorb green light, 0..1, which both stains do and glass does not. The stain fit asks for
 * absorption in all three channels; pale or bright tissue has little of that and is tissue all the same.
 */
export function stainedFractionOf(
  { data }: Raster,
  { transmittedLight, tissueThreshold }: StainRecipe,
): number {
  const highest = transmittedLight * Math.exp(-tissueThreshold) - 1
  let stained = 0
  for (let at = 1; at < data.length; at += 3) stained += Number((data[at] ?? 0) <= highest)
  return stained / (data.length / 3)
}
