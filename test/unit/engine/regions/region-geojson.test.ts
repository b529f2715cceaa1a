import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasCode, type RegionView } from '../../../../electron/contract/index.ts'
import { addRegion } from '../../../../electron/features/regions/change-regions.ts'
import { exportRegions } from '../../../../electron/features/regions/export-regions.ts'
import { checkedGeometry } from '../../../../electron/engine/regions/geometry.ts'
import { readRegionFile, readRegionText } from '../../../../electron/engine/regions/read-region-file.ts'
import type { RegionReader } from '../../../../electron/features/regions/region-reader.ts'
import type { Writable } from '../../../../electron/store/index.ts'
import { RegionWorkspace, ada, code, eva, plain, size } from '../../features/regions/region-workspace.ts'
import { importRegions, undoRegions } from '../../../support/at-once.ts'

let workspace: RegionWorkspace
let database: Writable
let imageId: number
beforeEach(() => {
  workspace = new RegionWorkspace()
  ;({ database, imageId } = workspace)
})
afterEach(() => workspace.close())

const seenBy = (reader: RegionReader, image?: number): RegionView[] => workspace.seenBy(reader, image)

describe('GeoJSON', () => {
  const textOf = async (image = imageId): Promise<string> =>
    (await exportRegions(database, { imageId: image, path: null, replace: false }, ada)).text ?? ''
  const importText = (
    text: string,
    unknownClasses: 'drop' | 'refuse' = 'drop',
    reader = ada,
    image = imageId,
  ): ReturnType<typeof importRegions> =>
    importRegions(
      database,
      image,
      { name: 'f.geojson', ...readRegionText({ name: 'f.geojson', text, size }) },
      { unknownClasses, reader },
    )
  const content = (image: number): unknown[] =>
    seenBy(ada, image).map(({ geometry, className, name, comment }) => ({
      geometry,
      className,
      name,
      comment,
    }))

  function drawEverything(): void {
    const shapes: RegionView['geometry'][] = [
      { kind: 'rectangle', left: 0.1 + 0.2, top: 1 / 3, right: 99.999999999999, bottom: 80 },
      {
        kind: 'polygon',
        parts: [
          [
            [
              [10, 10],
              [50, 10],
              [10, 40],
            ],
          ],
        ],
      },
      {
        kind: 'polygon',
        parts: [
          [
            [
              [0, 0],
              [60, 1],
              [60, 60],
              [0, 60],
            ],
            [
              [10, 10],
              [20, 10],
              [10, 20],
            ],
          ],
        ],
      },
      {
        kind: 'polygon',
        parts: [
          [
            [
              [1, 1],
              [5, 1],
              [1, 5],
            ],
          ],
          [
            [
              [61, 61],
              [65, 61],
              [61, 65],
            ],
          ],
        ],
      },
      { kind: 'point', points: [[12.345678901234567, 3e-7]] },
      {
        kind: 'point',
        points: [
          [1, 2],
          [3, 4],
        ],
      },
      {
        kind: 'line',
        points: [
          [1 / 3, 0],
          [99.9, 0.1 + 0.2],
        ],
      },
    ]
    for (const [index, shape] of shapes.entries()) {
      const geometry = checkedGeometry(shape, size)
      const said = { className: index % 2 === 0 ? 'InSitu' : null, name: index === 1 ? 'gland "1"' : null }
      addRegion(database, imageId, { geometry, ...said, comment: index === 2 ? 'zwei\nZeilen ☃' : null }, ada)
    }
  }

  it('writes each region as QuPath does', async () => {
    addRegion(database, imageId, { ...plain, className: 'InSitu', name: 'duct 1', comment: 'necrosis' }, ada)
    const [region] = seenBy(ada)
    expect(JSON.parse(await textOf())).toEqual({
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          id: region?.uuid,
          geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [10, 10],
                [30, 10],
                [30, 20],
                [10, 20],
                [10, 10],
              ],
            ],
          },
          properties: {
            objectType: 'annotation',
            name: 'duct 1',
            classification: { name: 'InSitu', color: [230, 159, 0] },
            metadata: {
              ANNOTATION_DESCRIPTION: 'necrosis',
              'Lobule reader': 'ada',
              'Lobule time': region?.at,
            },
          },
        },
      ],
    })
  })

  it('exports and imports without losing a bit: nothing new in the same image, everything in another', async () => {
    drawEverything()
    const text = await textOf()
    expect(importText(text)).toMatchObject({ added: 0, changed: 0, known: 7, refused: [] })
    const other = workspace.newImage('b')
    expect(importText(text, 'drop', ada, other)).toMatchObject({ added: 7, known: 0, refused: [] })
    expect(content(other)).toEqual(content(imageId))
    const ids = [...seenBy(ada), ...seenBy(ada, other)].map(({ uuid }) => uuid)
    expect(new Set(ids).size).toBe(14)
    expect(undoRegions(database, other, ada)).toEqual({ kind: 'add', regions: 7 })
    expect(seenBy(ada, other)).toEqual([])
  })

  it('follows a file that was edited elsewhere, by the ids of its features', async () => {
    drawEverything()
    const text = (await textOf()).replace('"name":"gland \\"1\\""', '"name":"gland 2"')
    expect(importText(text, 'drop', eva)).toMatchObject({ added: 0, changed: 1, known: 6 })
    expect(seenBy(ada)[1]).toMatchObject({ name: 'gland 2', reader: 'eva', drawnBy: 'ada' })
    expect(undoRegions(database, imageId, eva)).toEqual({ kind: 'change', regions: 1 })
    expect(seenBy(ada)[1]).toMatchObject({ name: 'gland "1"' })
  })

  /** As QuPath 0.5 writes it: two decimals, colours as channels, a class derived from another. */
  const qupath = `{"type":"FeatureCollection","features":[
    {"type":"Feature","id":"5c0c5dd1-09a1-4b0e-9a1c-95b2a4a5b1f1",
      "geometry":{"type":"Polygon","coordinates":[[[1.25,2],[9,2],[9,8.5],[1.25,2]]]},
      "properties":{"objectType":"annotation","classification":{"name":"insitu","color":[200,0,0]},"isLocked":true}},
    {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[1,2],[9,2],[9,8],[1,8],[1,2]]]},
      "properties":{"objectType":"annotation","classification":{"names":["Tumor","Positive"],"color":[1,2,3]}}},
    {"type":"Feature","geometry":{"type":"Point","coordinates":[5,6,0]},"properties":{"objectType":"detection"}},
    {"type":"Feature","geometry":{"type":"MultiLineString","coordinates":[[[1,1],[2,2]]]},"properties":{}},
    {"type":"Feature","geometry":{"type":"Point","coordinates":[500,6]},"properties":{"name":"far"}},
    {"type":"Feature","geometry":{"type":"Point","coordinates":[5,6],"plane":{"c":-1,"z":2,"t":0}},"properties":{}},
    {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[1,1],[9,9],[9,1],[1,9],[1,1]]]}},
    {"type":"Feature","geometry":{"type":"Point","coordinates":[1,"2"]},"properties":null},
    "nonsense",
    {"type":"Feature","geometry":{"type":"LineString","coordinates":[[1.25,1],[4.25,5]]},
      "properties":{"objectType":"annotation","name":"margin"}},
    {"type":"Feature","geometry":{"type":"LineString","coordinates":[[1,1],[1,1]]},"properties":{}}]}`

  it("imports QuPath's annotations and gives a reason for each other feature", () => {
    const report = importText(qupath)
    expect(report).toMatchObject({ added: 3, unknownClasses: [{ name: 'Tumor: Positive', features: 1 }] })
    expect(report.refused.map(({ feature }) => feature)).toEqual([3, 4, 5, 6, 7, 8, 9, 11])
    const reasons = report.refused.map(({ reason }) => reason)
    expect(reasons[0]).toBe('it is a detection, not an annotation')
    expect(reasons[1]).toBe('a MultiLineString is not kept')
    expect(report.refused[2]).toMatchObject({ name: 'far' })
    expect(reasons[2]).toMatch(/outside the image/)
    expect(reasons[3]).toMatch(/another plane/)
    expect(reasons[4]).toBe('its outline crosses itself at (5, 5)')
    expect(reasons[5]).toBe('its geometry is not usable: coordinates: it is not two or three numbers')
    expect(reasons[7]).toBe('it has no length')
    expect(seenBy(ada)).toMatchObject([
      { uuid: '5c0c5dd1-09a1-4b0e-9a1c-95b2a4a5b1f1', className: 'InSitu', geometry: { kind: 'polygon' } },
      { className: null, geometry: { kind: 'rectangle', left: 1, top: 2, right: 9, bottom: 8 } },
      { name: 'margin', geometry: { kind: 'line' }, extent: null, length: { px: 5, um: 2.5 } },
    ])
    expect(() => importText(qupath, 'refuse')).toThrow(code('region.unknown-classes'))
  })

  it('reads a list of features and a single one as well', () => {
    const feature = { type: 'Feature', geometry: { type: 'Point', coordinates: [5, 6] } }
    expect(importText(JSON.stringify([feature, feature]))).toMatchObject({ added: 2 })
    expect(importText(`\uFEFF${JSON.stringify(feature)}`)).toMatchObject({ added: 1 })
  })

  it.each([
    ['nothing', '', /not JSON/],
    ['cut off', '{"type":"FeatureCollection","features":[', /not JSON/],
    ['not a number', '[{"type":"Feature","geometry":{"type":"Point","coordinates":[NaN,1]}}]', /not JSON/],
    ['another thing', '{"type":"Topology"}', /neither/],
    ['a word', '"FeatureCollection"', /neither/],
    [
      'too deep',
      `{"type":"FeatureCollection","features":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      /nested/,
    ],
    ['too many', `[${Array.from({ length: 5001 }, () => '0').join(',')}]`, /at most 5000/],
  ])('refuses a whole file: %s', (_, text, reason) => {
    expect(() => importText(text)).toThrow(reason)
    expect(() => importText(text)).toThrow(code('region.invalid-file'))
    expect(seenBy(ada)).toEqual([])
  })

  it('brackets in names do not count as depth, and object keys reach no prototype', () => {
    const feature = `{"type":"Feature","geometry":{"type":"Point","coordinates":[5,6]},"__proto__":{"polluted":1},
      "properties":{"name":"${'['.repeat(90)} \\" {","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}`
    expect(importText(feature)).toMatchObject({ added: 1 })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(seenBy(ada)[0]?.name).toMatch(/^\[{90} " \{$/)
  })

  it('survives mutated files: each is imported in parts or refused, and stored regions are valid', async () => {
    drawEverything()
    const source = (await textOf()) + qupath
    let state = 1
    const random = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647
      return state % below
    }
    const pieces = [
      '',
      '-',
      '1e999',
      '[',
      ']',
      '{',
      '}',
      '"',
      ',',
      'null',
      '\\',
      '1e-320',
      '9'.repeat(40),
      '"a"',
      '\u0000',
    ]
    const other = workspace.newImage('c')
    let taken = 0
    for (let round = 0; round < 300; round++) {
      let text = round % 2 === 0 ? source.slice(0, source.indexOf(']\n}\n') + 4) : qupath
      for (let edit = 0; edit <= random(3); edit++) {
        const at = random(text.length)
        text = text.slice(0, at) + (pieces[random(pieces.length)] ?? '') + text.slice(at + random(12))
      }
      try {
        taken += importText(text, 'drop', ada, other).added
      } catch (error) {
        expect(error).toSatisfy((thrown) => hasCode(thrown, 'region.invalid-file', 'region.invalid'))
      }
    }
    expect(taken).toBeGreaterThan(0)
    const regions = seenBy(ada, other)
    for (const { geometry } of regions) {
      expect(JSON.stringify(geometry)).not.toContain('null')
    }
    const again = workspace.newImage('d')
    expect(importText(await textOf(other), 'refuse', ada, again)).toMatchObject({
      added: regions.length,
      refused: [],
    })
  })

  it('writes a file once, replaces it when asked, and reads it back', async () => {
    addRegion(database, imageId, plain, ada)
    const path = join(workspace.root, 'a.geojson')
    const write = (replace: boolean): Promise<unknown> =>
      exportRegions(database, { imageId, path, replace }, ada)
    expect(await write(false)).toEqual({ regions: 1, path, text: null })
    const written = readFileSync(path, 'utf8')
    addRegion(database, imageId, plain, ada)
    await expect(write(false)).rejects.toThrow(code('path.exists'))
    expect(readFileSync(path, 'utf8')).toBe(written)
    expect(await write(true)).toMatchObject({ regions: 2 })
    const read = (from: string) => readRegionFile({ name: 'a', source: { path: from }, size })
    expect(readFileSync(path, 'utf8')).toBe(await textOf())
    expect(
      (await read(path)).features.map(({ geometryText }) => JSON.parse(geometryText) as unknown),
    ).toEqual([plain.geometry, plain.geometry])
    await expect(
      exportRegions(database, { imageId, path: join(path, 'b'), replace: false }, ada),
    ).rejects.toThrow(code('path.not-writable'))
    await expect(read(join(workspace.root, 'none'))).rejects.toThrow(code('path.not-found'))
    await expect(read(workspace.root)).rejects.toThrow(code('path.unreadable'))
    writeFileSync(path, ' '.repeat(33 * 1024 * 1024))
    await expect(read(path)).rejects.toThrow(code('region.invalid-file'))
  })
})
