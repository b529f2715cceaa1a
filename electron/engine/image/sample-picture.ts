import { throwIfCancelled } from '../../base/cancellation.ts'
import { brightestValue } from './brightest-value.ts'
import { asImageError } from './image-header.ts'
import { decodeLimitPx } from './limits.ts'
import type { Box, Picture, PictureLevel, VerifiedPixels } from './picture.ts'

/** Places of a slide that are decoded at import: 4 x 4. */
const placesAcross = 4
const placePx = 1024

/**
 * Detects a damaged slide by its lowest level and 16 places of the image itself, or all of a small one. Eight gigapixels take
 * minutes to decode; all other tiles are decoded, and can be refused, when they are used.
 * Of 16 bits, the largest value at these places is found; copies have averages.
 * @throws AppError as `Picture.read`; `job.cancelled`
 */
export async function samplePicture(
  { levels, read, depth }: Pick<Picture, 'levels' | 'read' | 'depth'>,
  path: string,
  signal: AbortSignal | undefined,
): Promise<VerifiedPixels> {
  const lowest = levels.length - 1
  const { widthPx, heightPx } = levels[lowest] ?? levels[0]
  const samples: { level: number; box?: Box }[] = placesOf(levels[0]).map((box) => ({ level: 0, box }))
  if (lowest > 0 && widthPx * heightPx <= decodeLimitPx) samples.unshift({ level: lowest })
  const isDeep = depth === 'ushort'
  let brightest = 0
  for (const { level, ...options } of samples) {
    throwIfCancelled(signal)
    try {
      const image = await read(level, options)
      if (isDeep && level === 0) brightest = Math.max(brightest, await brightestValue(image))
      else await image.resize({ width: 16, height: 16, fit: 'fill' }).raw().toBuffer()
    } catch (error) {
      throw asImageError(error, path)
    }
  }
  return { brightest: isDeep ? brightest : null }
}

/** The whole level if it is no larger than all places; else the middles of a grid over it. */
function placesOf({ widthPx, heightPx }: PictureLevel): Box[] {
  if (widthPx * heightPx <= (placesAcross * placePx) ** 2)
    return [{ left: 0, top: 0, width: widthPx, height: heightPx }]
  const width = Math.min(placePx, widthPx)
  const height = Math.min(placePx, heightPx)
  const at = (index: number, length: number, edge: number): number =>
    Math.min(length - edge, Math.max(0, Math.round(((index + 0.5) * length) / placesAcross - edge / 2)))
  const indices = Array.from({ length: placesAcross }, (_, index) => index)
  return indices.flatMap((row) =>
    indices.map((column) => ({
      left: at(column, widthPx, width),
      top: at(row, heightPx, height),
      width,
      height,
    })),
  )
}
