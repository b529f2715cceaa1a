import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import {
  classifyCells,
  saturationOf,
  tissueThreshold,
} from '../../../../electron/engine/tissue/find-tissue.ts'
import { kernels } from '../../../../electron/engine/tissue/kernels.ts'
import { close, fillGaps, keepParts } from '../../../../electron/engine/tissue/shapes.ts'

interface Golden {
  colours: string
  saturation: string
  medians: { columns: number; values: string; median: string; otsu: number }[]
  masks: { columns: number; mask: string; closed: string; withoutParts: string; withoutGaps: string }[]
  slide: { tissueCells: number }
}

/** Written by OpenCV and scikit-image (test/references/tissue/make_golden.py). */
const folder = new URL('../../../references/tissue/', import.meta.url)
const golden = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8')) as Golden
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))

const pixelsOf = async (name: string) =>
  sharp(fileURLToPath(new URL(name, folder)))
    .raw()
    .toBuffer({ resolveWithObject: true })

test('the saturation of every kind of colour is that of OpenCV', () => {
  const [colours, expected] = [bytes(golden.colours), bytes(golden.saturation)]
  const found = saturationOf(colours)
  expect(found).toEqual(expected)
})

test.each(golden.medians)('the median and the threshold are those of OpenCV: %#', (example) => {
  const [values, expected] = [bytes(example.values), bytes(example.median)]
  const found = new Uint8Array(values.length)
  kernels().median7(values, example.columns, found)
  expect(found).toEqual(expected)
  expect(tissueThreshold(values)).toBe(Math.max(7, Math.min(20, example.otsu)))
})

test.each(golden.masks)(
  'closed, without small parts and gaps as in OpenCV and scikit-image: %#',
  (example) => {
    const { columns } = example
    const changed = (change: (flags: { columns: number; cells: Uint8Array }) => void) => {
      const cells = bytes(example.mask)
      change({ columns, cells })
      return cells
    }
    expect(changed((flags) => close(flags, 3))).toEqual(bytes(example.closed))
    expect(changed((flags) => keepParts(flags, 8, ({ size }) => size >= 9))).toEqual(
      bytes(example.withoutParts),
    )
    expect(changed((flags) => fillGaps(flags, 9))).toEqual(bytes(example.withoutGaps))
  },
)

test('the mask of a slide is that of OpenCV and scikit-image', async () => {
  const { data, info } = await pixelsOf('cells.png')
  const expected = await pixelsOf('mask.png')
  const colours = new Uint8Array(data)
  const mask = classifyCells({ rows: info.height, columns: info.width, colours, sharpness: null })
  const isTissue = expected.data
    .filter((_, at) => at % expected.info.channels === 0)
    .map((level) => level / 255)
  expect([...mask.cells]).toEqual([...isTissue])
  expect(mask.cells.filter((code) => code === 1)).toHaveLength(golden.slide.tissueCells)
})
