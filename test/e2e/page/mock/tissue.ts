import sharp from 'sharp'
import {
  levelCount,
  thumbnailEdgePx,
  tileSizePx,
  type ImageView,
  type TileRequest,
} from '../../../../electron/contract/index.ts'
import type { Raster } from '../../../../electron/engine/image/index.ts'
import { makeSyntheticField, syntheticClasses } from '../../../../electron/engine/synthetic/index.ts'

/** Images for a page without an application behind it: synthetic fields, drawn coarsely. */
export async function pictureOf(
  image: ImageView,
  request: Exclude<TileRequest, { kind: 'heat-map' }>,
): Promise<Buffer> {
  const drawing = drawn(image)
  const raw = { raw: { width: drawing.widthPx, height: drawing.heightPx, channels: 3 as const } }
  if (request.kind === 'thumbnail') {
    return sharp(drawing.data, raw)
      .resize(thumbnailEdgePx, thumbnailEdgePx, { fit: 'inside' })
      .jpeg()
      .toBuffer()
  }
  const scale = 2 ** (levelCount(image.widthPx, image.heightPx) - 1 - request.level)
  const widthPx = Math.ceil(image.widthPx / scale)
  const heightPx = Math.ceil(image.heightPx / scale)
  const left = request.column * tileSizePx
  const top = request.row * tileSizePx
  const width = Math.min(tileSizePx, widthPx - left)
  const height = Math.min(tileSizePx, heightPx - top)
  const region = {
    left: Math.floor((left / widthPx) * drawing.widthPx),
    top: Math.floor((top / heightPx) * drawing.heightPx),
    width: Math.max(1, Math.floor((width / widthPx) * drawing.widthPx)),
    height: Math.max(1, Math.floor((height / heightPx) * drawing.heightPx)),
  }
  return sharp(drawing.data, raw).extract(region).resize(width, height, { fit: 'fill' }).jpeg().toBuffer()
}

/** The number of different fields per class; images share them. */
const variants = 2
/** Drawing takes time; only the screenshots of the guide need better ones. */
const detail = process.env['LOBULE_GUIDE'] === undefined ? 4 : 1
const size = { widthPx: 768 / detail, heightPx: 576 / detail, pixelSizeUm: 1.12 * detail }
const drawings = new Map<string, Raster>()

function drawn(image: ImageView): Raster {
  const className = syntheticClasses.find((name) => image.path.includes(`/${name}/`)) ?? 'Normal'
  const index = Math.floor(image.id / syntheticClasses.length) % variants
  const key = `${className} ${index}`
  const drawing = drawings.get(key) ?? makeSyntheticField({ className, seed: 1, index, ...size })
  drawings.set(key, drawing)
  return drawing
}

/** Numbers from 0 to 1, the same for the same seed (Park and Miller's minimal standard). */
export function generator(seed: number): () => number {
  let state = (seed * 48_271 + 12_345) % 2_147_483_647
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
