// @ts-check
/**
 * Draws the program's icon in the formats that the platforms want: `out/icons/NxN.png`, `lobule.ico` and `lobule.icns`.
 *
 *     node electron/setup/icons.mjs
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inRoot, logToStderr as log, runIfMain } from './shared.mjs'

const source = inRoot('resources', 'packaging', 'icon.svg')
const iconFolder = inRoot('out', 'icons')

const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
/** What Windows shows somewhere; 256 is the largest that the format knows. */
const icoSizes = [16, 24, 32, 48, 64, 128, 256]
/**
 * Types of pictures in PNG (Apple Icon Image): 256, 512 and 1024 also as twice the half.
 * @type {ReadonlyArray<[type: string, size: number]>}
 */
const icnsTypes = [
  ['icp4', 16],
  ['icp5', 32],
  ['icp6', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
]

/**
 * An ICO file. Pictures under 256 pixels are bitmaps, which every part of Windows reads; the largest is a PNG.
 * @param {readonly { size: number, png: Buffer, rgba: Buffer }[]} pictures
 */
export function icoOf(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(pictures.length, 4)
  const images = pictures.map(({ size, png, rgba }) => ({
    size,
    bytes: size < 256 ? bitmapOf(size, rgba) : png,
  }))
  let offset = head.length
  for (const [index, { size, bytes }] of images.entries()) {
    const at = 6 + 16 * index
    head[at] = size % 256
    head[at + 1] = size % 256
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(bytes.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += bytes.length
  }
  return Buffer.concat([head, ...images.map(({ bytes }) => bytes)])
}

/**
 * BGRA from the bottom row up, and after it the mask of one bit that the alpha channel replaces; the height counts both.
 * @param {number} size
 * @param {Buffer} rgba
 */
function bitmapOf(size, rgba) {
  const head = Buffer.alloc(40)
  head.writeUInt32LE(40, 0)
  head.writeInt32LE(size, 4)
  head.writeInt32LE(2 * size, 8)
  head.writeUInt16LE(1, 12)
  head.writeUInt16LE(32, 14)
  const pixels = Buffer.alloc(4 * size * size)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = 4 * ((size - 1 - y) * size + x)
      const to = 4 * (y * size + x)
      for (const [channel, other] of [2, 1, 0, 3].entries()) pixels[to + channel] = rgba[from + other] ?? 0
    }
  }
  return Buffer.concat([head, pixels, Buffer.alloc(Math.ceil(size / 32) * 4 * size)])
}

/**
 * An ICNS file.
 * @param {readonly { type: string, png: Buffer }[]} pictures
 */
export function icnsOf(pictures) {
  const parts = pictures.map(({ type, png }) => {
    const head = Buffer.alloc(8)
    head.write(type, 0, 'latin1')
    head.writeUInt32BE(8 + png.length, 4)
    return Buffer.concat([head, png])
  })
  const head = Buffer.alloc(8)
  head.write('icns', 0, 'latin1')
  head.writeUInt32BE(8 + parts.reduce((sum, { length }) => sum + length, 0), 4)
  return Buffer.concat([head, ...parts])
}

/** Writes all files. */
export async function drawIcons() {
  // Only here: a clone may have no packages yet when this module is loaded.
  const { default: sharp } = await import('sharp')
  mkdirSync(iconFolder, { recursive: true })
  const svg = readFileSync(source)
  /** @type {Map<number, { size: number, png: Buffer, rgba: Buffer }>} */
  const drawn = new Map()
  for (const size of sizes) {
    const picture = sharp(svg, { density: (72 * size) / 1024 })
      .resize(size, size)
      .ensureAlpha()
    const png = await picture.clone().png({ compressionLevel: 9 }).toBuffer()
    const rgba = await picture.clone().raw().toBuffer()
    drawn.set(size, { size, png, rgba })
    if (size !== 1024) writeFileSync(path.join(iconFolder, `${size}x${size}.png`), png)
  }
  const of = (/** @type {number} */ size) => {
    const picture = drawn.get(size)
    if (picture === undefined) throw new Error(`no picture of ${size} pixels was drawn`)
    return picture
  }
  writeFileSync(path.join(iconFolder, 'lobule.ico'), icoOf(icoSizes.map(of)))
  writeFileSync(
    path.join(iconFolder, 'lobule.icns'),
    icnsOf(icnsTypes.map(([type, size]) => ({ type, png: of(size).png }))),
  )
}

await runIfMain(import.meta.filename, async () => {
  await drawIcons()
  log(`Drawn: ${iconFolder}`)
  return 0
})
