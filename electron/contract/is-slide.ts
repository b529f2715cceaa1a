import type { ImageView } from './images.ts'

/** Formats that only slide scanners write (engine/image/slide-formats.ts). */
const scannerFormats = [
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
]
/** Fields of a microscope's camera are smaller: at 10x, 2/3 inch chips show 0.9 x 0.7 mm. */
const minEdgeUm = 2000
/** Without a pixel size: more than the largest cameras have. */
const minPixels = 2 ** 26

/**
 * Whether an image counts as a slide, to be analysed place by place: it is in a format of slide scanners, both of its edges have
 * 2 mm or more, or its pixel size is unknown and it has 2^26 pixels or more.
 */
export function isSlide({
  format,
  widthPx,
  heightPx,
  pixelSizeUm,
}: Pick<ImageView, 'format' | 'widthPx' | 'heightPx' | 'pixelSizeUm'>): boolean {
  if (scannerFormats.includes(format)) return true
  if (pixelSizeUm === null) return widthPx * heightPx >= minPixels
  return Math.min(widthPx, heightPx) * pixelSizeUm >= minEdgeUm
}
