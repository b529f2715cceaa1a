import { expect, it } from 'vitest'
import type { QualityFlag, VerdictLikeness, VerdictView } from '../../../../electron/contract/index.ts'
import { attentionOf, shownSpread } from '../../../../renderer/state/attention.ts'

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

it('adds nearness to the operating point, spread, unlikeness and flags, each from 0 to 1', () => {
  // 0.05 from 0.33 is a fifth of 0.25; a spread of 0.08 is 0.4 of 0.2; p of 0.05 is a quarter of 0.2; one other flag is
  // a half.
  const seen = attentionOf(
    verdict({
      carcinomaScore: 0.38,
      details: {
        ...details({ boosters: 0.08, augmentations: 0.03 }, 0.33),
        likeness: { pValue: 0.05, distance: 0.3, images: 99 },
      },
      flags: [flag, unlike],
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
  const worst = attentionOf(
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
    attentionOf(
      verdict({
        carcinomaScore: 1,
        details: { ...details({ boosters: 0, augmentations: 0 }, 0.5), likeness },
      }),
    ).unlike
  expect(known({ pValue: 0.2, distance: 1, images: 9 })).toBe(0)
  expect(known({ pValue: 1, distance: 1, images: 9 })).toBe(0)
  expect(known({ unknown: 'no-reference' })).toBe(0)
  expect(attentionOf(verdict({ carcinomaScore: 1 })).total).toBe(0)
})

it('uses the balanced point if a model has none, and the lead if there is no carcinoma score', () => {
  expect(attentionOf(verdict({ carcinomaScore: 0.5 })).nearPoint).toBe(1)
  expect(attentionOf(verdict({ carcinomaScore: null })).nearPoint).toBeCloseTo(0.5, 12)
})

it('shows the larger spread that enough members measured, or none', () => {
  const { spread: _, ...rest } = details({ boosters: 0, augmentations: 0 }, 0.5)
  const of = (boosters: number | null, augmentations: number | null, members = 5): number | null =>
    shownSpread({
      boosters: members,
      details: { ...rest, augmentations: members, spread: { boosters, augmentations } },
    })
  expect([of(0.1, 0.2), of(0.3, null), of(null, 0.4), of(null, null)]).toEqual([0.2, 0.3, 0.4, null])
  // Few members that happen to agree must not read as certainty.
  expect(of(0, 0, 4)).toBeNull()
  expect(shownSpread({ boosters: 9, details: null })).toBeNull()
})
