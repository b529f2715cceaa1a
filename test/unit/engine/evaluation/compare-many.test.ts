import { expect, it } from 'vitest'
import { adjustedPValues } from '../../../../electron/engine/evaluation/compare-many.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'

it('gives the p-values of a comparison that was worked by hand', () => {
  // Three cases of one image. Patterns of signs, up to their opposites: +++, -++, +-+, --+.
  // Differences by case: first and second 1 1 1, first and third 0 1 1, second and third -1 0 0.
  // Studentised: |sum| / root of squares. +++: 3/√3, 2/√2, 1. -++: 1/√3, 2/√2, 1. +-+: 1/√3, 0, 1. --+: 1/√3, 0, 1.
  // The largest of each: 1.732, 1.414, 1, 1. Own: 1.732 (once of four), 1.414 (twice of four).
  const right = [
    [1, 1, 1],
    [0, 0, 0],
    [1, 0, 0],
  ]
  expect(adjustedPValues(right, [0, 1, 2], 3, 0)).toEqual([1, 1 / 4, 2 / 4])
})

it('takes the images of a case together, and equal models as equal', () => {
  const images = Array.from({ length: 24 }, (_, image) => image)
  const all = images.map(() => 1)
  const half = images.map((image) => (image < 12 ? 1 : 0))
  const byImage = adjustedPValues([all, half, all], images, 24, 0)
  expect(byImage[1]).toBeLessThan(0.01)
  expect(byImage[2]).toBe(1)
  // The same images are of two cases, and only one differs.
  expect(
    adjustedPValues(
      [all, half, all],
      images.map((image) => Math.floor(image / 12)),
      2,
      0,
    ),
  ).toEqual([1, 1, 1])
})

it('finds what is there: one model far worse than five', () => {
  const models = [0.9, 0.9, 0.9, 0.9, 0.9, 0.4]
  const caseOfRow = Array.from({ length: 90 }, (_, row) => Math.floor(row / 3))
  const right = models.map((share, model) => {
    const generator = keyedGenerator('test', model)
    return caseOfRow.map(() => (generator.nextFloat() < share ? 1 : 0))
  })
  const p = adjustedPValues(right, caseOfRow, 30, 0)
  expect(p[5]).toBeLessThan(0.01)
  expect(Math.min(...p.slice(0, 5))).toBeGreaterThan(0.05)
})

it('rarely finds what is not there, however many are compared and whichever is called the best', () => {
  const cases = 10
  const runs = 200
  const caseOfRow = Array.from({ length: 4 * cases }, (_, row) => Math.floor(row / 4))
  let found = 0
  for (let run = 0; run < runs; run++) {
    const generator = keyedGenerator('null', run)
    // Cases are easy or hard for all models, and a classifier does nearly what another does.
    const ease = Array.from({ length: cases }, () => generator.nextFloat())
    const models = Array.from({ length: 4 }, () =>
      caseOfRow.map((index) => (generator.nextFloat() < (ease[index] ?? 0) ? 1 : 0)),
    )
    const right = models.flatMap((one) => [
      one,
      one.map((value) => (generator.nextFloat() < 0.1 ? 1 - value : value)),
    ])
    const sums = right.map((values) => values.reduce<number>((sum, value) => sum + value, 0))
    const best = sums.indexOf(Math.max(...sums))
    if (adjustedPValues(right, caseOfRow, cases, best).some((p) => p < 0.05)) found++
  }
  expect(found / runs).toBeLessThan(0.08)
})
