import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { normalizedTilePath, parseTilePath, recipes, tilePath } from '../../../../electron/contract/index.ts'
import { readTile, readTilePixels, type Raster } from '../../../../electron/engine/image/index.ts'
import { fitImageStains, normalizedTile } from '../../../../electron/engine/preprocess/index.ts'
import { StainNormalizer } from '../../../../electron/engine/stain/index.ts'
import { makeSyntheticField } from '../../../../electron/engine/synthetic/index.ts'

const { stain: recipe, crops } = recipes['standard']
const [cropSet] = crops.sets
if (cropSet === undefined) throw new Error('a recipe without crops')
const size = { widthPx: 320, heightPx: 240 }
const whole = { level: 9, column: 0, row: 0, tileSizePx: 512 }
const { signal } = new AbortController()
let root: string
const file = (name: string): string => join(root, `${name}.png`)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-stain-view-'))
  const field = makeSyntheticField({ className: 'Benign', seed: 3, index: 0, pixelSizeUm: 0.84, ...size })
  await write('tissue', field)
  await write('glass', { ...size, data: new Uint8Array(size.widthPx * size.heightPx * 3).fill(245) })
})
afterAll(() => rmSync(root, { recursive: true }))

const write = (name: string, { data, widthPx: width, heightPx: height }: Raster): Promise<unknown> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(file(name))

it('shows a tile in the colours that the normaliser gives its pixels', async () => {
  const { stains, degenerate, fitQuality } = await fitImageStains(
    { path: file('tissue'), page: 1, sha256: '', pixelSizeUm: 0.84 },
    { cropSet, recipe },
    signal,
  )
  expect(degenerate).toBeNull()
  expect(fitQuality?.explainedFraction).toBeGreaterThan(0.9)
  const pixels = await readTilePixels(file('tissue'), whole)
  // At the working pixel size nothing is resampled: the fit is that of the image itself.
  const { raster, found } = new StainNormalizer(recipe).normalize(pixels)
  expect(stains?.maximum.hematoxylin).toBe(found.fit?.maximum[0])
  const jpeg = await normalizedTile(file('tissue'), whole, { stains, recipe })
  const shown = await sharp(jpeg).raw().toBuffer()
  expect(shown.length).toBe(raster.data.length)
  const differences = raster.data.map((value, at) => Math.abs(value - (shown[at] ?? 0)))
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length
  // The loss of JPEG at this quality; the colours themselves changed by more.
  expect(mean).toBeLessThan(4)
  const moved = raster.data.map((value, at) => Math.abs(value - (pixels.data[at] ?? 0)))
  expect(moved.reduce((sum, value) => sum + value, 0) / moved.length).toBeGreaterThan(8)
})

it('leaves an image without two stains in its own colours, and gives the reason', async () => {
  const glass = { path: file('glass'), page: 1, sha256: '', pixelSizeUm: null }
  const { stains, degenerate } = await fitImageStains(glass, { cropSet, recipe }, signal)
  expect({ stains, degenerate }).toEqual({ stains: null, degenerate: 'too-little-tissue' })
  const shown = await normalizedTile(file('glass'), whole, { stains, recipe })
  expect(Buffer.from(shown).equals(await readTile(file('glass'), whole))).toBe(true)
})

it('has addresses of its own', () => {
  const tile = { imageId: 7, level: 11, column: 3, row: 0 }
  expect(parseTilePath(tilePath(7, 11, 3, 0))).toEqual({ kind: 'tile', ...tile })
  expect(parseTilePath(normalizedTilePath(7, 11, 3, 0))).toEqual({ kind: 'normalized-tile', ...tile })
  expect(parseTilePath('/7/normalisedx/11/3_0.jpg')).toBeNull()
  expect(parseTilePath('/7/normalised/11/3_0.jpg/..')).toBeNull()
})
