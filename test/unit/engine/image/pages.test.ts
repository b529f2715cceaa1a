import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { crc32 } from 'node:zlib'
import {
  contentHash,
  decodeRaster,
  encodePng,
  inspectFirstImage,
  inspectImage,
  inspectPages,
  makeRaster,
  makeThumbnail,
  readTile,
} from '../../../../electron/engine/image/index.ts'
import { bytesOf } from '../../../../electron/engine/image/byte-source.ts'
import { readImageHeader } from '../../../../electron/engine/image/image-header.ts'
import { readTiffPages } from '../../../../electron/engine/image/tiff-tags.ts'
import { openImageFile } from '../../../../electron/engine/preprocess/open-image.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { corpusPictures } from '../../../corpus/pictures.ts'
import { sharedPath } from '../../../shared-data.ts'
import { sharedTileTiff } from '../../../support/odd-files.ts'
import { tiffChain } from '../../../support/tiff-chain.ts'
import { pixel, place, put, raw, verifyPicture } from './fixtures.ts'

/** A TIFF of three pages of 8 x 4, red, green and blue. */
async function threePages(): Promise<Buffer> {
  const pages = makeRaster(8, 12)
  pages.data.forEach((_, at) => (pages.data[at] = at % 3 === Math.floor(at / (8 * 4 * 3)) ? 255 : 0))
  return sharp(pages.data, { raw: { width: 8, height: 12, channels: 3, pageHeight: 4 } })
    .tiff({ compression: 'lzw' })
    .toBuffer()
}

describe('pages', () => {
  test('a stack: each page is an image of its own', async () => {
    const path = await put('stack.tif', await threePages())
    const { pictures, pages } = await inspectImage(path)
    expect(pages).toBe(3)
    expect(pictures).toEqual([1, 2, 3].map((page) => ({ page, widthPx: 8, heightPx: 4 })))
    for (const [page, colour] of [
      [1, [255, 0, 0]],
      [2, [0, 255, 0]],
      [3, [0, 0, 255]],
    ] as const) {
      expect(pixel(await decodeRaster(path, { page }), 3, 2)).toEqual(colour)
      const tile = await readTile(path, { level: 3, column: 0, row: 0, tileSizePx: 256, page })
      const [strongest] = [...(await sharp(tile).raw().toBuffer()).subarray(0, 3).entries()].toSorted(
        (a, b) => b[1] - a[1],
      )
      expect(strongest?.[0]).toBe(page - 1)
      expect((await sharp(await makeThumbnail(path, 4, page)).metadata()).width).toBe(4)
    }
    await expect(decodeRaster(path, { page: 4 })).rejects.toMatchObject({
      code: 'image.no-page',
      details: { page: 4, pages: [1, 2, 3] },
    })
    await expect(verifyPicture(path, 3)).resolves.toEqual({ brightest: null })
  })

  test('a pyramid is one image, marked or not', async () => {
    const marked = await raw().resize(600, 400).tiff({ tile: true, pyramid: true }).toBuffer()
    const { pictures, pages } = await inspectImage(await put('pyramid.tif', marked))
    expect([pages > 1, pictures.length]).toEqual([true, 1])
    // The same with every NewSubfileType entry (tag 254, LONG, one value) set to "full size".
    const entry = Buffer.from([254, 0, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0])
    const unmarked = Buffer.from(marked)
    let found = 0
    for (let at = unmarked.indexOf(entry); at >= 0; at = unmarked.indexOf(entry, at + 1), found++) {
      unmarked.writeUInt32LE(0, at + 8)
    }
    expect(found).toBe(pages - 1)
    expect((await inspectImage(await put('unmarked.tif', unmarked))).pictures).toHaveLength(1)
  })

  test('directories in a circle end', async () => {
    const bytes = Buffer.from(await threePages())
    const first = bytes.readUInt32LE(4)
    const next = first + 2 + bytes.readUInt16LE(first) * 12
    bytes.writeUInt32LE(first, next)
    expect((await inspectImage(await put('circle.tif', bytes))).pictures).toHaveLength(1)
  })

  test('a further page has a content hash of its own', () => {
    const file = 'a'.repeat(64)
    expect(contentHash(file, 1)).toBe(file)
    expect(contentHash(file, 2)).toMatch(/^[0-9a-f]{64}$/)
    expect(contentHash(file, 2)).not.toBe(contentHash(file, 3))
  })

  const slide = sharedPath('data/wsi/cmu-1-small-region.svs')
  test.skipIf(slide === null)(
    'a slide with thumbnail, label and overview needs no choice of pages',
    async () => {
      expect((await inspectImage(slide ?? '')).pictures).toEqual([{ page: 1, widthPx: 2220, heightPx: 2967 }])
      await expect(verifyPicture(slide ?? '')).resolves.toEqual({ brightest: null })
    },
  )
})

describe('Picture.verify', () => {
  test('judges damaged files as decodeRaster does', async () => {
    const noise = makeRaster(200, 150)
    const generator = keyedGenerator('verify')
    noise.data.forEach((_, at) => (noise.data[at] = generator.nextInteger(256)))
    const image = () => sharp(noise.data, { raw: { width: 200, height: 150, channels: 3 } })
    const whole = [
      await image().png().toBuffer(),
      await image().jpeg().toBuffer(),
      await image().jpeg({ progressive: true }).toBuffer(),
      await image().tiff({ compression: 'lzw' }).toBuffer(),
      await image().tiff({ compression: 'jpeg', tile: true, tileWidth: 64, tileHeight: 64 }).toBuffer(),
      await image().tiff({ compression: 'packbits', bigtiff: true }).toBuffer(),
      await image().webp({ lossless: true }).toBuffer(),
      await image().toColourspace('rgb16').png().toBuffer(),
      await image().toColourspace('rgb16').tiff({ compression: 'lzw', tile: true }).toBuffer(),
    ]
    const code = (promise: Promise<unknown>): Promise<string> =>
      promise.then(
        () => 'whole',
        (error: unknown) => (error as { code: string }).code,
      )
    for (let round = 0; round < 140; round++) {
      const bytes = Buffer.from(whole[round % whole.length] ?? Buffer.alloc(0))
      // Damage at the very end must be detected too: that is where files are truncated.
      if (round >= whole.length) {
        const end = round % 3 === 0 ? bytes.length - 60 : 0
        bytes[end + generator.nextInteger(bytes.length - end)] = generator.nextInteger(256)
      }
      const path = await put('damaged.bin', bytes)
      expect(await code(verifyPicture(path)), `round ${round}`).toBe(await code(decodeRaster(path)))
    }
  })

  test('finds the brightest value of 16 bits in the same pass, whatever the layout', async () => {
    const deep = (widthPx: number, heightPx: number, at: number, channels: 1 | 3 = 1): Sharp => {
      const data = new Uint16Array(widthPx * heightPx * channels).fill(100)
      data[at] = 5000
      const image = sharp(data, { raw: { width: widthPx, height: heightPx, channels } })
      return image.toColourspace(channels === 1 ? 'grey16' : 'rgb16')
    }
    const tile = { tile: true, tileWidth: 256, tileHeight: 256 }
    const cases = [
      deep(60, 40, 2399).png(),
      deep(60, 40, 7000, 3).tiff({ compression: 'lzw' }),
      // Two bands.
      deep(5000, 4000, 19_999_999).tiff({ compression: 'none', ...tile }),
      // Too large to be kept, and without tiles.
      deep(6000, 6000, 35_999_999).tiff({ compression: 'none' }),
    ]
    for (const [index, image] of cases.entries()) {
      const path = await put('deep.bin', await image.toBuffer())
      expect(await verifyPicture(path), `case ${index}`).toEqual({ brightest: 5000 })
    }
    expect(await verifyPicture(await put('eight.bin', await raw().png().toBuffer()))).toEqual({
      brightest: null,
    })
  })

  test('bombs and images that cannot be read in part are refused without decoding', async () => {
    const claimed = await encodePng(makeRaster(1, 1))
    claimed.writeUInt32BE(60_000, 16)
    claimed.writeUInt32BE(60_000, 20)
    claimed.writeUInt32BE(crc32(claimed.subarray(12, 29)), 29)
    await expect(verifyPicture(await put('claimed.png', claimed))).rejects.toMatchObject({
      code: 'image.too-large',
    })
    // Few enough pixels to be read at once, but rows of 16 MB from a file of 7 KB.
    const wide = await sharp(Buffer.alloc(60 * 40 * 3, 7), { raw: { width: 60, height: 40, channels: 3 } })
      .png()
      .toBuffer()
    wide.writeUInt32BE(5_308_476, 16)
    wide.writeUInt32BE(crc32(wide.subarray(12, 29)), 29)
    await expect(verifyPicture(await put('wide.png', wide))).rejects.toMatchObject({
      code: 'image.implausible',
      details: { pixels: 5_308_476 * 40, bytes: wide.length },
    })
    // At the limit exactly, it is not too large, and the reason must not say so.
    wide.writeUInt32BE(16_384, 16)
    wide.writeUInt32BE(16_384, 20)
    wide.writeUInt32BE(crc32(wide.subarray(12, 29)), 29)
    const square = verifyPicture(await put('square.png', wide)).catch((error: unknown) => String(error))
    expect(await square).toContain(`claims to have 268435456 pixels in only ${wide.length} bytes`)
    expect(await square).not.toContain('maximum')
    await expect(verifyPicture(await put('bomb.tif', sharedTileTiff(65_536)))).rejects.toMatchObject({
      code: 'image.implausible',
      details: { pixels: 65_536 ** 2 },
    })
  })

  test('a tiled slide of 17 000 x 17 000 is read in bands, in bounded memory, and can be cancelled', async () => {
    const path = place('slide.tif')
    await sharp({
      create: { width: 17_000, height: 17_000, channels: 3, background: '#a050c0' },
      limitInputPixels: false,
    })
      .tiff({ compression: 'jpeg', tile: true, tileWidth: 512, tileHeight: 512 })
      .toFile(path)
    const before = process.resourceUsage().maxRSS
    await verifyPicture(path)
    // 867 MB would be needed for the whole (maxRSS is in KiB).
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(400 * 1024)
    await expect(decodeRaster(path)).rejects.toMatchObject({ code: 'image.too-large' })
    const controller = new AbortController()
    const stopped = verifyPicture(path, 1, controller.signal)
    controller.abort()
    await expect(stopped).rejects.toMatchObject({ code: 'job.cancelled' })
  })
})

describe('long chains of directories', () => {
  test('more than 4096 pages are refused with the limit, and single ones can be chosen', async () => {
    const path = await put('chain.tif', tiffChain(4097))
    for (const choice of ['all', 'ask'] as const) {
      await expect(inspectPages(path, choice)).rejects.toMatchObject({
        code: 'image.unsupported-format',
        message: expect.stringMatching(/more than 4096 pages; at most 4096 are read/) as string,
      })
    }
    expect(await inspectPages(path, 4096)).toMatchObject([{ page: 4096, widthPx: 4 }])
    expect((await inspectImage(await put('whole.tif', tiffChain(4096)))).pictures).toHaveLength(4096)
  })

  test('a cancelled import stops between two directories', async () => {
    const bytes = bytesOf(tiffChain(3000))
    const controller = new AbortController()
    let reads = 0
    const source: typeof bytes = {
      byteCount: bytes.byteCount,
      read: (offset, length) => {
        if (++reads === 30) controller.abort()
        return bytes.read(offset, length)
      },
    }
    await expect(readTiffPages(source, controller.signal)).rejects.toMatchObject({ code: 'job.cancelled' })
    expect(reads).toBeLessThan(40)
  })

  test('the directories are followed once for all pages', async () => {
    const path = await put('stack.tif', await threePages())
    const first = await readImageHeader(path)
    const known = { ...first, tiffPages: first.tiffPages.slice(0, 2) }
    await expect(readImageHeader(path, 3, { known })).rejects.toMatchObject({ code: 'image.no-page' })
    expect((await inspectPages(path, 'all')).map(({ page }) => page)).toEqual([1, 2, 3])
  })
})

describe('a TIFF that begins with a smaller copy of its image', () => {
  const made = (name: string): Promise<Buffer> =>
    corpusPictures.find((one) => one.name === name)?.bytes() ?? Promise.reject(new Error(name))

  test('is read at the page of the image, and says so', async () => {
    const path = await put('reduced.tif', await made('thumbnail first.tif'))
    const [image, ...others] = await inspectPages(path, 'ask')
    expect(others).toEqual([])
    expect(image).toMatchObject({
      page: 2,
      widthPx: 48,
      heightPx: 32,
      notes: [{ kind: 'later-page', value: '2' }],
    })
    expect(await inspectFirstImage(path)).toMatchObject({ page: 2, info: { widthPx: 48 } })
    const opened = await openImageFile(path, new AbortController().signal)
    expect([opened.page, opened.raster.widthPx]).toEqual([2, 48])
    // What was imported as page 1 still opens.
    expect((await decodeRaster(path)).widthPx).toBe(24)
  })

  test('has two images where the copy is not marked', async () => {
    const path = await put('unmarked.tif', await made('thumbnail first, not marked.tif'))
    await expect(inspectPages(path, 'ask')).rejects.toMatchObject({ code: 'image.several-pages' })
    expect((await inspectFirstImage(path)).page).toBe(1)
  })
})
