import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import type { ErrorCode } from '../../electron/contract/index.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import { sharedPath } from '../shared-data.ts'

/** An image of noise, different for each seed, so that no two files have the same content. */
export function noise(seed: string, widthPx = 120, heightPx = 80): Sharp {
  const generator = keyedGenerator(seed)
  const data = Uint8Array.from({ length: widthPx * heightPx * 3 }, () => generator.nextInteger(256))
  return sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } })
}

type TiffEntry = readonly [tag: number, type: number, count: number, value: number]

/** Begins a little-endian TIFF with its one directory, which ends 10 + 12 times its entries from the start. */
export function writeTiffHead(bytes: Buffer, entries: readonly TiffEntry[]): void {
  bytes.write('II*\0', 0, 'latin1')
  bytes.writeUInt32LE(8, 4)
  bytes.writeUInt16LE(entries.length, 8)
  entries.forEach(([tag, type, count, value], index) => {
    bytes.writeUInt16LE(tag, 10 + index * 12)
    bytes.writeUInt16LE(type, 12 + index * 12)
    bytes.writeUInt32LE(count, 14 + index * 12)
    bytes.writeUInt32LE(value, 18 + index * 12)
  })
}

/** A TIFF of one uncompressed grey tile of 1024 x 1024 that is declared for every position of `edgePx`. */
export function sharedTileTiff(edgePx: number): Buffer {
  const tiles = (edgePx / 1024) ** 2
  const offsets = 1024
  const counts = offsets + tiles * 4
  const pixels = counts + tiles * 4
  const bytes = Buffer.alloc(pixels + 1024 * 1024)
  const entries = [
    [256, 4, 1, edgePx],
    [257, 4, 1, edgePx],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [277, 3, 1, 1],
    [322, 4, 1, 1024],
    [323, 4, 1, 1024],
    [324, 4, tiles, offsets],
    [325, 4, tiles, counts],
  ] as const
  writeTiffHead(bytes, entries)
  for (let tile = 0; tile < tiles; tile++) {
    bytes.writeUInt32LE(pixels, offsets + tile * 4)
    bytes.writeUInt32LE(1024 * 1024, counts + tile * 4)
  }
  return bytes
}

/** A TIFF of three pages of 60 x 40. */
export const stack = (seed: string): Promise<Buffer> =>
  noise(seed, 60, 120)
    .raw()
    .toBuffer()
    .then((data) =>
      sharp(data, { raw: { width: 60, height: 120, channels: 3, pageHeight: 40 } })
        .tiff({ compression: 'lzw' })
        .toBuffer(),
    )

/** Makes a PNG's header, checksum included, declare 60 000 x 60 000. */
export function claimHugePng(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(60_000, 16)
  bytes.writeUInt32BE(60_000, 20)
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
  return bytes
}

export interface OddFiles {
  /** Files that must be imported. */
  good: string[]
  /** The number of them that have the content of another one. */
  duplicates: number
  /** Files that must be refused, with the reason. */
  bad: Map<string, ErrorCode>
}

/** Fills a folder with every kind of file that a laboratory's disk may contain. */
export async function writeOddFiles(folder: string): Promise<OddFiles> {
  const good: string[] = []
  const bad = new Map<string, ErrorCode>()
  const put = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    const path = join(folder, name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, bytes)
    return path
  }
  const fine = async (name: string, image: Sharp | Buffer): Promise<void> => {
    good.push(await put(name, Buffer.isBuffer(image) ? image : await image.toBuffer()))
  }
  const refused = async (name: string, code: ErrorCode, bytes: Uint8Array | string): Promise<void> => {
    bad.set(await put(name, bytes), code)
  }

  for (const compression of ['none', 'lzw', 'deflate', 'jpeg', 'packbits'] as const) {
    await fine(`strips-${compression}.tif`, noise(`s-${compression}`).tiff({ compression }))
    const tile = { tile: true, tileWidth: 64, tileHeight: 64 }
    await fine(`tiles-${compression}.tif`, noise(`t-${compression}`).tiff({ compression, ...tile }))
  }
  await fine('big.tiff', noise('big').tiff({ bigtiff: true, compression: 'lzw' }))
  await fine('sixteen.tif', noise('16').toColourspace('rgb16').tiff({ compression: 'deflate' }))
  await fine('pyramid.tif', noise('pyramid', 600, 400).tiff({ tile: true, pyramid: true }))
  await fine('lossless.webp', noise('webp').webp({ lossless: true }))
  await fine('grey.png', noise('grey').greyscale().png())
  await fine('palette.PNG', noise('palette').png({ palette: true }))
  await fine('alpha.png', noise('alpha').ensureAlpha(0.5).png())
  await fine('cmyk.jpg', noise('cmyk').toColourspace('cmyk').jpeg())
  await fine('progressive.jpeg', noise('progressive').jpeg({ progressive: true }))
  await fine('one-pixel.png', noise('one', 1, 1).png())
  await fine('jpeg-in-truth.png', noise('truth').jpeg())
  await fine('Häuser und Gärten 🔬/ein Bild (1) #%.png', noise('path').png())
  await fine(`${'long'.repeat(50)}.png`, noise('long').png())
  await fine('folder.png/inside.png', noise('inside').png())
  await fine('copy.png', noise('path').png())
  const slide = sharedPath('data/wsi/cmu-1-small-region.svs')
  if (slide !== null) {
    await copyFile(slide, join(folder, 'slide.svs'))
    good.push(join(folder, 'slide.svs'))
  }

  await refused('empty.tif', 'image.empty-file', '')
  await refused('text.tif', 'image.unsupported-format', 'These are the notes of Tuesday.\n')
  await refused('drawing.png', 'image.unsupported-format', '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await refused('animation.jpg', 'image.unsupported-format', await noise('gif').gif().toBuffer())
  await refused('zeros.png', 'image.unsupported-format', new Uint8Array(5000))
  const cut = (bytes: Buffer, share: number): Buffer => bytes.subarray(0, bytes.length * share)
  await refused('cut.png', 'image.truncated', cut(await noise('c1').png().toBuffer(), 0.7))
  await refused('cut.jpg', 'image.truncated', cut(await noise('c2').jpeg().toBuffer(), 0.7))
  await refused('cut.tif', 'image.truncated', cut(await noise('c3').tiff().toBuffer(), 0.7))
  await refused('cut.webp', 'image.truncated', cut(await noise('c4').webp().toBuffer(), 0.7))
  await refused('only-a-start.png', 'image.truncated', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))
  const scratched = await noise('scratched').png({ compressionLevel: 0 }).toBuffer()
  scratched.fill(0xaa, 9000, 9400)
  await refused('scratched.png', 'image.truncated', scratched)
  await refused('claimed.png', 'image.too-large', claimHugePng(await noise('claimed', 1, 1).png().toBuffer()))
  await refused('bomb.tif', 'image.implausible', sharedTileTiff(65_536))
  const jpeg2000 = sharedTileTiff(1024)
  jpeg2000.writeUInt16LE(34712, 10 + 3 * 12 + 8)
  await refused('jpeg2000.tif', 'image.unsupported-format', jpeg2000)
  const deep = sharedTileTiff(1024)
  deep.writeUInt16LE(64, 10 + 2 * 12 + 8)
  await refused('deep.tif', 'image.truncated', deep)
  await refused('stack.tif', 'image.several-pages', await stack('stack'))
  if (process.platform !== 'win32') {
    await symlink(join(folder, 'nowhere'), join(folder, 'broken-link.png'))
    bad.set(join(folder, 'broken-link.png'), 'path.not-found')
    execFileSync('mkfifo', [join(folder, 'pipe.png')])
    bad.set(join(folder, 'pipe.png'), 'path.unreadable')
  }
  return { good, duplicates: 1, bad }
}
