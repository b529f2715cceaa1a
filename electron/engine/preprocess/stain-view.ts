import type { StainReport } from '../../contract/stain.ts'
import type { CropSet, StainRecipe } from '../../contract/recipe.ts'
import {
  decodeRaster,
  encodeJpeg,
  readTilePixels,
  resampleBicubic,
  workingScale,
  type ImageFile,
  type TileAddress,
} from '../image/index.ts'
import { StainNormalizer } from '../stain/index.ts'
import { stainFitOf, stainReport } from './stain-report.ts'

/**
 * What the stain fit finds in an image as an encoder is shown it: resampled to the working scale of a set of
 * crops (docs/pipeline.md, sections 2 and 3). The codes of decodeRaster.
 */
export async function fitImageStains(
  { path, page, pixelSizeUm, cameraBits }: ImageFile,
  { cropSet, recipe }: { cropSet: CropSet; recipe: StainRecipe },
  signal: AbortSignal,
): Promise<StainReport> {
  const raster = await decodeRaster(path, { page, cameraBits, signal, colour: 'srgb' })
  const scale = workingScale(cropSet, pixelSizeUm)
  // Enlarging adds no colours, only pixels.
  const seen = scale < 1 ? resampleBicubic(raster, scale) : raster
  return stainReport(new StainNormalizer(recipe).fit(seen))
}

/**
 * A viewer's tile (`readTile`) in the colours of the recipe's reference, mapped after it was scaled for the
 * screen. Without stains it keeps its own colours. The codes of readTile.
 */
export async function normalizedTile(
  path: string,
  address: TileAddress,
  { stains, recipe }: { stains: StainReport['stains']; recipe: StainRecipe },
): Promise<Uint8Array> {
  const tile = await readTilePixels(path, address)
  const fit = stains === null ? null : stainFitOf(stains)
  return encodeJpeg(new StainNormalizer(recipe).transform(tile, { fit }))
}
