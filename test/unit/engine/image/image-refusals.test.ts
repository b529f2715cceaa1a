import { execFileSync } from 'node:child_process'
import { chmod, symlink, truncate, writeFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import { AppError } from '../../../../electron/contract/errors.ts'
import {
  decodeRaster,
  encodePng,
  inspectImage,
  makeRaster,
  makeThumbnail,
} from '../../../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { folder, picture, place, put, raw } from './fixtures.ts'
import { canLink } from '../../../support/links.ts'

describe('refusals', () => {
  const refused = async (path: string, code: string) => {
    for (const attempt of [inspectImage, decodeRaster, (p: string) => makeThumbnail(p, 64)]) {
      const error = await attempt(path).then(
        () => null,
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(AppError)
      expect(error).toMatchObject({ code })
    }
  }

  test('nothing there, a folder, a broken link, an empty file, text', async () => {
    await refused(place('nothing.png'), 'path.not-found')
    await refused(folder, 'path.unreadable')
    if (canLink) await symlink(place('nowhere'), place('broken-link.png'))
    await refused(place('broken-link.png'), 'path.not-found')
    await refused(await put('empty.png', ''), 'image.empty-file')
    await refused(await put('text.tif', 'this is not a picture at all\n'), 'image.unsupported-format')
    await refused(
      await put('drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'image.unsupported-format',
    )
    await refused(`${place('x')}\0y.png`, 'path.unreadable')
    await expect(sha256OfFile(place('nothing.png'))).rejects.toMatchObject({ code: 'path.not-found' })
  })

  test.skipIf(process.platform === 'win32')('a pipe is not waited for', async () => {
    execFileSync('mkfifo', [place('pipe.png')])
    await refused(place('pipe.png'), 'path.unreadable')
  })

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('no permission', async () => {
    const path = await put('secret.png', await raw().png().toBuffer())
    await chmod(path, 0o000)
    await refused(path, 'path.unreadable')
  })

  test.each<[string, (image: Sharp) => Sharp]>([
    ['png', (image) => image.png()],
    ['jpg', (image) => image.jpeg()],
    ['strips.tif', (image) => image.tiff({ compression: 'lzw' })],
    [
      'tiles.tif',
      (image) => image.tiff({ compression: 'deflate', tile: true, tileWidth: 64, tileHeight: 64 }),
    ],
    ['webp', (image) => image.webp({ lossless: true })],
  ])('a cut %s is an error wherever it is cut', async (kind, encode) => {
    const noise = makeRaster(200, 150)
    const generator = keyedGenerator('cut')
    noise.data.forEach((_, at) => (noise.data[at] = generator.nextInteger(256)))
    const image = sharp(noise.data, { raw: { width: 200, height: 150, channels: 3 } })
    const bytes = await encode(image).toBuffer()
    const path = await put(`cut.${kind}`, bytes)
    await expect(decodeRaster(path)).resolves.toBeDefined()
    for (const share of [0.999, 0.9, 0.5, 0.1]) {
      await truncate(path, Math.floor(bytes.length * share))
      await refused(path, 'image.truncated')
      await writeFile(path, bytes)
    }
    await truncate(path, bytes.length - 2)
    await refused(path, 'image.truncated')
  })

  test('an image that declares too many pixels', async () => {
    // A header of 60 000 x 60 000 with a correct checksum is believed, and refused before decoding.
    const claimed = await encodePng(makeRaster(1, 1))
    claimed.writeUInt32BE(60_000, 16)
    claimed.writeUInt32BE(60_000, 20)
    claimed.writeUInt32BE(crc32(claimed.subarray(12, 29)), 29)
    const path = await put('huge.png', claimed)
    await expect(decodeRaster(path)).rejects.toMatchObject({
      code: 'image.too-large',
      details: { pixels: 3_600_000_000 },
    })
  })

  // LOBULE_MUTATIONS=5000 for the long run.
  test('mutated files are decoded or refused with a typed error, and crash nothing', async () => {
    const count = Number(process.env['LOBULE_MUTATIONS'] ?? 300)
    const seeds = [
      await encodePng(picture, { pixelSizeUm: 0.42, description: 'x' }),
      await raw().jpeg().toBuffer(),
      await raw().tiff({ compression: 'lzw' }).toBuffer(),
      await raw().tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
      await raw().tiff({ compression: 'none', bigtiff: true }).toBuffer(),
      await raw().webp().toBuffer(),
    ]
    const generator = keyedGenerator('mutations')
    const outcomes = new Map<string, number>()
    for (let round = 0; round < count; round++) {
      const seed = seeds[round % seeds.length] ?? Buffer.alloc(0)
      const bytes = Buffer.from(seed)
      for (let change = generator.nextInteger(4); change >= 0; change--) {
        // Half of the changes hit the first 200 bytes, where the headers are.
        const reach = generator.nextBoolean() ? Math.min(200, bytes.length) : bytes.length
        bytes[generator.nextInteger(reach)] = generator.nextInteger(256)
      }
      const cut = generator.nextInteger(5) === 0 ? generator.nextInteger(bytes.length) : bytes.length
      const path = await put('mutated.bin', bytes.subarray(0, Math.max(1, cut)))
      const outcome = await decodeRaster(path).then(
        (raster) => (raster.data.length === raster.widthPx * raster.heightPx * 3 ? 'decoded' : 'wrong size'),
        (error: unknown) =>
          error instanceof AppError ? (error as AppError).code : `untyped: ${String(error)}`,
      )
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    const allowed = [
      'decoded',
      'image.truncated',
      'image.unsupported-format',
      'image.too-large',
      'image.empty-file',
    ]
    expect([...outcomes.keys()].filter((outcome) => !allowed.includes(outcome))).toEqual([])
    expect(outcomes.get('image.truncated') ?? 0).toBeGreaterThan(count / 10)
  }, 600_000)
})
