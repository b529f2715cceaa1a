import { render, screen } from '@testing-library/svelte'
import { expect, it } from 'vitest'
import type { SlidesWork } from '../../../../electron/contract/index.ts'
import SlidesEstimate from '../../../../renderer/features/slide-map/SlidesEstimate.svelte'

/** At ten crops a second, `crops400` tenths of a second; opening is a second for each slide. */
const workOf = (slides: number, crops400: number): SlidesWork => ({
  model: 'm',
  slides,
  opened: Math.min(5, slides),
  unit: slides < 32 ? 'block' : 'slide',
  places: 100 * slides,
  blocks: slides,
  openMs: 1000,
  encoders: [{ encoder: 'resnet50', images: slides, crops400 }],
})

/** Calls and measurements are counted; the speed is known once it was measured. */
function show(
  slides: number,
  work: SlidesWork | null,
  { speed = 10, isBusy = false }: { speed?: number | null; isBusy?: boolean } = {},
): { found: number; measured: number; plans: number } {
  const seen = { found: 0, measured: 0, plans: 0 }
  render(SlidesEstimate, {
    request: { imageIds: Array.from({ length: slides }, (_, index) => index + 1), model: 'm', strideUm: 168 },
    encoders: ['resnet50'],
    find: () => {
      seen.found++
      return Promise.resolve(work)
    },
    speedOf: () => (seen.measured > 0 ? 10 : speed),
    measure: () => {
      seen.measured++
      return Promise.resolve()
    },
    isBusy,
    onPlan: () => seen.plans++,
  })
  return seen
}
const estimateButton = (): HTMLElement => screen.getByRole('button', { name: 'Estimate the time' })

it('estimates a few slides on request, measures an unknown speed, and offers other computers quietly', async () => {
  const seen = show(2, workOf(2, 580), { speed: null })
  screen.getByText(/measures the encoders’ speeds/)
  expect(seen).toEqual({ found: 0, measured: 0, plans: 0 })
  estimateButton().click()
  // 2 s of opening, 58 s of the networks.
  await screen.findByText(/^About 1 min on this computer: 200 places\./)
  expect(screen.queryByText(/on this computer alone/)).toBeNull()
  screen.getByRole('button', { name: 'Make a plan…' }).click()
  expect(seen).toEqual({ found: 1, measured: 1, plans: 1 })
})

it('says by itself that a large batch takes days, where the speed is known', async () => {
  // 400 slides: 400 s of opening, and four days less that.
  const seen = show(400, workOf(400, 10 * (4 * 86_400 - 400)))
  await screen.findByText(/^This takes about 4 days on this computer alone\./)
  screen.getByRole('button', { name: 'Make a plan…' }).click()
  expect(seen).toEqual({ found: 1, measured: 0, plans: 1 })
})

it('opens nothing by itself where the speed is unknown or a job runs', () => {
  expect(show(400, workOf(400, 1), { speed: null }).found).toBe(0)
  expect(show(400, workOf(400, 1), { isBusy: true }).found).toBe(0)
  expect(screen.getAllByRole('button').map((each) => (each as HTMLButtonElement).disabled)).toEqual([
    false,
    true,
  ])
})

it('asks once where the slides cannot be opened, and again only on request', async () => {
  const seen = show(400, null)
  await expect.poll(() => (estimateButton() as HTMLButtonElement).disabled).toBe(false)
  expect(seen.found).toBe(1)
  estimateButton().click()
  expect(seen.found).toBe(2)
})
