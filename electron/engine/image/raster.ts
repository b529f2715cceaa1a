import { AppError } from '../../contract/errors.ts'

/** An image in memory: 8-bit RGB, row-major, 3 bytes a pixel (docs/pipeline.md, section 1). Never changed in place. */
export interface Raster {
  readonly widthPx: number
  readonly heightPx: number
  /** widthPx * heightPx * 3 bytes. */
  readonly data: Uint8Array
}

/**
 * A new black raster.
 * @throws AppError `image.invalid-raster` if an edge is not a positive whole number
 */
export function makeRaster(widthPx: number, heightPx: number): Raster {
  checkEdges(widthPx, heightPx)
  return { widthPx, heightPx, data: new Uint8Array(widthPx * heightPx * 3) }
}

/** @throws AppError `image.invalid-raster` if the edges do not match the number of bytes */
export function checkRaster({ widthPx, heightPx, data }: Raster): void {
  checkEdges(widthPx, heightPx)
  const expected = widthPx * heightPx * 3
  if (data.length !== expected) {
    throw new AppError('image.invalid-raster', {
      reason: `${widthPx} x ${heightPx} pixels need ${expected} bytes, but there are ${data.length}`,
    })
  }
}

function checkEdges(widthPx: number, heightPx: number): void {
  for (const edge of [widthPx, heightPx]) {
    if (!Number.isInteger(edge) || edge < 1) {
      throw new AppError('image.invalid-raster', {
        reason: `edges must be whole numbers of at least 1 pixel, not ${widthPx} x ${heightPx}`,
      })
    }
  }
}
