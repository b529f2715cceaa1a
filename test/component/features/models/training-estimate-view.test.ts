import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'
import type { TrainingEstimate } from '../../../../electron/contract/index.ts'
import TrainingEstimateView from '../../../../renderer/features/models/TrainingEstimateView.svelte'

const estimateOf = (crops400: number): TrainingEstimate => ({
  images: 10,
  fields: 0,
  boosters: 5,
  encoders: [{ encoder: 'resnet50', images: 10, crops400 }],
  bytes: 1,
  freeBytes: 2,
})
/** Ten crops a second. */
const show = (
  crops400: number,
  onPlan: (() => void) | null = null,
  earlier: { name: string; images: number; durationMs: number }[] = [],
): void => {
  render(TrainingEstimateView, {
    estimate: estimateOf(crops400),
    titleOf: (encoder: string) => encoder,
    speedOf: () => 10,
    isMeasuring: false,
    onMeasure: null,
    onPlan,
    earlier,
  })
}

it('names other machines only where this one would encode for eight hours or more', () => {
  show(10 * 3600 * 8 - 10)
  expect(screen.queryByText(/on this computer alone/)).toBeNull()
  let plans = 0
  show(10 * 3600 * 8, () => plans++)
  expect(screen.getByText(/^Encoding takes 8 h.* on this computer alone\./)).toBeTruthy()
  screen.getByRole('button', { name: 'Make a plan…' }).click()
  expect(plans).toBe(1)
})

it('names them where the last training with the recipe took eight hours or more', () => {
  const took = (hours: number): void => show(10, null, [{ name: 'm', images: 9, durationMs: hours * 3.6e6 }])
  took(7.9)
  expect(screen.queryByText(/Several computers/)).toBeNull()
  took(50)
  screen.getByText(/^m took 2 days with this recipe\. Several computers can share the training/)
})
