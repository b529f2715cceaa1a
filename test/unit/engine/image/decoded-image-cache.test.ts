import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { decodeCached } from '../../../../electron/engine/image/decoded-image-cache.ts'
import { readTile, type Raster } from '../../../../electron/engine/image/index.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-decoded-'))))
afterEach(() => rmSync(root, { recursive: true }))

const [width, height] = [300, 200]
/** A field of noise, so that no two tiles are alike. */
const noise = (seed: number): Sharp => {
  let state = seed
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (state * 48_271) % 2_147_483_647
    return state & 255
  })
  return sharp(data, { raw: { width, height, channels: 3 } })
}

/** The pixels of a tile: a JPEG's bytes also depend on its code tables. */
const pixels = (jpeg: Uint8Array): Promise<Buffer> => sharp(jpeg).raw().toBuffer()

/** The tile directly from the file, by sharp alone. */
const direct = (path: string, left: number, top: number, edge: number, size: number): Promise<Buffer> =>
  sharp(path, { ignoreIcc: true })
    .autoOrient()
    .extract({ left, top, width: edge, height: edge })
    .resize({ width: size, height: size, fit: 'fill', kernel: 'linear' })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .jpeg({ quality: 88, chromaSubsampling: '4:4:4' })
    .toBuffer()

it.each<[string, (image: Sharp) => Sharp]>([
  ['plain.png', (image) => image.png()],
  ['stored.tif', (image) => image.tiff({ compression: 'lzw' })],
  ['fine.jpg', (image) => image.jpeg({ quality: 95 })],
  ['turned.jpg', (image) => image.withMetadata({ orientation: 6 }).jpeg()],
  ['profile.png', (image) => image.withIccProfile('srgb').png()],
  ['alpha.png', (image) => image.ensureAlpha(0.4).png()],
  ['grey.png', (image) => image.greyscale().png()],
])('a kept picture gives the same pixels as its file: %s', async (name, write) => {
  const path = join(root, name)
  await write(noise(7)).toFile(path)
  // Level 9 is full size, 8 and 7 are a half and a quarter.
  for (const shrink of [1, 2, 4]) {
    const level = 9 - Math.log2(shrink)
    const tile = await readTile(path, { level, column: 1, row: 1, tileSizePx: 16 })
    const at = 16 * shrink
    const expected = await pixels(await direct(path, at, at, at, 16))
    expect((await pixels(tile)).equals(expected), `1 in ${shrink}`).toBe(true)
  }
})

it('decodes an image once for simultaneous requests, and again when its file has changed', async () => {
  const path = join(root, 'a.png')
  await noise(1).png().toFile(path)
  let times = 0
  const decode = (): Promise<Raster> => {
    times++
    return Promise.resolve({ widthPx: 1, heightPx: 1, data: new Uint8Array([times, 0, 0]) })
  }
  const ask = (): Promise<Raster> => decodeCached(path, 0, 1, decode)
  const all = await Promise.all([ask(), ask(), ask()])
  expect(all.map(({ data }) => data[0])).toEqual([1, 1, 1])
  utimesSync(path, 1, 1)
  expect((await ask()).data[0]).toBe(2)
  expect((await decodeCached(path, 1, 1, decode)).data[0]).toBe(3)

  const other = join(root, 'b.png')
  await noise(1).png().toFile(other)
  const before = await readTile(other, { level: 9, column: 0, row: 0, tileSizePx: 64 })
  await noise(2).png().toFile(other)
  const after = await readTile(other, { level: 9, column: 0, row: 0, tileSizePx: 64 })
  expect(after.equals(before)).toBe(false)
})

it('evicts the least recently used, and does not cache a failure', async () => {
  const paths = [0, 1, 2].map((n) => join(root, `${n}.png`))
  for (const path of paths) await noise(3).png().toFile(path)
  const asked: string[] = []
  // Each slightly larger than a third of the cache.
  const pixels = 20_000_000
  const ask = (path: string): Promise<Raster> =>
    decodeCached(path, 0, pixels, () => {
      asked.push(path)
      return Promise.resolve({ widthPx: 1, heightPx: 1, data: new Uint8Array(3) })
    })
  const [a = '', b = '', c = ''] = paths
  for (const path of [a, b, a, c, a, b]) await ask(path)
  expect(asked).toEqual([a, b, c, b])

  const failing = (): Promise<Raster> => Promise.reject(new Error('damaged'))
  utimesSync(a, 5, 5)
  await expect(decodeCached(a, 0, 1, failing)).rejects.toThrow('damaged')
  await ask(a)
  expect(asked.at(-1)).toBe(a)
})
