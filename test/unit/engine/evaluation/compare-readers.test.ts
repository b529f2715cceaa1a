import { expect, it } from 'vitest'
import { cohenKappa } from '../../../../electron/engine/evaluation/agreement.ts'
import { compareReaders, type ImageLabels } from '../../../../electron/engine/evaluation/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'

const image = (imageId: number, said: Record<string, number>): ImageLabels => ({
  imageId,
  labels: Object.entries(said).map(([reader, classIndex]) => ({ reader, classIndex })),
})

it('is worked by hand: two readers, one of them unsure once, one image read by only one', () => {
  const images = [
    image(1, { a: 0, b: 0 }),
    image(2, { a: 0, b: 1 }),
    image(3, { a: 1, b: 1 }),
    image(4, { a: 1, b: 1 }),
    image(5, { a: -1, b: 0 }),
    image(6, { a: 1 }),
  ]
  const { pairs, overall } = compareReaders(images, ['a', 'b'], 2)
  expect(pairs).toHaveLength(1)
  const [pair] = pairs
  expect(pair).toMatchObject({ first: 'a', second: 'b', images: 4, agreed: 3, unsure: 1 })
  // Agreement 3/4; chance 1/2 x 1/4 + 1/2 x 3/4 = 1/2.
  expect(pair?.kappa).toBeCloseTo(0.5, 15)
  expect(pair?.cells).toEqual([
    [[1], [2], []],
    [[], [3, 4], []],
    [[5], [], []],
  ])
  // Wilson, 3 of 4.
  expect(pair?.observed?.share).toBe(0.75)
  expect(pair?.observed?.low).toBeCloseTo(0.30064, 4)
  expect(pair?.observed?.high).toBeCloseTo(0.95441, 4)
  // Fleiss: shares 3/8 and 5/8, chance 9/64 + 25/64; agreement 3/4.
  expect(overall).toMatchObject({ images: 4, readers: 2 })
  expect(overall.kappa).toBeCloseTo((0.75 - 34 / 64) / (1 - 34 / 64), 15)
})

it('leaves out pairs without a common image, and reports no kappa', () => {
  const apart = compareReaders([image(1, { a: 0 }), image(2, { b: 0 })], ['a', 'b'], 2)
  expect(apart).toEqual({
    pairs: [],
    overall: { images: 0, readers: 0, kappa: null, standardError: null, interval: null },
  })
  const unsure = compareReaders([image(1, { a: -1, b: -1 })], ['a', 'b'], 2)
  expect(unsure.pairs).toMatchObject([{ images: 0, unsure: 1, agreed: 0, observed: null, kappa: null }])
  expect(compareReaders([], [], 0).pairs).toEqual([])
})

it('gives each pair the kappa of its own table, however the readers are named', () => {
  const generator = keyedGenerator('compare readers', 1)
  const names = ['a', 'b', 'c']
  const images = Array.from({ length: 80 }, (_, n) =>
    image(
      n + 1,
      Object.fromEntries(
        names.flatMap((name) => {
          const drawn = generator.nextInteger(6)
          return drawn === 5 ? [] : [[name, drawn === 4 ? -1 : drawn]]
        }),
      ),
    ),
  )
  const { pairs } = compareReaders(images, names, 4)
  expect(pairs.map(({ first, second }) => first + second)).toEqual(['ab', 'ac', 'bc'])
  const backwards = compareReaders(images, names.toReversed(), 4).pairs
  for (const pair of pairs) {
    const counts = pair.cells.slice(0, 4).map((line) => line.slice(0, 4).map(({ length }) => length))
    expect(pair.kappa).toBe(cohenKappa(counts).kappa)
    const all = pair.cells.flat(2)
    expect(new Set(all).size).toBe(all.length)
    expect(all.length).toBe(pair.images + pair.unsure)
    const other = backwards.find(({ first, second }) => first === pair.second && second === pair.first)
    expect(other?.kappa).toBeCloseTo(pair.kappa ?? NaN, 12)
    expect(other?.cells.map((_, r) => other.cells.map((line) => line[r]))).toEqual(pair.cells)
  }
})
