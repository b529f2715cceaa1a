import { readGrey, type GreyImage } from '../image/read-grey.ts'
import { blurred } from './blur.ts'
import { findKeypoints } from './keypoints.ts'
import { localHash } from './local-hash.ts'
import { printEdgePx } from './print-size.ts'

/** What is kept of an image to find copies of it: the hashes of its most striking places, and a small grey image. */
export interface PicturePrint {
  /** Size of the grey image in which the places are, pixels. */
  widthPx: number
  heightPx: number
  /** Of each place: x, y, scale (pixels) and angle (radians), one after the other. */
  places: Float32Array
  /** Of each place: two words (`localHash`). */
  hashes: Uint32Array
  /** A small copy with a longer edge of at most `smallEdgePx`. */
  small: { widthPx: number; heightPx: number; data: Uint8Array }
}

const smallEdgePx = 160
/** Places that are kept. Of a crop with a quarter of the area, some 50 are in both. */
const maxPlaces = 400

/** Part of the name of stored prints: a change of what is computed needs another one. */
export const printVersion = 1

/** @throws AppError the codes of inspectImage */
export async function makePrint(path: string, page: number): Promise<PicturePrint> {
  return printOf(await readGrey(path, printEdgePx, page))
}

function printOf(grey: GreyImage): PicturePrint {
  const keypoints = findKeypoints(grey, maxPlaces)
  return {
    widthPx: grey.widthPx,
    heightPx: grey.heightPx,
    places: Float32Array.from(keypoints.flatMap(({ x, y, scale, angle }) => [x, y, scale, angle])),
    hashes: Uint32Array.from(keypoints.flatMap(localHash)),
    small: shrink(grey),
  }
}

/** Each pixel is the middle of its area in the blurred image. */
function shrink(grey: GreyImage): PicturePrint['small'] {
  const factor = Math.max(1, Math.max(grey.widthPx, grey.heightPx) / smallEdgePx)
  const [widthPx, heightPx] = [grey.widthPx, grey.heightPx].map((edge) =>
    Math.max(1, Math.round(edge / factor)),
  ) as [number, number]
  const smooth = factor > 1 ? blurred(grey, factor / 2) : grey
  const data = new Uint8Array(widthPx * heightPx)
  for (let y = 0; y < heightPx; y++) {
    const fromY = Math.min(grey.heightPx - 1, Math.floor(((y + 0.5) * grey.heightPx) / heightPx))
    for (let x = 0; x < widthPx; x++) {
      const fromX = Math.min(grey.widthPx - 1, Math.floor(((x + 0.5) * grey.widthPx) / widthPx))
      data[y * widthPx + x] = Math.round(smooth.data[fromY * grey.widthPx + fromX] ?? 0)
    }
  }
  return { widthPx, heightPx, data }
}

/** A print as bytes, little-endian: six sizes, the places, the hashes, the small image. */
export function toBytes({ widthPx, heightPx, places, hashes, small }: PicturePrint): Uint8Array {
  const count = hashes.length / 2
  const sizes = Uint32Array.of(printVersion, widthPx, heightPx, count, small.widthPx, small.heightPx)
  const parts = [sizes, places, hashes].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  )
  return Buffer.concat([...parts, small.data])
}

/** null: not a whole print of this version. */
export function fromBytes(bytes: Uint8Array): PicturePrint | null {
  if (bytes.length < 24) return null
  // A copy, because the views need an aligned start.
  const { buffer } = Uint8Array.from(bytes)
  const [version, widthPx = 0, heightPx = 0, count = 0, smallWidth = 0, smallHeight = 0] = new Uint32Array(
    buffer,
    0,
    6,
  )
  const start = 24 + count * 24
  if (version !== printVersion || bytes.length !== start + smallWidth * smallHeight) return null
  return {
    widthPx,
    heightPx,
    places: new Float32Array(buffer, 24, count * 4),
    hashes: new Uint32Array(buffer, 24 + count * 16, count * 2),
    small: { widthPx: smallWidth, heightPx: smallHeight, data: new Uint8Array(buffer, start) },
  }
}
