import { decodeRaster, inspectFirstImage, syntheticMark, type Raster } from '../image/index.ts'

export interface OpenedImage {
  raster: Raster
  /** From 1. */
  page: number
  pixelSizeUm: number | null
  /** What a picture made from this one must go on saying of itself. */
  mark: { description?: string }
}

/** The first image of a file in sRGB, without resampling. The codes of inspectImage and decodeRaster. */
export async function openImageFile(path: string, signal: AbortSignal): Promise<OpenedImage> {
  const { page, info } = await inspectFirstImage(path)
  const { pixelSizeUm, synthetic } = info
  const raster = await decodeRaster(path, { page, signal, colour: 'srgb' })
  return { raster, page, pixelSizeUm, mark: synthetic ? { description: syntheticMark } : {} }
}
