import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readRegionFile, readRegionText } from '../../../../electron/engine/regions/read-region-file.ts'

const size = { widthPx: 100, heightPx: 80 }
const collection = (...features: object[]): string =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: features.map((one) => ({ type: 'Feature', properties: {}, ...one })),
  })
const ring = [
  [1, 1],
  [9, 1],
  [5, 9],
]
const polygonOf = (...coordinates: number[][][]): object => ({ geometry: { type: 'Polygon', coordinates } })

it('closes a ring that is not closed, and drops vertices that repeat, as neither changes the shape', () => {
  const [first = [], ...others] = ring
  const closed = [...ring, first]
  const repeated = [first, first, ...others, others.at(-1) ?? [], first, first]
  const text = collection(polygonOf(ring), polygonOf(closed), polygonOf(repeated))
  const { features, refused } = readRegionText({ name: 'a', text, size })
  expect(refused).toEqual([])
  expect(features.map(({ geometryText }) => JSON.parse(geometryText) as unknown)).toEqual(
    [ring, ring, [...others, first]].map((outline) => ({ kind: 'polygon', parts: [[outline]] })),
  )
})

it('refuses a text that is too long with both numbers, where earlier versions cut it', () => {
  const named = { name: 'n'.repeat(201) }
  const described = { name: 'b', metadata: { ANNOTATION_DESCRIPTION: 'd'.repeat(2001) } }
  const classified = { classification: { name: `InSitu${' '.repeat(60)}x` } }
  const text = collection(
    ...[named, described, classified].map((properties) => ({ ...polygonOf(ring), properties })),
  )
  const { features, refused } = readRegionText({ name: 'a', text, size })
  expect(features).toMatchObject([{ feature: 3, className: classified.classification.name }])
  expect(refused).toEqual([
    { feature: 1, name: 'n'.repeat(200), reason: 'its name has 201 characters; at most 200 are kept' },
    { feature: 2, name: 'b', reason: 'its description has 2001 characters; at most 2000 are kept' },
  ])
})

it('reads Windows-1252 only if that is stated', async () => {
  const root = mkdtempSync(join(tmpdir(), 'lobule-geojson-'))
  try {
    const path = join(root, 'a.geojson')
    const text = collection({ ...polygonOf(ring), properties: { name: 'Müller' } })
    const read = (encoding?: 'windows-1252' | 'utf-8') =>
      readRegionFile({ name: 'a', source: { path, encoding }, size })
    writeFileSync(path, Buffer.from(text, 'latin1'))
    for (const encoding of [undefined, 'utf-8'] as const)
      await expect(read(encoding)).rejects.toThrow(/line 1 is not UTF-8.*--encoding windows-1252/)
    expect((await read('windows-1252')).features).toMatchObject([{ name: 'Müller' }])
    // The mark at the beginning of a file counts more than what is stated.
    writeFileSync(path, `\uFEFF${text}`)
    expect((await read('windows-1252')).features).toMatchObject([{ name: 'Müller' }])
  } finally {
    rmSync(root, { recursive: true })
  }
})
