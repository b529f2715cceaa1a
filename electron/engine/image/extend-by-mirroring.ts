import { checkRaster, makeRaster, type Raster } from './raster.ts'

/**
 * Extends a raster to at least the given edges by mirroring to the right and downwards (docs/pipeline.md, section 2),
 * so that the coordinates of its pixels do not change. The edge pixel is not repeated, and the mirror image is mirrored
 * again as often as necessary (NumPy's `reflect`, OpenCV's BORDER_REFLECT_101). A raster that is large enough is
 * returned itself, not a copy.
 * @throws AppError `image.invalid-raster`
 */
export function extendByMirroring(raster: Raster, minimumWidthPx: number, minimumHeightPx: number): Raster {
  checkRaster(raster)
  const { widthPx, heightPx, data } = raster
  if (widthPx >= minimumWidthPx && heightPx >= minimumHeightPx) return raster
  const output = makeRaster(Math.max(widthPx, minimumWidthPx), Math.max(heightPx, minimumHeightPx))
  const columns = Int32Array.from({ length: output.widthPx }, (_, column) => 3 * mirrored(column, widthPx))
  let out = 0
  for (let y = 0; y < output.heightPx; y++) {
    const start = mirrored(y, heightPx) * widthPx * 3
    for (const column of columns) {
      const from = start + column
      output.data[out++] = data[from] ?? 0
      output.data[out++] = data[from + 1] ?? 0
      output.data[out++] = data[from + 2] ?? 0
    }
  }
  return output
}

/** The pixel that a position past the end mirrors: 0 1 2 3 2 1 0 1 2 ... for an edge of 4. */
function mirrored(place: number, edgePx: number): number {
  if (edgePx === 1) return 0
  const period = 2 * (edgePx - 1)
  const within = place % period
  return within < edgePx ? within : period - within
}
