import type { ImageView } from './images.ts'

/** Formats that only slide scanners write, by OpenSlide's names for their vendors. */
export const scannerFormats = [
  'aperio',
  'dicom',
  'hamamatsu',
  'leica',
  'mirax',
  'philips',
  'sakura',
  'trestle',
  'ventana',
  'zeiss',
] as const
/** Fields of a microscope's camera are smaller: at 10x, a chip of 1 inch shows 1.3 x 0.9 mm. */
const minEdgeUm = 1500
/** Without a pixel size: more than the largest cameras have. */
const minPixels = 2 ** 26

/**
 * Whether an image counts as a slide, to be analysed place by place: it was analysed as one, it is in a format of slide scanners, both
 * of its edges have 1.5 mm or more, or its pixel size is unknown and it has 2^26 pixels or more.
 */
export function isSlide({
  format,
  widthPx,
  heightPx,
  pixelSizeUm,
  slide,
}: Pick<ImageView, 'format' | 'widthPx' | 'heightPx' | 'pixelSizeUm' | 'slide'>): boolean {
  if (slide != null || (scannerFormats as readonly string[]).includes(format)) return true
  if (pixelSizeUm === null) return widthPx * heightPx >= minPixels
  return Math.min(widthPx, heightPx) * pixelSizeUm >= minEdgeUm
}
