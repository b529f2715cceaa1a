import { expect, test } from 'vitest'
import type { Checklist, ModelView } from '../../../electron/contract/index.ts'
import type { Images } from '../../../renderer/state/images.svelte.ts'
import { ModelReview } from '../../../renderer/state/model-review.svelte.ts'
import { Models } from '../../../renderer/state/models.svelte.ts'
import { inEffectRoot } from '../support/effect-root.svelte.ts'
import { deferred, stubClient } from '../support/stub-client.ts'
import { at } from '../support/views.ts'

test('shows only the chosen checklist of the chosen model', async () => {
  const slow = deferred<Checklist>()
  const { client, asked } = stubClient({
    'model.list': () => [1, 2].map((id) => ({ id, name: `model-${id}`, createdAt: at(id) }) as ModelView),
    'checklist.fill': ({ checklist, model }) =>
      checklist === 'claim' ? slow.promise : ({ checklist, model } as Checklist),
  })
  const models = new Models(client)
  await models.loadModels()
  const images = { fetched: [], find: () => undefined } as unknown as Images
  await inEffectRoot(async () => {
    const review = new ModelReview(client, images, models)
    expect(review.checklist).toBeNull()
    // The answer about the first choice comes last.
    const first = review.fillChecklist('claim')
    await review.fillChecklist('tripod-ai')
    slow.resolve({ checklist: 'claim', model: 'model-2' } as Checklist)
    await first
    expect(review.checklistName).toBe('tripod-ai')
    expect(review.checklist).toMatchObject({ checklist: 'tripod-ai', model: 'model-2' })
    expect(asked.at(-1)).toEqual(['checklist.fill', { checklist: 'tripod-ai', model: 'model-2' }])
    review.choose('model-1')
    expect(review.checklist).toBeNull()
    expect(review.checklistName).toBeNull()
    await review.fillChecklist('tripod-ai')
    expect(review.checklist).toMatchObject({ model: 'model-1' })
    review.clear()
    expect(review.checklist).toBeNull()
  })
})
