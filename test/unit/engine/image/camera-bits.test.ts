import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { CameraBits } from '../../../../electron/contract/index.ts'
import {
  decodeRaster,
  inspectPages,
  makeThumbnail,
  readTilePixels,
  ScaledPicture,
} from '../../../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { readImageHeader } from '../../../../electron/engine/image/image-header.ts'
import { openPicture } from '../../../../electron/engine/image/open-picture.ts'
import { verifyImage } from '../../../../electron/engine/image/verify-image.ts'
import { folder } from './fixtures.ts'

const [width, height] = [64, 48]

/** Colours of a camera of so many bits, in a TIFF of 16 bits with tiles, and what they are of 255. */
async function camera(bits: CameraBits): Promise<{ path: string; expected: Uint8Array }> {
  const most = 2 ** bits - 1
  const generator = keyedGenerator(`camera ${bits}`)
  const values = Uint16Array.from({ length: width * height * 3 }, (_, at) =>
    at === 0 ? most : generator.nextInteger(most + 1),
  )
  const path = join(folder, `camera-${bits}.tif`)
  const bytes = await sharp(values, { raw: { width, height, channels: 3 } })
    .toColourspace('rgb16')
    .tiff({ compression: 'lzw', tile: true, tileWidth: 16, tileHeight: 16 })
    .toBuffer()
  await writeFile(path, bytes)
  return { path, expected: Uint8Array.from(values, (value) => Math.round((value / most) * 255)) }
}

/** Values become whole ones of 16 bits first, which may move one that is between two of 8 bits. */
const roundingLevels = 1

const furthest = (left: Uint8Array, right: Uint8Array): number =>
  left.reduce((most, value, at) => Math.max(most, Math.abs(value - (right[at] ?? 0))), 0)

describe.each([10, 12, 14] as const)('a picture of a camera of %i bits', (cameraBits) => {
  it('is read with its largest value as white', async () => {
    const { path, expected } = await camera(cameraBits)
    const { data } = await decodeRaster(path, { cameraBits })
    expect(furthest(data, expected)).toBeLessThanOrEqual(roundingLevels)
    expect(data[0]).toBe(255)
    const plain = await decodeRaster(path)
    expect(plain.data[0]).toBe(Math.round((2 ** cameraBits - 1) / 257))
  })

  it('is shown and read in parts the same', async () => {
    const { path, expected } = await camera(cameraBits)
    const tile = await readTilePixels(path, { level: 6, column: 0, row: 0, tileSizePx: 256, cameraBits })
    // sharp cuts 16 bits to 8 where it shows them; Lobule rounds.
    expect(furthest(tile.data, expected)).toBeLessThanOrEqual(roundingLevels)
    const part = await (
      await ScaledPicture.open({ path, page: 1, cameraBits }, undefined)
    ).read(1, { left: 0, top: 0, widthPx: width, heightPx: height })
    expect(part.data).toEqual((await decodeRaster(path, { cameraBits })).data)
    const { channels } = await sharp(await makeThumbnail(path, 32, 1, cameraBits)).stats()
    // The middle of noise, which JPEG keeps.
    for (const { mean } of channels) expect(Math.abs(mean - 127)).toBeLessThan(12)
  })

  it('is noted at import', async () => {
    const { path } = await camera(cameraBits)
    const [page] = await inspectPages(path, 'ask', { cameraBits })
    expect(page).toMatchObject({ cameraBits, notes: [{ kind: 'camera-bits', value: String(cameraBits) }] })
    expect((await inspectPages(path, 'ask'))[0]?.notes).toMatchObject([{ kind: 'dim' }])
  })
})

it('refuses a picture that has larger values', async () => {
  const { path } = await camera(14)
  await expect(inspectPages(path, 'ask', { cameraBits: 12 })).rejects.toMatchObject({
    code: 'image.unsupported-format',
    details: { reason: 'its brightest value is 16383, but those of a camera of 12 bits end at 4095' },
  })
})

it('finds the largest value of a large pyramid at its places, not in its copies', async () => {
  const { path } = await camera(12)
  const picture = await openPicture(path, 1)
  const [full] = picture.levels
  const levels = [full, { ...full, downsample: 2 }] as const
  const header = await readImageHeader(path, 1)
  // A file of so many pixels would take minutes to make.
  const metadata = { ...header.metadata, width: 2 ** 15, height: 2 ** 14 }
  const large = { ...header, metadata, byteCount: 2 ** 30 }
  const read: typeof picture.read = async (level, options) =>
    level === 0 ? picture.read(0, options) : sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } }) // prettier-ignore
  expect(await verifyImage(path, 1, large, { levels, read }, undefined)).toEqual({ brightest: 4095 })
})

it('leaves pictures of 8 bits as they are', async () => {
  const path = join(folder, 'eight.png')
  const values = Uint8Array.from({ length: width * height * 3 }, (_, at) => at % 16)
  await sharp(values, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path)
  expect(await decodeRaster(path, { cameraBits: 12 })).toEqual(await decodeRaster(path))
  const [page] = await inspectPages(path, 'ask', { cameraBits: 12 })
  expect(page).not.toHaveProperty('cameraBits')
})
