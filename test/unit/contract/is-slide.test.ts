import { expect, it } from 'vitest'
import { isSlide } from '../../../electron/contract/index.ts'

const field = { format: 'tiff', widthPx: 2048, heightPx: 1536, pixelSizeUm: 0.42 }
const slide = { modelName: 'first', analysedMm2: 1, positiveShare: 0, isPositive: null, algorithm: 4 }

it.each([
  ['a field is none', field, false],
  ['of a scanner', { ...field, format: 'aperio' }, true],
  ['of 1.5 mm both ways', { ...field, widthPx: 3000, heightPx: 3000, pixelSizeUm: 0.5 }, true],
  ['a strip is none', { ...field, widthPx: 30_000, heightPx: 2999, pixelSizeUm: 0.5 }, false],
  [
    'without a pixel size, of 2^26 pixels',
    { ...field, widthPx: 8192, heightPx: 8192, pixelSizeUm: null },
    true,
  ],
  [
    'without a pixel size, smaller: none',
    { ...field, widthPx: 8192, heightPx: 8191, pixelSizeUm: null },
    false,
  ],
  ['analysed as one', { ...field, slide }, true],
])('what counts as a slide: %s', (_name, image, expected) => {
  expect(isSlide(image)).toBe(expected)
})
