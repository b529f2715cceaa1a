import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SlideTissue } from '../../../../electron/contract/index.ts'
import { startApplication, type Caller } from '../audit/seeded-workspace.ts'

let root: string
let caller: Caller
const file = (name: string): string => join(root, name)
/** A slide of 3 x 2.4 mm and 4 um a pixel, with an island of 0.8 x 0.8 mm. */
const islandMm2 = 0.64

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-slide-tissue-'))
  const glass = {
    create: { width: 752, height: 600, channels: 3, background: { r: 243, g: 242, b: 243 } },
  } as const
  const island = {
    create: { width: 200, height: 200, channels: 3, background: { r: 214, g: 140, b: 186 } },
  } as const
  const input = await sharp(island).png().toBuffer()
  for (const name of ['a.png', 'b.png']) {
    const left = name === 'a.png' ? 104 : 304
    await sharp(glass)
      .composite([{ input, left, top: 200 }])
      .png()
      .toFile(file(name))
  }
  caller = startApplication(file('home'))
  const { call, finish } = caller
  await call('workspace.create', { path: file('w'), classes: 'Benign,Malignant*' })
  const options = { labels: 'none', casesPattern: null } as const
  await finish(await call('image.import', { paths: [file('a.png')], ...options, pixelSizeUm: 4 }))
  await finish(await call('image.import', { paths: [file('b.png')], ...options }))
})
afterAll(async () => {
  await caller.application.close()
  rmSync(root, { recursive: true })
})

const tissue = (): Promise<SlideTissue> => caller.call('slide.tissue', { imageId: 1 })
const set = (source: { text: string } | { path: string } | null): Promise<SlideTissue> =>
  caller.call('slide.setTissue', { imageId: 1, source })
const squareOf = (left: number, edge: number): object => ({
  type: 'Feature',
  geometry: {
    type: 'Polygon',
    coordinates: [[[left, 0], [left + edge, 0], [left + edge, edge], [left, edge], [left, 0]]], // prettier-ignore
  },
})
const textOf = (...features: object[]): { text: string } => ({
  text: JSON.stringify({ type: 'FeatureCollection', features }),
})
const tissueRegions = async (): Promise<number> => {
  const regions = await caller.call('region.list', { imageId: 1 })
  return regions.filter(({ name }) => name === 'Tissue').length
}

it('finds the tissue until a reader draws it, and again after a reset', async () => {
  const found = await tissue()
  expect(found).toMatchObject({ imageId: 1, source: 'found', outlines: { kind: 'polygon' }, reason: null })
  // The median rounds corners by a few cells of 64 um2.
  expect(found.areasMm2.tissue).toBeCloseTo(islandMm2, 2)
  const drawn = await set(textOf(squareOf(0, 100), squareOf(200, 50)))
  expect(drawn).toMatchObject({ source: 'drawn', outlines: { parts: { length: 2 } } })
  expect(drawn.areasMm2.tissue).toBeCloseTo(0.2, 10)
  expect(await tissueRegions()).toBe(2)
  expect((await set(textOf(squareOf(0, 50)))).areasMm2.tissue).toBeCloseTo(0.04, 10)
  expect(await tissueRegions()).toBe(1)
  expect(await set(null)).toEqual(found)
  expect(await tissueRegions()).toBe(0)
  await caller.call('region.undo', { imageId: 1 })
  expect((await tissue()).source).toBe('drawn')
  await set(null)
})

it('writes outlines that it reads again, and a picture', async () => {
  const found = await caller.call('slide.writeTissue', { imageId: 1, path: file('tissue.geojson') })
  const again = await set({ path: file('tissue.geojson') })
  expect(again.source).toBe('drawn')
  // Outlines are at most 0.75 cells off, along 400 cells of 64 um2.
  expect(Math.abs(again.areasMm2.tissue - found.areasMm2.tissue)).toBeLessThan(0.75 * 400 * 64e-6)
  await set(null)
  const text = JSON.parse(readFileSync(file('tissue.geojson'), 'utf8')) as { features: object[] }
  expect(text.features).toMatchObject([
    {
      type: 'Feature',
      geometry: { type: 'Polygon' },
      properties: { objectType: 'annotation', name: 'Tissue' },
    },
  ])
  await caller.call('slide.writeTissue', { imageId: 1, path: file('tissue.png') })
  expect(await sharp(file('tissue.png')).metadata()).toMatchObject({ width: 376, height: 300 })
})

it('refuses what has no area, and images of unknown pixel size', async () => {
  const line = { type: 'Feature', geometry: { type: 'LineString', coordinates: [[0, 0], [9, 9]] } } // prettier-ignore
  await expect(set(textOf(line))).rejects.toMatchObject({ code: 'region.invalid-file' })
  await expect(set(textOf(squareOf(700, 100)))).rejects.toMatchObject({ code: 'region.invalid-file' })
  expect(await tissueRegions()).toBe(0)
  const unknown = caller.call('slide.tissue', { imageId: 2 })
  await expect(unknown).rejects.toMatchObject({ code: 'slide.pixel-size-unknown' })
})
