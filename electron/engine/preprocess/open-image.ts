import { decodeRaster, inspectImage, syntheticMark, type Raster } from '../image/index.ts'

export interface OpenedImage {
  raster: Raster
  pixelSizeUm: number | null
  /** What a picture made from this one must go on saying of itself. */
  mark: { description?: string }
}

/** An image file in sRGB, without resampling. The codes of inspectImage and decodeRaster. */
export async function openImageFile(path: string, signal: AbortSignal): Promise<OpenedImage> {
  const { pixelSizeUm, synthetic } = await inspectImage(path)
  const raster = await decodeRaster(path, { signal, colour: 'srgb' })
  return { raster, pixelSizeUm, mark: synthetic ? { description: syntheticMark } : {} }
}
