import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { colourProfile, toSrgb } from '../../../../electron/engine/image/colour-profile.ts'
import {
  decodeRaster,
  inspectPages,
  makeRaster,
  makeThumbnail,
  openPicture,
  readTilePixels,
  ScaledPicture,
  type Raster,
} from '../../../../electron/engine/image/index.ts'
import { openSlideState } from '../../../../electron/engine/image/openslide.ts'
import { profileCase, tiffWithProfile } from '../../../support/colour-profiles.ts'
import { folder, picture, raw } from './fixtures.ts'

/** libvips and Pillow have Little CMS in different versions, and their tables of sRGB round differently. */
const roundingLevels = 1

const furthest = (left: Raster, right: Raster): number =>
  left.data.reduce((most, value, at) => Math.max(most, Math.abs(value - (right.data[at] ?? 0))), 0)

async function written(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}

const notesOf = async (path: string) => (await inspectPages(path, 'ask'))[0]?.notes

describe.each(['wide', 'linear', 'table'])('a picture with the profile %s', (name) => {
  const { icc, colours, srgb } = profileCase(name)

  it('is converted as Little CMS converts it for Pillow', async () => {
    const path = await written(`${name}.tif`, tiffWithProfile(colours, icc))
    const converted = await decodeRaster(path, { colour: 'srgb' })
    expect(furthest(converted, srgb)).toBeLessThanOrEqual(roundingLevels)
    expect(furthest(colours, srgb)).toBeGreaterThan(50)
  })

  it('is read as it is by recipes without that step', async () => {
    const path = await written(`${name} plain.tif`, tiffWithProfile(colours, icc))
    expect(await decodeRaster(path)).toEqual(colours)
  })

  it('is shown converted', async () => {
    const path = await written(`${name} shown.tif`, tiffWithProfile(colours, icc))
    const tile = await readTilePixels(path, { level: 5, column: 0, row: 0, tileSizePx: 512 })
    expect(furthest(tile, srgb)).toBeLessThanOrEqual(roundingLevels)
  })

  it('is named at import', async () => {
    const path = await written(`${name} named.tif`, tiffWithProfile(colours, icc))
    const value = { wide: 'Wide gamut', linear: 'sRGB primaries, linear', table: 'Scanner table' }[name]
    expect(await notesOf(path)).toEqual([{ kind: 'colour-profile', value }])
  })
})

it('converts a large picture strip by strip to the same colours', async () => {
  const { icc, colours } = profileCase('wide')
  const profile = await colourProfile(icc, true)
  const wide = makeRaster(4000, 2200)
  for (let at = 0; at < wide.data.length; at += colours.data.length)
    wide.data.set(colours.data.subarray(0, Math.min(colours.data.length, wide.data.length - at)), at)
  const large = await toSrgb(wide, profile)
  const small = await toSrgb(colours, profile)
  expect(large.data.every((value, at) => value === small.data[at % small.data.length])).toBe(true)
})

it('reads windows of a scaled picture in the same colours', async () => {
  const { icc, colours } = profileCase('wide')
  const path = await written('windows.tif', tiffWithProfile(colours, icc))
  const window = { left: 4, top: 3, widthPx: 20, heightPx: 10 }
  const [plain, converted] = await Promise.all(
    [undefined, 'srgb' as const].map(async (colour) =>
      (await ScaledPicture.open({ path, page: 1 }, colour)).read(1, window),
    ),
  )
  const { profile } = await openPicture(path)
  expect(converted).toEqual(await toSrgb(plain ?? colours, profile))
  expect(converted).not.toEqual(plain)
})

it('gives a smaller copy of a pyramid the profile of its image', async () => {
  const path = join(folder, 'pyramid.tif')
  await raw()
    .resize(1024, 768)
    .withIccProfile('p3')
    .tiff({ tile: true, pyramid: true, tileWidth: 256, tileHeight: 256, compression: 'lzw' })
    .toFile(path)
  const full = await decodeRaster(path, { colour: 'srgb' })
  const { level, pixelAt } = { level: 8, pixelAt: 3 * (96 * 256 + 128) }
  const tile = await readTilePixels(path, { level, column: 0, row: 0, tileSizePx: 512 })
  for (const channel of [0, 1, 2]) {
    const shown = tile.data[pixelAt + channel] ?? 0
    const own = full.data[3 * (4 * 96 * 1024 + 4 * 128) + channel] ?? 0
    // The gradient rises by less than 2 levels from one pixel of the copy to the next.
    expect(Math.abs(shown - own)).toBeLessThanOrEqual(4)
  }
})

describe('a profile that is not used', () => {
  it('is that of sRGB, without a note', async () => {
    const path = join(folder, 'srgb.png')
    await raw().withIccProfile('srgb').png().toFile(path)
    expect((await openPicture(path)).profile?.kind).toBe('srgb')
    expect(await decodeRaster(path, { colour: 'srgb' })).toEqual(picture)
    expect(await notesOf(path)).toEqual([])
  })

  it.each([
    ['damaged', (icc: Buffer) => Buffer.from(icc).fill(7, 128)],
    ['cut off', (icc: Buffer) => icc.subarray(0, 200)],
    ['no profile', () => Buffer.from('no profile at all')],
    [
      'of one channel',
      (icc: Buffer) => Buffer.concat([icc.subarray(0, 16), Buffer.from('GRAY'), icc.subarray(20)]),
    ],
  ])('is %s, with a note', async (name, spoiled) => {
    const { icc, colours } = profileCase('wide')
    const path = await written(`${name}.tif`, tiffWithProfile(colours, spoiled(icc)))
    expect(await decodeRaster(path, { colour: 'srgb' })).toEqual(colours)
    expect((await notesOf(path))?.map(({ kind }) => kind)).toEqual(['unused-profile'])
  })

  it('is that of a CMYK picture, with a note', async () => {
    const path = join(folder, 'cmyk.jpg')
    await raw().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toFile(path)
    expect(await decodeRaster(path, { colour: 'srgb' })).toEqual(await decodeRaster(path))
    expect((await notesOf(path))?.map(({ kind }) => kind)).toEqual(['unused-profile'])
  })
})

it('shows a thumbnail in sRGB', async () => {
  const { icc } = profileCase('wide')
  const flat = { ...makeRaster(64, 48), data: new Uint8Array(64 * 48 * 3).fill(90) }
  for (let at = 0; at < flat.data.length; at += 3) flat.data[at] = 200
  const path = await written('flat.tif', tiffWithProfile(flat, icc))
  const [red, , blue] = await sharp(await makeThumbnail(path, 16))
    .raw()
    .toBuffer()
  const converted = await toSrgb(flat, await colourProfile(icc, true))
  // JPEG of one colour is off by rounding alone.
  expect(Math.abs((red ?? 0) - (converted.data[0] ?? 0))).toBeLessThanOrEqual(2)
  expect(Math.abs((blue ?? 0) - (converted.data[2] ?? 0))).toBeLessThanOrEqual(2)
  expect(converted.data[0]).toBeGreaterThan(210)
})

it('converts 16 bits after they became 8', async () => {
  const path = join(folder, 'deep.tif')
  await raw().toColourspace('rgb16').withIccProfile('p3').tiff({ compression: 'lzw' }).toFile(path)
  const { profile, depth } = await openPicture(path)
  expect([depth, profile?.kind]).toEqual(['ushort', 'other'])
  expect(await decodeRaster(path, { colour: 'srgb' })).toEqual(
    await toSrgb(await decodeRaster(path), profile),
  )
})

it.skipIf(!('version' in openSlideState()))('converts what OpenSlide reads', async () => {
  const tile = { tile: true, tileWidth: 16, tileHeight: 16, compression: 'lzw' } as const
  const bytes = await raw().withIccProfile('p3').tiff(tile).toBuffer()
  const plain = join(folder, 'tiles.tif')
  await writeFile(plain, bytes)
  // OpenSlide gives white for a tile that is not there; sharp does not read such a file.
  const directory = bytes.readUInt32LE(4)
  for (let entry = directory + 2; entry < directory + 2 + 12 * bytes.readUInt16LE(directory); entry += 12) {
    if (bytes.readUInt16LE(entry) !== 325) continue
    const width = bytes.readUInt16LE(entry + 2) === 3 ? 2 : 4
    const last = bytes.readUInt32LE(entry + 8) + width * (bytes.readUInt32LE(entry + 4) - 1)
    bytes.fill(0, last, last + width)
  }
  const sparse = await written('sparse.tif', bytes)
  const { info, profile } = await openPicture(sparse)
  expect([info.format, profile?.kind]).toEqual(['generic-tiff', 'other'])
  expect(await notesOf(sparse)).toMatchObject([{ kind: 'colour-profile' }])
  const [slide, whole] = await Promise.all(
    [sparse, plain].map((path) => decodeRaster(path, { colour: 'srgb' })),
  )
  // Rows of 32 pixels are above the tile that is missing.
  expect(slide?.data.subarray(0, 60 * 32 * 3)).toEqual(whole?.data.subarray(0, 60 * 32 * 3))
  expect(slide?.data.subarray(0, 60 * 32 * 3)).not.toEqual(picture.data.subarray(0, 60 * 32 * 3))
  const tileOf = (path: string) => readTilePixels(path, { level: 6, column: 0, row: 0, tileSizePx: 32 })
  expect(await tileOf(sparse)).toEqual(await tileOf(plain))
})
