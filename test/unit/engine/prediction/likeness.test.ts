import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { asFar, isUnlike, type OutOfFoldPrediction } from '../../../../electron/contract/index.ts'
import { asMatrix, type Matrix } from '../../../../electron/engine/descriptors/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import {
  likenessAugmentations,
  likenessOfNew,
  likenessOfTrained,
  nearestOthers,
  signatureOf,
  trainedPValues,
} from '../../../../electron/engine/prediction/likeness.ts'
import { record } from '../../../support/evidence-record.ts'

const vectorsOf = (rows: readonly (readonly number[])[]): Matrix =>
  asMatrix(rows.map((row) => Float32Array.from(row)))
const noCases = (count: number): null[] => new Array<null>(count).fill(null)

async function found(vectors: Matrix, cases: readonly (string | null)[]): Promise<number[][]> {
  const nearest = await nearestOthers(vectors, cases)
  if (nearest === null) throw new Error('too few images')
  return nearest
}

describe('worked by hand', () => {
  // On a line, at 0, 1, 2, 4, 8 and 16.
  const line = vectorsOf([0, 1, 2, 4, 8, 16].map((x) => [x]))

  it('the three nearest of each, itself excluded, and the share of those at least as far', async () => {
    const nearest = await found(line, noCases(6))
    expect(nearest).toEqual([
      [1, 2, 4],
      [1, 1, 3],
      [1, 2, 2],
      [2, 3, 4],
      [4, 6, 7],
      [8, 12, 14],
    ])
    // Third nearest: 4, 3, 2, 4, 7, 14.
    expect(trainedPValues(nearest)).toEqual([4 / 6, 5 / 6, 1, 4 / 6, 2 / 6, 1 / 6])
  })

  it('leaves out the image’s own case, and counts an image without a case as a separate case', async () => {
    const nearest = await found(line, ['a', 'a', null, null, 'b', 'b'])
    expect(nearest).toEqual([
      [2, 4, 8],
      [1, 3, 7],
      [1, 2, 2],
      [2, 3, 4],
      [4, 6, 7],
      [12, 14, 15],
    ])
    expect(await nearestOthers(line, ['a', 'a', 'a', 'a', 'b', 'b'])).toBeNull()
    expect(await nearestOthers(vectorsOf([[0], [1], [2]]), noCases(3))).toBeNull()
  })

  it('ranks a new image among the others with itself among them', async () => {
    const nearest = await found(line, noCases(6))
    // 3: to the others 3, 2, 1, 1, 5, 13; the third nearest is 2. With 3 on the line the others have
    // 0: 1 2 3, 1: 1 1 2, 2: 1 1 2, 4: 1 2 3, 8: 4 5 6, 16: 8 12 13. All are as far.
    expect(likenessOfNew(Float32Array.of(3), line, nearest)).toEqual({ pValue: 1, distance: 2, images: 6 })
    // 40: 40, 39, 38, 36, 32, 24; the third nearest is 36, and no other is as far.
    const far = likenessOfNew(Float32Array.of(40), line, nearest)
    expect(far).toEqual({ pValue: 1 / 7, distance: 36, images: 6 })
    expect(asFar(far)).toBe(0)
    expect(isUnlike(far)).toBe(false)
    expect(isUnlike({ pValue: 0.05 })).toBe(true)
    // 10: 10, 9, 8, 6, 2, 6; the third nearest is 6. Of the others: 8 has 2 4 6, 16 has 6 8 12; 4, 3, 2, 4 stay.
    const between = likenessOfNew(Float32Array.of(10), line, nearest)
    expect(between).toEqual({ pValue: 3 / 7, distance: 6, images: 6 })
    expect(asFar(between)).toBe(2)
  })

  it('makes one vector of length 1 from the first augmentations, with equal weights for the constituents', () => {
    const tables = [
      vectorsOf([
        [2, 8],
        [4, 0],
        [1000, 1000],
      ]),
      vectorsOf([
        [0, 0, 5],
        [0, 0, 1],
        [7, 7, 7],
      ]),
    ]
    // Means 3 4 and 0 0 3, of lengths 5 and 3.
    const half = Math.SQRT1_2
    expect([...signatureOf(tables, 2)]).toEqual(
      [0.6 * half, 0.8 * half, 0, 0, half].map((value) => Math.fround(value)),
    )
    expect([...signatureOf([vectorsOf([[0, 0]]), vectorsOf([[0, 9]])], 1)]).toEqual([
      0,
      0,
      0,
      Math.fround(half),
    ])
    expect(() => signatureOf(tables, 4)).toThrow(RangeError)
  })

  it('averages no more augmentations than every adaptive prediction uses', () => {
    expect([1, 2, 3, 4, 5, 20, 50].map(likenessAugmentations)).toEqual([1, 2, 2, 3, 3, 3, 3])
  })
})

it('is that of the training image as a whole, never of one of its regions', () => {
  const row = (sha256: string, pValue: number, uuid: string | null): OutOfFoldPrediction => ({
    image: `${sha256} ${uuid}`,
    sha256,
    caseName: null,
    fold: 0,
    truth: 'Benign',
    predicted: 'Benign',
    carcinomaScore: null,
    probabilities: {},
    likeness: { pValue, distances: [0.1, 0.2, pValue] },
    ...(uuid === null ? {} : { region: { uuid, fields: 1 } }),
  })
  const predictions = [row('a', 0.25, 'r'), row('a', 0.5, null), row('b', 0.75, 's')]
  const likeness = { neighbours: 3, augmentations: 1, columns: 1, sha256: '0'.repeat(64) }
  const report = { ...record.report, predictions, likeness }
  expect(likenessOfTrained(report, 'a')).toEqual({ pValue: 0.5, distance: 0.5, images: 2 })
  expect(likenessOfTrained(report, 'b')).toEqual({ unknown: 'only-regions' })
  expect(likenessOfTrained({ ...record.report, predictions }, 'a')).toEqual({ unknown: 'no-reference' })
})

describe('refuses', () => {
  it('vectors of another length, and can be cancelled', async () => {
    const vectors = vectorsOf([[0], [1], [2], [3]])
    const nearest = await found(vectors, noCases(4))
    expect(() => likenessOfNew(Float32Array.of(1, 2), vectors, nearest)).toThrow(RangeError)
    expect(() => likenessOfNew(Float32Array.of(1), vectors, nearest.slice(1))).toThrow(RangeError)
    await expect(nearestOthers(vectors, noCases(4), AbortSignal.abort())).rejects.toMatchObject({
      code: 'job.cancelled',
    })
  })
})

interface Golden {
  parts: number[][][]
  signatures: number[][]
  cases: number[]
  nearest: number[][]
  trained: number[]
  new: { distance: number; pValue: number }[]
}
const golden = JSON.parse(
  readFileSync(new URL('../../../references/evaluation/likeness.json', import.meta.url), 'utf8'),
) as Golden[]

describe('scikit-learn, every neighbour found again', () => {
  it.each(golden.map((g, seed) => ({ ...g, seed })))('case $seed', async (g) => {
    // Scaled in another order of operations: the last bit of a float32 below 1.
    g.signatures.forEach((row, i) => {
      const own = signatureOf(
        g.parts.map((part) => vectorsOf([part[i] ?? []])),
        1,
      )
      expect(own.length).toBe(row.length)
      own.forEach((value, k) => expect(Math.abs(value - (row[k] ?? NaN))).toBeLessThanOrEqual(2 ** -24))
    })
    const count = g.cases.length
    const vectors = vectorsOf(g.signatures.slice(0, count))
    const cases = g.cases.map((name) => (name < 0 ? null : String(name)))
    const nearest = await found(vectors, cases)
    // 1e-12: sums of at most 18 squares below 1, in another order.
    expect(nearest.length).toBe(g.nearest.length)
    nearest.forEach((own, i) =>
      own.forEach((value, k) => expect(Math.abs(value - (g.nearest[i]?.[k] ?? NaN))).toBeLessThan(1e-12)),
    )
    expect(trainedPValues(nearest)).toEqual(g.trained)
    expect(g.new.length).toBe(4)
    for (const [i, expected] of g.new.entries()) {
      const own = likenessOfNew(Float32Array.from(g.signatures[count + i] ?? []), vectors, nearest)
      expect(Math.abs(own.distance - expected.distance)).toBeLessThan(1e-12)
      expect(own.pValue).toBe(expected.pValue)
      expect(own.images).toBe(count)
    }
  })
})

describe('the guarantee', () => {
  const trials = 2000
  const images = 19
  const levels = [0.05, 0.1, 0.25, 0.5, 0.9]

  /** How often, in this many trials, the p-value of a new point is at most each level. */
  async function rates(draw: (random: ReturnType<typeof keyedGenerator>) => number[], shift: number) {
    const counts = levels.map(() => 0)
    for (let trial = 0; trial < trials; trial++) {
      const random = keyedGenerator('likeness', String(trial))
      const vectors = vectorsOf(Array.from({ length: images }, () => draw(random)))
      const nearest = await found(vectors, noCases(images))
      const added = Float32Array.from(draw(random), (value) => value + shift)
      const { pValue } = likenessOfNew(added, vectors, nearest)
      levels.forEach((level, i) => (counts[i] = (counts[i] ?? 0) + (pValue <= level + 1e-12 ? 1 : 0)))
    }
    return counts.map((count) => count / trials)
  }
  // 4 standard errors of a share of this many trials: exceeded by chance once in 30 000.
  const room = (level: number): number => 4 * Math.sqrt((level * (1 - level)) / trials)

  // Two clouds of different width: far from what a method might assume.
  const clouds = (random: ReturnType<typeof keyedGenerator>): number[] => {
    const width = random.nextFloat() < 0.3 ? 3 : 0.5
    return Array.from({ length: 4 }, () => width * random.nextNormal() + (width === 3 ? 2 : 0))
  }

  it('points of the same distribution have a p-value of a or less in at most a share a of trials, and not in far fewer', async () => {
    const seen = await rates(clouds, 0)
    levels.forEach((level, i) => {
      expect(seen[i]).toBeLessThanOrEqual(level + room(level))
      // Ties, of two images that are each other's third nearest, only ever raise a p-value.
      expect(seen[i]).toBeGreaterThan(0.6 * level)
    })
  })

  it('points of another distribution have small ones', async () => {
    const [flagged = 0] = await rates(clouds, 30)
    expect(flagged).toBe(1)
  })
})
