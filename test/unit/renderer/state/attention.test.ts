import { expect, it } from 'vitest'
import { shownSpread } from '../../../../renderer/state/attention.ts'

it('shows the larger spread that enough members measured, or none', () => {
  const rest = {
    calibrated: {},
    predictionSet: { level: 0.9, classes: [] },
    byEncoder: {},
    operatingPoint: null,
  }
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
