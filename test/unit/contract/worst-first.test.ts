import { describe, expect, it } from 'vitest'
import {
  attentionOf,
  worstFirst,
  type Attention,
  type ImageView,
  type QualityFlag,
  type VerdictLikeness,
  type VerdictView,
} from '../../../electron/contract/index.ts'
import { sortedPlaces } from '../../../renderer/state/sort-images.ts'

const unlike: QualityFlag = { code: 'unlike-training', measured: 0.05, threshold: 0.05 }
const flag: QualityFlag = { code: 'out-of-focus', measured: 1, threshold: 2 }
const details = (
  spread: { boosters: number | null; augmentations: number | null },
  threshold: number,
): NonNullable<VerdictView['details']> => ({
  calibrated: {},
  predictionSet: { level: 0.9, classes: [] },
  spread,
  byEncoder: {},
  augmentations: 1,
  operatingPoint: { threshold, isPositive: true },
})

const verdict = (change: Partial<VerdictView>): VerdictView => ({
  id: 1,
  imageId: 1,
  modelId: 1,
  modelName: 'm',
  suggested: 'A',
  probabilities: { A: 0.7, B: 0.2, C: 0.1 },
  carcinomaScore: 0.9,
  weights: 'official',
  outOfFold: false,
  boosters: 1,
  flags: [],
  details: null,
  at: '2026-01-01T00:00:00.000Z',
  ...change,
})

/** The attention of an image without a label. */
function seenAt(verdict: VerdictView): Attention {
  const attention = attentionOf({ label: null, verdict })
  if (attention === null) throw new Error('no attention')
  return attention
}

it('adds nearness to the operating point, spread, unlikeness and flags, each from 0 to 1, where no label is contradicted', () => {
  // 0.05 from 0.33 is a fifth of 0.25; a spread of 0.08 is 0.4 of 0.2; p of 0.05 is a quarter of 0.2; one other flag is
  // a half.
  const seen = seenAt(
    verdict({
      carcinomaScore: 0.38,
      details: {
        ...details({ boosters: 0.08, augmentations: 0.03 }, 0.33),
        likeness: { pValue: 0.05, distance: 0.3, images: 99 },
      },
      flags: [flag, unlike, { code: 'pixel-size-unknown' } as QualityFlag],
    }),
  )
  expect(seen.nearPoint).toBeCloseTo(0.8, 12)
  expect(seen.spread).toBeCloseTo(0.4, 12)
  expect(seen.unlike).toBeCloseTo(0.75, 12)
  // Unlike counts once.
  expect(seen.flags).toBe(0.5)
  expect(seen.total).toBeCloseTo(2.45, 12)
})

it('stays within its bounds, and is zero for a certain prediction without flags', () => {
  const worst = seenAt(
    verdict({
      carcinomaScore: 0.33,
      details: {
        ...details({ boosters: 0.5, augmentations: null }, 0.33),
        likeness: { pValue: 1e-9, distance: 1, images: 1e9 },
      },
      flags: [flag, flag, flag],
    }),
  )
  expect(worst).toMatchObject({ nearPoint: 1, spread: 1, flags: 1 })
  expect(worst.unlike).toBeCloseTo(1, 6)
  expect(worst.total).toBeCloseTo(4, 6)
  const known = (likeness: VerdictLikeness): number =>
    seenAt(
      verdict({
        carcinomaScore: 1,
        details: { ...details({ boosters: 0, augmentations: 0 }, 0.5), likeness },
      }),
    ).unlike
  expect(known({ pValue: 0.2, distance: 1, images: 9 })).toBe(0)
  expect(known({ pValue: 1, distance: 1, images: 9 })).toBe(0)
  expect(known({ unknown: 'no-reference' })).toBe(0)
  expect(seenAt(verdict({ carcinomaScore: 1 })).total).toBe(0)
})

it('uses the balanced point if a model has none, and the lead if there is no carcinoma score', () => {
  expect(seenAt(verdict({ carcinomaScore: 0.5 })).nearPoint).toBe(1)
  expect(seenAt(verdict({ carcinomaScore: null })).nearPoint).toBeCloseTo(0.5, 12)
})

const sure = (p: number, suggested = 'A'): VerdictView =>
  verdict({
    suggested,
    carcinomaScore: 1,
    probabilities: { A: 0.5, B: 0.5 },
    details: {
      ...details({ boosters: 0, augmentations: 0 }, 0.5),
      calibrated: { [suggested]: p, other: 1 - p },
    },
  })
const image = (id: number, label: string | null, of: VerdictView | null): ImageView =>
  ({ id, label: label === null ? null : { className: label }, verdict: of }) as ImageView
const contradictionOf = (label: string | null, of: VerdictView): number | undefined =>
  attentionOf(image(1, label, of))?.contradiction

it('counts a contradiction only with a label that differs, by the calibrated probability from 0.8', () => {
  expect(contradictionOf('B', sure(0.93))).toBe(0.93)
  expect(contradictionOf('B', sure(0.8))).toBe(0.8)
  // The raw output is 0.5 in all of these.
  expect(contradictionOf('B', sure(0.799))).toBe(0)
  expect(contradictionOf('A', sure(0.93))).toBe(0)
  expect(contradictionOf(null, sure(0.93))).toBe(0)
  // Without a calibration the raw output counts.
  expect(contradictionOf('B', verdict({ probabilities: { A: 0.9, B: 0.1 } }))).toBe(0.9)
})

it('gives a contradiction 4 and its probability, and names the other parts, which do not count then', () => {
  const seen = attentionOf(image(1, 'B', { ...sure(0.9), carcinomaScore: 0.5, flags: [flag, flag] }))
  expect(seen).toEqual({ contradiction: 0.9, nearPoint: 1, spread: 0, unlike: 0, flags: 1, total: 4.9 })
})

it('has no attention for an image without a suggested class, or with one that is hidden', () => {
  expect(attentionOf(image(1, 'B', null))).toBeNull()
})

describe('worst first', () => {
  const near = { ...sure(0.5), carcinomaScore: 0.5 }
  const worst = {
    ...sure(0.7),
    carcinomaScore: 0.5,
    flags: [flag, flag],
    details: {
      ...details({ boosters: 1, augmentations: 1 }, 0.5),
      likeness: { pValue: 1e-9, distance: 1, images: 1e9 },
    },
  }
  const study = [
    image(1, 'A', sure(0.99)),
    image(2, null, null),
    image(3, 'B', sure(0.85)),
    image(4, null, near),
    image(5, 'B', sure(0.97)),
    image(6, 'A', null),
    image(7, 'B', near),
    image(8, 'B', worst),
  ]
  const order = (images: readonly ImageView[]): number[] => worstFirst(images).map(({ image: { id } }) => id)

  it('begins with confident contradictions, then goes by the other parts; the rest keeps its order', () => {
    // 5 and 3 contradict with 0.97 and 0.85; 8 has all other parts; 4 and 7 are at the point; 1 is certain and agrees.
    expect(order(study)).toEqual([5, 3, 8, 4, 7, 1, 2, 6])
  })

  it('is the order of the page, whose column sorts by the total', () => {
    const total = (one: ImageView): number | undefined => attentionOf(one)?.total
    const places = sortedPlaces(study, { valueOf: total, first: 'descending' }, 'descending', {
      rankOf: () => 0,
    })
    expect(places.map((place) => study[place]?.id)).toEqual(order(study))
  })

  it('puts every contradiction before everything else, whatever the other parts are', () => {
    const all = Array.from({ length: 60 }, (_, id) =>
      image(id, id % 3 === 0 ? 'B' : 'A', id % 2 === 0 ? sure(0.8 + (id % 20) / 100) : worst),
    )
    const contradicts = worstFirst(all).map(({ attention }) => (attention?.contradiction ?? 0) > 0)
    expect(contradicts.indexOf(false)).toBe(contradicts.filter(Boolean).length)
    expect(contradicts.filter(Boolean)).toHaveLength(10)
  })
})
