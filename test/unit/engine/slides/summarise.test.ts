import { describe, expect, it } from 'vitest'
import { summarise } from '../../../../electron/engine/slides/summarise.ts'
import type { SlideMap } from '../../../../electron/engine/slides/slide-map.ts'
import { drawnMap } from '../../../support/slide-map.ts'

const context = { tissueMm2: 1, threshold: 0.5 }

describe('areas', () => {
  it('are those of stride squares, weighted by their tissue', () => {
    const map = drawnMap(['bbc', '.nc'], { tissueShare: Float32Array.of(1, 0.5, 1, 0.5, 1) })
    const { analysedMm2, tissueMm2, classes } = summarise(map, context)
    // 100 x 100 um are 0.01 mm2.
    expect(analysedMm2).toBeCloseTo(0.04, 12)
    expect(tissueMm2).toBe(1)
    expect(classes.map(({ className, isPositive, places }) => [className, isPositive, places])).toEqual([
      ['Benign', false, 2],
      ['Normal', false, 1],
      ['Carcinoma', true, 2],
    ])
    expect(classes.map(({ areaMm2 }) => areaMm2)).toEqual(
      [0.015, 0.005, 0.02].map((area) => expect.closeTo(area, 12) as number),
    )
    expect(classes.map(({ share }) => share)).toEqual(
      [0.375, 0.125, 0.5].map((share) => expect.closeTo(share, 12) as number),
    )
  })

  it('join places that touch by an edge, not by a corner, nor around the end of a row', () => {
    const map = drawnMap(['c.bc', 'cb.c', '.c..'])
    const largest = summarise(map, context).classes.map((area) => area.largest)
    // Two columns of two; the first of equal ones. Its stride squares begin 50 um, 100 px, inside the places.
    expect(largest[2]).toEqual({
      areaMm2: expect.closeTo(0.02, 12) as number,
      places: 2,
      left: 100,
      top: 100,
      right: 300,
      bottom: 500,
    })
    expect(largest[0]).toMatchObject({ places: 1, left: 500, top: 100 })
    expect(largest[1]).toBeNull()
  })

  it('of a map without places are zero', () => {
    expect(summarise(drawnMap(['..']), context)).toMatchObject({
      analysedMm2: 0,
      score95: null,
      abovePoint: null,
      worthALook: [],
      classes: [{ areaMm2: 0, share: 0, largest: null }, { share: 0 }, { share: 0 }],
    })
  })
})

describe('carcinoma scores', () => {
  /** Of two classes, so that the score is the probability of carcinoma. */
  const scored = (scores: readonly number[], said: Partial<SlideMap> = {}): SlideMap =>
    drawnMap(['b'.repeat(scores.length)], {
      classes: ['Benign', 'Carcinoma'],
      isPositive: [false, true],
      probabilities: Float32Array.from(scores.flatMap((score) => [1 - score, score])),
      ...said,
    })

  it('give the 95th percentile that numpy gives', () => {
    // numpy.percentile([0, .25, .5, .75, 1], 95): rank 0.95 * 4 = 3.8, between 0.75 and 1.
    expect(summarise(scored([0.25, 1, 0, 0.75, 0.5]), context).score95).toBeCloseTo(0.95, 12)
  })

  it('count places at or above the operating point', () => {
    const { abovePoint } = summarise(scored([0.25, 0.5, 0.75]), { ...context, threshold: 0.5 })
    expect(abovePoint).toEqual({ threshold: 0.5, places: 2, areaMm2: expect.closeTo(0.02, 12) as number })
  })

  it('are null without a positive class', () => {
    const { score95, abovePoint, worthALook } = summarise(
      scored([0.25, 0.5], { isPositive: [false, false] }),
      context,
    )
    expect([score95, abovePoint]).toEqual([null, null])
    // The lowest margin first.
    expect(worthALook.map(({ cell, carcinomaScore }) => [cell, carcinomaScore])).toEqual([[1, null]])
  })

  it('put places worth a look in order, with a place between two of them', () => {
    const map = scored([0.5, 0.75, 0.25, 0.625, 0.875, 0.125, 0.5, 0.375, 0.75])
    const { worthALook } = summarise(map, context)
    // A place is two strides wide, so at least four strides are between the left edges.
    expect(worthALook.map(({ cell, carcinomaScore }) => [cell, carcinomaScore])).toEqual([
      [4, 0.875],
      [8, 0.75],
      [0, 0.5],
    ])
    expect(worthALook[0]).toEqual({
      cell: 4,
      left: 800,
      top: 0,
      edgePx: 400,
      suggested: 'Carcinoma',
      probabilities: [0.125, 0.875],
      carcinomaScore: 0.875,
      likeness: null,
    })
  })

  it('that are equal are ordered by margin, then by position', () => {
    const map = drawnMap(['b...b...b'], {
      probabilities: Float32Array.of(0.75, 0, 0.25, 0.375, 0.5, 0.125, 0.75, 0, 0.25),
      isPositive: [false, true, true],
    })
    // Scores 1/4, 0.5 / (0.5 + 0.375), 1/4; margins 0.5, 0.125, 0.5.
    expect(summarise(map, context).worthALook.map(({ cell }) => cell)).toEqual([4, 0, 8])
    const equal = {
      ...map,
      probabilities: Float32Array.of(0.75, 0, 0.25, 0.375, 0.125, 0.125, 0.75, 0, 0.25),
    }
    expect(summarise(equal, context).worthALook.map(({ cell }) => cell)).toEqual([4, 0, 8])
  })
})

it('likeness stays with its place, and no place is counted as unlike the training images', () => {
  expect(summarise(drawnMap(['bb']), context).worthALook[0]?.likeness).toBeNull()
  const likeness = Float32Array.of(0.25, 0.5, 0.125)
  const found = summarise(drawnMap(['b...b...b'], { likeness }), context)
  expect(found.worthALook.map((place) => [place.cell, place.likeness])).toEqual([
    [0, 0.25],
    [4, 0.5],
    [8, 0.125],
  ])
  expect(found).not.toHaveProperty('unlike')
})

it('arrays of different lengths are refused', () => {
  expect(() => summarise(drawnMap(['bb'], { tissueShare: Float32Array.of(1) }), context)).toThrow(
    'do not fit',
  )
})

describe('of any map', () => {
  /** A reproducible map: a linear congruential generator (Numerical Recipes) draws letters and shares. */
  const randomMap = (seed: number): SlideMap => {
    let state = seed
    const draw = (): number => {
      state = (state * 1664525 + 1013904223) % 2 ** 32
      return state / 2 ** 32
    }
    const rows = Array.from({ length: 12 }, () =>
      Array.from({ length: 15 }, () => '..bnnccc'[Math.floor(draw() * 8)]).join(''),
    )
    const map = drawnMap(rows)
    return { ...map, tissueShare: map.tissueShare.map(() => 0.5 + draw() / 2) }
  }

  it.each([1, 2, 3, 4, 5])('areas and places add up (seed %i)', (seed) => {
    const map = randomMap(seed)
    const { classes, analysedMm2, worthALook } = summarise(map, context)
    const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
    // Sums of 180 doubles in another order.
    expect(sum(classes.map(({ areaMm2 }) => areaMm2))).toBeCloseTo(analysedMm2, 12)
    expect(sum(classes.map(({ share }) => share))).toBeCloseTo(1, 12)
    expect(sum(classes.map(({ places }) => places))).toBe(map.cells.length)
    for (const { largest, areaMm2 } of classes)
      expect(largest?.areaMm2 ?? 0).toBeLessThanOrEqual(areaMm2 + 1e-12)
    expect(new Set(worthALook.map(({ cell }) => cell)).size).toBe(worthALook.length)
  })

  it.each([1, 2, 3])('another order of the classes changes nothing (seed %i)', (seed) => {
    const map = randomMap(seed)
    const order = [2, 0, 1]
    const turned: SlideMap = {
      ...map,
      classes: order.map((c) => map.classes[c] ?? ''),
      isPositive: order.map((c) => map.isPositive[c] ?? false),
      probabilities: Float32Array.from(
        Array.from(map.cells.keys(), (place) =>
          order.map((c) => map.probabilities[place * 3 + c] ?? 0),
        ).flat(),
      ),
    }
    const [before, after] = [summarise(map, context), summarise(turned, context)]
    expect(order.map((c) => before.classes[c])).toEqual(after.classes)
    expect(after).toMatchObject({ ...before, classes: after.classes, worthALook: after.worthALook })
    expect(after.worthALook.map(({ cell }) => cell)).toEqual(before.worthALook.map(({ cell }) => cell))
  })

  it.each([1, 2, 3])('a mirrored slide has the same areas (seed %i)', (seed) => {
    const map = randomMap(seed)
    const { columns } = map.grid
    const mirrored = (place: number): number => {
      const cell = map.cells[place] ?? 0
      return cell - (cell % columns) + columns - 1 - (cell % columns)
    }
    const order = Array.from(map.cells.keys()).toSorted((a, b) => mirrored(a) - mirrored(b))
    const other: SlideMap = {
      ...map,
      cells: Int32Array.from(order, mirrored),
      tissueShare: Float32Array.from(order, (place) => map.tissueShare[place] ?? 0),
      probabilities: Float32Array.from(
        order.flatMap((place) => [...map.probabilities.subarray(place * 3, place * 3 + 3)]),
      ),
    }
    const [before, after] = [summarise(map, context), summarise(other, context)]
    const sizes = ({ classes }: typeof before): unknown =>
      classes.map(({ areaMm2, places, largest }) => [areaMm2.toFixed(9), places, largest?.areaMm2.toFixed(9)])
    expect(sizes(after)).toEqual(sizes(before))
    expect(after.score95).toBe(before.score95)
  })
})
