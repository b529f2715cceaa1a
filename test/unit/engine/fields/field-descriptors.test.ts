import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at } from '../../../../electron/base/arrays.ts'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import { recipes, type Recipe } from '../../../../electron/contract/index.ts'
import { readNpy } from '../../../../electron/engine/descriptors/index.ts'
import type { OpenEncoders } from '../../../../electron/engine/encoders/index.ts'
import {
  ensureFieldDescriptors,
  fieldHashes,
  type FieldsRequest,
} from '../../../../electron/engine/fields/field-descriptors.ts'
import { makeRaster, writePng } from '../../../../electron/engine/image/index.ts'
import { maskCellUm, maskClasses } from '../../../../electron/engine/tissue/tissue-mask.ts'
import { allTissue } from '../../../support/all-tissue.ts'
import { pixelEncoder } from '../../../support/pixel-encoder.ts'
import { expectRefusal } from '../encoders/helpers.ts'

const [widthPx, heightPx, pixelSizeUm] = [640, 480, 0.5]

/** Two crop sets around one place: 64 pixels at 1 um, and 160 pixels at 0.5 um. Colours are kept, one augmentation. */
const recipe: Recipe = {
  ...(recipes['quick'] as Recipe),
  encoders: ['vgg16'],
  stainStep: 'none',
  augmentation: { count: 1, gainRange: [1, 1], firstIsIdentity: true },
  crops: {
    sets: [
      { sizePx: 64, workingPixelSizeUm: 1, scale: 0.5 },
      { sizePx: 160, workingPixelSizeUm: 0.5, scale: 1 },
    ],
    count: 3,
  },
}

let folder: string
let image: FieldsRequest['image']
let encoded = 0
const encoders = { get: () => Promise.resolve(pixelEncoder(() => encoded++)) } as unknown as OpenEncoders

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lobule-fields-'))
  // Red grows to the right, green downwards: the mean of a square tells where it is.
  const raster = makeRaster(widthPx, heightPx)
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) raster.data.set([x / 4, y / 4, 128], 3 * (y * widthPx + x))
  const path = join(folder, 'ramp.png')
  await writePng(raster, path)
  image = { path, page: 1, sha256: await sha256OfFile(path), pixelSizeUm }
})
afterAll(() => rmSync(folder, { recursive: true }))

const request = (
  name: string,
  centres: readonly { x: number; y: number }[],
  isSlide: boolean,
  changes: Partial<FieldsRequest> = {},
): FieldsRequest => {
  const hashes = fieldHashes({ image, drawnTissue: isSlide ? [] : null, recipe }, centres)
  return {
    image,
    recipe,
    encoders,
    directory: join(folder, name),
    fields: centres.map((centre, index) => ({ ...centre, sha256: at(hashes, index) })),
    findTissue: isSlide ? () => allTissue(image) : null,
    ...changes,
  }
}
/** The mean colours of a field, by crop set. */
const coloursOf = async (files: readonly string[] | null | undefined): Promise<number[][]> =>
  Promise.all((files ?? []).map(async (file) => [...(await readNpy(file)).matrix.data]))

describe.each([
  ['an image', false],
  ['a slide', true],
])('the fields of %s', (name, isSlide) => {
  it('show the square of each crop around their centre', async () => {
    const [files] = await ensureFieldDescriptors(request(name, [{ x: 320, y: 240 }], isSlide))
    const colours = await coloursOf(files)
    expect(colours).toHaveLength(2)
    // A value is x / 4, cut to a whole number: its mean is 0.375 below that of the ramp; half a level for the resampling.
    for (const [red = 0, green = 0, blue = 0] of colours) {
      expect(Math.abs(red - (320 / 4 - 0.5))).toBeLessThan(0.5)
      expect(Math.abs(green - (240 / 4 - 0.5))).toBeLessThan(0.5)
      expect(blue).toBeCloseTo(128, 3)
    }
  })

  it('are moved inside the image, each crop by itself', async () => {
    const [files] = await ensureFieldDescriptors(request(name, [{ x: 70, y: 70 }], isSlide))
    const [small, large] = await coloursOf(files)
    // Squares of 128 and of 160 pixels of the file: only the larger one would begin outside.
    expect(Math.abs((small?.[0] ?? 0) - (70 / 4 - 0.5))).toBeLessThan(0.5)
    expect(Math.abs((large?.[0] ?? 0) - (80 / 4 - 0.5))).toBeLessThan(0.5)
  })

  it('are kept, and only those that are missing or damaged are made again', async () => {
    const centres = [100, 300, 500].map((x) => ({ x, y: 200 }))
    const fields = request(`${name} kept`, centres, isSlide)
    encoded = 0
    const seen: number[] = []
    const files = await ensureFieldDescriptors({ ...fields, onProgress: (done) => seen.push(done) })
    expect(seen).toEqual([0, 1, 2, 3])
    expect(encoded).toBe(6)
    const times = files.flat().map((file) => statSync(file ?? '').mtimeMs)
    writeFileSync(files[1]?.[0] ?? '', 'damaged')
    expect(await ensureFieldDescriptors(fields)).toEqual(files)
    expect(encoded).toBe(7)
    expect(
      files.flat().map((file, index) => index === 2 || statSync(file ?? '').mtimeMs === times[index]),
    ).toEqual(Array(6).fill(true))
    // A run that was stopped while the second field was made.
    const stop = new AbortController()
    const begun = request(`${name} begun`, centres, isSlide, { signal: stop.signal })
    await expectRefusal(
      () => ensureFieldDescriptors({ ...begun, onProgress: (done) => done === 1 && stop.abort() }),
      'job.cancelled',
      /Cancelled/,
    )
    encoded = 0
    const resumed = await ensureFieldDescriptors({ ...begun, signal: undefined })
    expect(encoded).toBe(2)
    expect(await Promise.all(resumed.map(coloursOf))).toEqual(await Promise.all(files.map(coloursOf)))
  })

  it('are refused for a file that has changed', async () => {
    const other = { ...image, sha256: '0'.repeat(64) }
    await expectRefusal(
      () => ensureFieldDescriptors(request(`${name} other`, [{ x: 200, y: 200 }], isSlide, { image: other })),
      'image.file-changed',
      /has changed/,
    )
  })
})

describe('a field', () => {
  it('has a hash of image, place, pixel size, camera bits, crops and drawn tissue', () => {
    const source = { image, drawnTissue: null, recipe }
    const centre = { x: 1, y: 23 }
    const [hash] = fieldHashes(source, [centre])
    const others = [
      fieldHashes(source, [{ x: 12, y: 3 }]),
      fieldHashes({ ...source, image: { ...image, sha256: 'a'.repeat(64) } }, [centre]),
      fieldHashes({ ...source, image: { ...image, pixelSizeUm: 0.25 } }, [centre]),
      fieldHashes({ ...source, image: { ...image, cameraBits: 12 } }, [centre]),
      fieldHashes({ ...source, image: { ...image, cameraBits: 14 } }, [centre]),
      fieldHashes({ ...source, drawnTissue: [] }, [centre]),
      fieldHashes({ ...source, drawnTissue: [{ kind: 'rectangle', left: 0, top: 0, right: 9, bottom: 9 }] }, [
        centre,
      ]),
      fieldHashes({ ...source, recipe: { crops: { ...recipe.crops, sets: recipe.crops.sets.slice(1) } } }, [
        centre,
      ]),
    ].flat()
    expect(new Set([hash, ...others]).size).toBe(9)
    expect(
      fieldHashes({ ...source, recipe: { ...recipe, crops: { ...recipe.crops, count: 7 } } }, [centre]),
    ).toEqual([hash])
  })

  it('keeps the hash of earlier versions where no camera bits are stated', () => {
    // sha256 of the canonical JSON of the source, then of "<it> 1 23", by Python's hashlib.
    const hash = '3198bf2ebad20077c42b10ffd43c5b8723797d5487db0db89f848cf2ca7cd508'
    const own = { sha256: 'a'.repeat(64), pixelSizeUm: 0.5 }
    for (const cameraBits of [null, undefined])
      expect(
        fieldHashes({ image: { ...own, cameraBits }, drawnTissue: null, recipe }, [{ x: 1, y: 23 }]),
      ).toEqual([hash])
  })

  it('of a slide has tissue in half of its square', async () => {
    const mask = await allTissue(image)
    // The right half of the slide is glass: the border is at 320 pixels, 160 um, 20 cells.
    const cells = mask.cells.map((code, index) =>
      index % mask.columns < 320 / (maskCellUm / pixelSizeUm) ? code : maskClasses.indexOf('background'),
    )
    const files = await ensureFieldDescriptors(
      request(
        'tissue',
        [
          { x: 320, y: 200 },
          { x: 322, y: 200 },
        ],
        true,
        { findTissue: () => Promise.resolve({ ...mask, cells }) },
      ),
    )
    expect(files.map((one) => one?.every((file) => existsSync(file)) ?? null)).toEqual([true, null])
  })

  it('of a slide needs the pixel size', async () => {
    await expectRefusal(
      () =>
        ensureFieldDescriptors(
          request('unknown', [{ x: 9, y: 9 }], true, { image: { ...image, pixelSizeUm: null } }),
        ),
      'slide.pixel-size-unknown',
      /pixel size/,
    )
  })
})
