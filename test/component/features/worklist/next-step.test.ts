import { expect, test, vi } from 'vitest'
import type { ImageView } from '../../../../electron/contract/index.ts'
import { nextStepOf } from '../../../../renderer/features/worklist/next-step.ts'
import { countOf, noFilter } from '../../../../renderer/state/filters.ts'
import type { Lobule } from '../../../../renderer/state/lobule.svelte.ts'
import { image, reading, verdict } from '../../support/views.ts'

/** The step with a model in use, and the images that its button classifies. */
function stepWith(all: readonly ImageView[]): { text: string | undefined; classified: unknown } {
  const classify = vi.fn()
  const lobule = {
    jobs: { active: [] },
    isBlind: false,
    users: { may: () => true },
    images: { all },
    models: { encoders: [{ source: 'official' }], candidate: undefined, inUse: {} },
    jobControl: { classify },
  } as unknown as Lobule
  const step = nextStepOf(lobule, countOf(all, noFilter, null))
  step?.action?.run()
  return { text: step?.text, classified: classify.mock.lastCall?.[0] }
}

const ofTraining = image(1, {}, [reading()])
const unsure = image(2, {}, [reading({ className: null, isUnsure: true })])
const [fresh, other] = [image(3), image(4)]

test('new images are classified before those of the training, and are counted apart', () => {
  expect(stepWith([ofTraining, unsure, fresh, other])).toEqual({
    text: '2 images without a label and without a suggested class.',
    classified: [3, 4],
  })
})

test('then those that were read', () => {
  expect(stepWith([ofTraining, unsure, image(3, { verdict: verdict() })])).toEqual({
    text: '2 images without a suggested class, all labelled or unsure.',
    classified: [1, 2],
  })
})

test('with a suggestion on each image nothing is next', () => {
  expect(stepWith([image(3, { verdict: verdict() })])).toEqual({ text: undefined, classified: undefined })
})
