import { expect, it } from 'vitest'
import { magnificationOf, nextStep, zoomSteps } from '../../../../renderer/features/viewer/magnification.ts'

it('steps through the objectives of a microscope by pixel size: at 10x a pixel of the screen shows 1 um', () => {
  const steps = zoomSteps(0.5)
  expect(steps.map(({ magnification, imageZoom }) => [magnification, imageZoom])).toEqual([
    [1, 0.05], [2.5, 0.125], [5, 0.25], [10, 0.5], [20, 1], [40, 2],
  ]) // prettier-ignore
  expect(magnificationOf(0.5, 0.5)).toBe(10)
  expect(nextStep(steps, 0.3, 1)?.magnification).toBe(10)
  expect(nextStep(steps, 0.3, -1)?.magnification).toBe(5)
  // A zoom that is a step by all but rounding is left.
  expect(nextStep(steps, 0.5001, -1)?.magnification).toBe(5)
  expect(nextStep(steps, 2, 1)).toBeNull()
})

it('has percentages without a pixel size', () => {
  expect(zoomSteps(null).map(({ magnification }) => magnification)).toEqual([null, null, null, null, null])
})
