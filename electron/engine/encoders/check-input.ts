import { throwIfCancelled } from '../../base/cancellation.ts'
import { AppError } from '../../contract/errors.ts'
import { checkRaster, type Raster } from '../image/index.ts'
import type { Architecture } from './architecture.ts'

/**
 * Checks an image before a back-end encodes it.
 * @throws AppError `job.cancelled`; `image.invalid-raster`, also if the image is too small for the network
 */
export function checkEncoderInput(
  { name, minimumSizePx }: Architecture,
  image: Raster,
  signal: AbortSignal | undefined,
): void {
  throwIfCancelled(signal)
  checkRaster(image)
  const { widthPx, heightPx } = image
  if (Math.min(widthPx, heightPx) >= minimumSizePx) return
  const reason = `${name} needs at least ${minimumSizePx} pixels, not ${widthPx} x ${heightPx}`
  throw new AppError('image.invalid-raster', { reason })
}
