import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { slideFileFormats, type SlideFileFormat, colourOf } from '../../../../../electron/contract/index.ts'
import { gridAffine, probabilityGrid } from '../../../../../electron/engine/slides/outputs/grid.ts'
import { drawSlideOverlay } from '../../../../../electron/engine/slides/outputs/overlay.ts'
import { placesCsv } from '../../../../../electron/engine/slides/outputs/places-csv.ts'
import {
  outlinesGeojson,
  tilesGeojson,
} from '../../../../../electron/engine/slides/outputs/places-geojson.ts'
import { writeSlideOutputs } from '../../../../../electron/engine/slides/outputs/write-outputs.ts'
import { makeRaster } from '../../../../../electron/engine/image/index.ts'
import { readGeojson } from '../../../../../electron/engine/regions/geojson.ts'
import { drawnClasses, drawnMap, newSlideAnalysis } from '../../../../support/slide-map.ts'

const options = { mapSha256: 'b'.repeat(64), modelName: 'model 1', colours: ['#ff0000', null, '#00ff00'] }

describe('the table of places', () => {
  it('has the columns of WSInfer and the squares that were predicted', () => {
    expect(placesCsv(drawnMap(['b.', '.c']))).toBe(
      [
        'minx,miny,width,height,prob_Benign,prob_Normal,prob_Carcinoma',
        '0,0,400,400,0.75,0.125,0.125',
        '200,200,400,400,0.125,0.125,0.75',
        '',
      ].join('\r\n'),
    )
  })

  it('keeps every bit of a probability', () => {
    const third = Math.fround(1 / 3)
    const text = placesCsv(drawnMap(['b'], { probabilities: Float32Array.of(third, third, third) }))
    const cell = text.split('\r\n')[1]?.split(',')[4]
    expect(Math.fround(Number(cell))).toBe(third)
  })
})

interface Feature {
  id: string
  geometry: { type: string; coordinates: number[][][] }
  properties: {
    objectType: string
    classification: { name: string; color: number[] }
    measurements: Record<string, number>
    isLocked?: boolean
  }
}
const featuresOf = (text: string): Feature[] => {
  const { type, features } = JSON.parse(text) as { type: string; features: Feature[] }
  expect(type).toBe('FeatureCollection')
  return features
}

describe('tiles', () => {
  it('are the squares that places represent, with what was measured', () => {
    const map = drawnMap(['b', 'c'], { likeness: Float32Array.of(0.5, 0.25) })
    const [first, second] = featuresOf(tilesGeojson(map, options))
    expect(first).toEqual({
      type: 'Feature',
      id: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ) as string,
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [100, 100],
            [300, 100],
            [300, 300],
            [100, 300],
            [100, 100],
          ],
        ],
      },
      properties: {
        objectType: 'tile',
        classification: { name: 'Benign', color: [255, 0, 0] },
        measurements: {
          prob_Benign: 0.75,
          prob_Normal: 0.125,
          prob_Carcinoma: 0.125,
          // 0.125 / (0.125 + 0.75)
          'Carcinoma score': expect.closeTo(1 / 7, 8) as number,
          Likeness: 0.5,
          'Tissue share': 1,
        },
      },
    })
    expect(second?.geometry.coordinates[0]?.[0]).toEqual([100, 300])
    expect(second?.id).not.toBe(first?.id)
  })

  it('end at the edges of the slide', () => {
    // Wider than its place: the square of the first place begins outside of the slide.
    const grid = { rows: 1, columns: 2, strideUm: 300, placeUm: 200 }
    const [first, second] = featuresOf(
      tilesGeojson(drawnMap(['bb'], { grid, widthPx: 900, heightPx: 400 }), options),
    )
    expect(first?.geometry.coordinates[0]?.slice(0, 3)).toEqual([
      [0, 0],
      [500, 0],
      [500, 400],
    ])
    expect(second?.geometry.coordinates[0]?.[1]).toEqual([900, 0])
  })

  it('are no annotations, so that they are not imported as regions', () => {
    const { features, refused } = readGeojson(tilesGeojson(drawnMap(['b']), options), 'a.geojson')
    expect(features).toEqual([])
    expect(refused).toEqual([{ feature: 1, name: null, reason: 'it is a tile, not an annotation' }])
  })
})

describe('outlines', () => {
  it('merge neighbouring places of a class, and are read as regions', () => {
    const map = drawnMap(['bbb', 'bcb', 'bbb'], { tissueShare: new Float32Array(9).fill(0.5) })
    const text = outlinesGeojson(map, options)
    const measured = featuresOf(text).map(({ properties }) => properties.measurements)
    expect(measured).toEqual([
      // Eight and one places of 0.01 mm2, half of it tissue.
      { 'Tissue mm^2': 0.04, Places: 8 },
      { 'Tissue mm^2': 0.005, Places: 1 },
    ])
    const { features, refused } = readGeojson(text, 'a.geojson')
    expect(refused).toEqual([])
    expect(features.map(({ className }) => className)).toEqual(['Benign', 'Carcinoma'])
    expect(features[0]?.comment).toContain('For Research Use Only')
    const inner = [
      [300, 300],
      [300, 500],
      [500, 500],
      [500, 300],
    ]
    expect(features[0]?.geometry).toEqual({
      kind: 'polygon',
      parts: [
        [
          [
            [100, 100],
            [700, 100],
            [700, 700],
            [100, 700],
          ],
          expect.arrayContaining(inner),
        ],
      ],
    })
    expect(features[1]?.geometry).toEqual({ kind: 'polygon', parts: [[expect.arrayContaining(inner)]] })
  })
})

describe('the grid', () => {
  it('is class x row x column, without a number where nothing was analysed', () => {
    const grid = probabilityGrid(drawnMap(['b.', '.c']))
    expect([...grid]).toEqual([0.75, NaN, NaN, 0.125, 0.125, NaN, NaN, 0.125, 0.125, NaN, NaN, 0.75])
  })

  it('is placed by its affine', () => {
    const map = drawnMap(['b.', '.c'])
    expect(gridAffine(map)).toEqual({
      affine: [200, 0, 100, 0, 200, 100],
      axes: ['class', 'row', 'column'],
      classes: drawnClasses,
      pixelSizeUm: 0.5,
      strideUm: 100,
    })
  })
})

describe('the overlay', () => {
  it('colours only the squares that places represent, half and half with the slide', async () => {
    const map = drawnMap(['bc'])
    // 600 x 400 px, drawn at a tenth: the squares are columns 10 to 29 and 30 to 49 of rows 10 to 29.
    const slide = makeRaster(60, 40)
    slide.data.fill(200)
    const drawn = await drawSlideOverlay(slide, map, newSlideAnalysis(map))
    const pixel = (x: number, y: number): number[] => [
      ...drawn.data.subarray(3 * (y * 60 + x), 3 * (y * 60 + x) + 3),
    ]
    const over = (score: number): number[] =>
      colourOf(score).map((channel) => Math.round((200 + channel) / 2))
    // Scores: 0.125 / (0.125 + 0.75) and 0.75 / (0.75 + 0.125).
    expect(pixel(10, 10)).toEqual(over(1 / 7))
    expect(pixel(29, 29)).toEqual(over(1 / 7))
    expect(pixel(30, 29)).toEqual(over(6 / 7))
    expect([pixel(9, 20), pixel(50, 20), pixel(20, 30), pixel(20, 9)]).toEqual(
      [0, 0, 0, 0].map(() => [200, 200, 200]),
    )
    expect(drawn.heightPx).toBeGreaterThan(40)
  })
})

describe('the files of an analysis', () => {
  let directory = ''
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lobule-outputs-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  const map = drawnMap(['bb', 'c.'])
  const write = async (formats: readonly SlideFileFormat[], replace = false): Promise<void> => {
    const path = join(directory, 'slide.png')
    await writeFile(
      path,
      await sharp({ create: { width: 600, height: 600, channels: 3, background: '#e0a0c0' } })
        .png()
        .toBuffer(),
    )
    await writeSlideOutputs(
      {
        image: { path, page: 1, sha256: map.imageSha256, pixelSizeUm: 0.5 },
        analysis: newSlideAnalysis(map),
        model: {
          name: 'model 1',
          recipe: {} as never,
          recipeFingerprint: 'f',
          weights: 'official',
          classes: drawnClasses,
          createdAt: '',
        },
        colours: options.colours,
        paths: Object.fromEntries(
          formats.map((format) => [format, [join(directory, format), join(directory, 'affine')]]),
        ),
        replace,
        writtenBy: 'Lobule 1',
      },
      map,
    )
  }

  it('are written as chosen', async () => {
    await write(slideFileFormats)
    const grid = await readFile(join(directory, 'grid'), 'latin1')
    expect(grid).toContain("'shape': (3, 2, 2), }")
    expect(JSON.parse(await readFile(join(directory, 'affine'), 'utf8'))).toEqual(gridAffine(map))
    expect(await readFile(join(directory, 'csv'), 'utf8')).toBe(placesCsv(map))
    expect((await sharp(join(directory, 'overlay')).metadata()).width).toBe(600)
    expect(JSON.parse(await readFile(join(directory, 'run'), 'utf8'))).toMatchObject({
      writtenBy: 'Lobule 1',
      analysis: { summary: { classes: [{ places: 2 }, { places: 0 }, { places: 1 }] } },
      model: { name: 'model 1' },
    })
  })

  it('never replace a file unasked, and then all of it', async () => {
    await write(['csv'])
    await expect(write(['csv'])).rejects.toMatchObject({ code: 'path.exists' })
    await writeFile(join(directory, 'csv'), 'x'.repeat(10_000))
    await write(['csv'], true)
    expect(await readFile(join(directory, 'csv'), 'utf8')).toBe(placesCsv(map))
  })
})
