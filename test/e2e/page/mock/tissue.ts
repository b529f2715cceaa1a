import sharp from 'sharp'
import {
  levelCount,
  thumbnailEdgePx,
  tileSizePx,
  type ImageView,
  type TileRequest,
} from '../../../../electron/contract/index.ts'

/** Pictures for a page without an application behind it: blobs in the colours of H&E, nothing more. */
export async function pictureOf(image: ImageView, request: TileRequest): Promise<Buffer> {
  const { data, info } = await drawn(image)
  const raw = { raw: { width: info.width, height: info.height, channels: 3 as const } }
  if (request.kind === 'thumbnail') {
    return sharp(data, raw).resize(thumbnailEdgePx, thumbnailEdgePx, { fit: 'inside' }).jpeg().toBuffer()
  }
  const scale = 2 ** (levelCount(image.widthPx, image.heightPx) - 1 - request.level)
  const widthPx = Math.ceil(image.widthPx / scale)
  const heightPx = Math.ceil(image.heightPx / scale)
  const left = request.column * tileSizePx
  const top = request.row * tileSizePx
  const width = Math.min(tileSizePx, widthPx - left)
  const height = Math.min(tileSizePx, heightPx - top)
  const region = {
    left: Math.floor((left / widthPx) * info.width),
    top: Math.floor((top / heightPx) * info.height),
    width: Math.max(1, Math.floor((width / widthPx) * info.width)),
    height: Math.max(1, Math.floor((height / heightPx) * info.height)),
  }
  return sharp(data, raw).extract(region).resize(width, height, { fit: 'fill' }).jpeg().toBuffer()
}

interface Drawing {
  data: Buffer
  info: { width: number; height: number }
}

/** So many different drawings; images share them. */
const variants = 3
const drawings = new Map<number, Promise<Drawing>>()

function drawn(image: ImageView): Promise<Drawing> {
  const variant = image.id % variants
  const known = drawings.get(variant)
  if (known !== undefined) return known
  const drawing = sharp(Buffer.from(svgOf(image)))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  drawings.set(variant, drawing)
  return drawing
}

function svgOf(image: ImageView): string {
  const random = generator(image.id)
  const widthPx = 640
  const heightPx = Math.round((widthPx * image.heightPx) / image.widthPx)
  const between = (low: number, high: number): number => low + random() * (high - low)
  const glands = Array.from({ length: 9 }, () => {
    const x = between(0, widthPx)
    const y = between(0, heightPx)
    const radius = between(28, 80)
    const nuclei = Array.from(
      { length: Math.round(radius / 2) },
      (_, index, { length } = { length: Math.round(radius / 2) }) => {
        const angle = (index / length) * 2 * Math.PI
        return `<ellipse cx="${x + radius * Math.cos(angle)}" cy="${y + radius * Math.sin(angle)}" rx="5.5" ry="4" fill="#5b3a86" opacity="0.85"/>`
      },
    )
    return `<circle cx="${x}" cy="${y}" r="${radius + 9}" fill="#cf8fb9"/><circle cx="${x}" cy="${y}" r="${radius - 11}" fill="#f3e9f1"/>${nuclei.join('')}`
  })
  const cells = Array.from(
    { length: 160 },
    () =>
      `<ellipse cx="${between(0, widthPx)}" cy="${between(0, heightPx)}" rx="${between(2, 6)}" ry="${between(2, 4)}" fill="#6d4a95" opacity="0.6"/>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}"><rect width="100%" height="100%" fill="#ecc4d8"/>${glands.join('')}${cells.join('')}</svg>`
}

/** Numbers from 0 to 1, the same for the same seed (Park and Miller's minimal standard). */
export function generator(seed: number): () => number {
  let state = (seed * 48_271 + 12_345) % 2_147_483_647
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
