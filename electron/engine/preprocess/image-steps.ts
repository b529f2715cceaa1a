import { AppError } from '../../contract/errors.ts'
import type { NormalizedImage } from '../../contract/image-processing.ts'
import type { ImageQuality } from '../../contract/quality.ts'
import type { CropSet, StainRecipe } from '../../contract/recipe.ts'
import { decodeLimitPx, resampleBicubic, writeImage, type Raster } from '../image/index.ts'
import { assessQuality } from '../quality/index.ts'
import { augmentStain, StainNormalizer, type StainFit, type StainGains } from '../stain/index.ts'
import { openImageFile, type OpenedImage } from './open-image.ts'
import { stainReport, stainsOf } from './stain-report.ts'

/** From a picture file to a picture file; `output` ends in .png, .tif or .tiff. */
export interface FromTo {
  input: string
  output: string
  /** Whether `output` is replaced if it exists; default false. */
  replace?: boolean | undefined
}

export interface WrittenImage {
  path: string
  widthPx: number
  heightPx: number
}

/**
 * Resamples an image file (docs/pipeline.md, section 2). The codes of decodeRaster and writeImage;
 * image.invalid-raster where the result would have more than `decodeLimitPx` pixels.
 */
export async function resampleImage(
  { input, output, replace, scale }: FromTo & { scale: number },
  signal: AbortSignal,
): Promise<WrittenImage> {
  const picture = await openImageFile(input, signal)
  const pixels = picture.raster.widthPx * picture.raster.heightPx * scale * scale
  if (pixels > decodeLimitPx) {
    const reason = `at a scale of ${scale} it would have ${Math.round(pixels)} pixels, more than ${decodeLimitPx}`
    throw new AppError('image.invalid-raster', { reason })
  }
  const { pixelSizeUm } = picture
  const resized = { ...picture, pixelSizeUm: pixelSizeUm === null ? null : pixelSizeUm / scale }
  return write(resampleBicubic(picture.raster, scale), resized, { path: output, replace, sources: [input] })
}

/**
 * Normalises the stains of an image file as it is, without resampling (docs/pipeline.md, section 3), to the recipe's
 * reference or to the stains of the image `reference`. An image without two stains is written in its own colours.
 * The codes of decodeRaster and writeImage; image.no-stains where the reference image has none.
 */
export async function normalizeImage(
  { input, output, replace, reference, recipe }: FromTo & { reference: string | null; recipe: StainRecipe },
  signal: AbortSignal,
): Promise<NormalizedImage> {
  const target = reference === null ? undefined : await fitReference(reference, recipe, signal)
  const normalizer = new StainNormalizer(recipe, target)
  const picture = await openImageFile(input, signal)
  const { raster, found } = normalizer.normalize(picture.raster)
  const sources = reference === null ? [input] : [input, reference]
  const context = { pixelSizeUm: picture.pixelSizeUm, cropSets: [], found, recipe }
  return {
    ...(await write(raster, picture, { path: output, replace, sources })),
    ...stainReport(found),
    target: stainsOf(normalizer.target),
    flags: assessQuality(picture.raster, context).flags,
  }
}

/** Augments the stains of an image file as it is (docs/pipeline.md, section 4). The codes of decodeRaster and writeImage. */
export async function augmentImage(
  { input, output, replace, ...gains }: FromTo & StainGains,
  signal: AbortSignal,
): Promise<WrittenImage> {
  const picture = await openImageFile(input, signal)
  return write(augmentStain(picture.raster, gains), picture, { path: output, replace, sources: [input] })
}

/** Everything that can be reported about an image file before it is used. The codes of decodeRaster. */
export async function assessImage(
  { path, cropSets, recipe }: { path: string; cropSets: readonly CropSet[]; recipe: StainRecipe },
  signal: AbortSignal,
): Promise<ImageQuality> {
  const { raster, pixelSizeUm } = await openImageFile(path, signal)
  const found = new StainNormalizer(recipe).fit(raster)
  const { widthPx, heightPx } = raster
  const quality = assessQuality(raster, { pixelSizeUm, cropSets, found, recipe })
  return { path, widthPx, heightPx, pixelSizeUm, ...stainReport(found), ...quality }
}

async function fitReference(path: string, recipe: StainRecipe, signal: AbortSignal): Promise<StainFit> {
  const { raster } = await openImageFile(path, signal)
  const { fit, degenerate } = new StainNormalizer(recipe).fit(raster)
  if (fit !== null) return fit
  const reason = degenerate === 'one-stain' ? 'it has one stain only' : 'it has too little tissue'
  throw new AppError('image.no-stains', { path, reason })
}

async function write(
  raster: Raster,
  { pixelSizeUm, mark }: OpenedImage,
  { path, ...how }: { path: string; replace: boolean | undefined; sources: readonly string[] },
): Promise<WrittenImage> {
  await writeImage(raster, path, { ...mark, ...(pixelSizeUm === null ? {} : { pixelSizeUm }), ...how })
  return { path, widthPx: raster.widthPx, heightPx: raster.heightPx }
}
