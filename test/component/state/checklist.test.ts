import { expect, test } from 'vitest'
import type { Checklist, ChecklistItem, ModelView } from '../../../electron/contract/index.ts'
import type { Images } from '../../../renderer/state/images.svelte.ts'
import { ModelReview } from '../../../renderer/state/model-review.svelte.ts'
import { Models } from '../../../renderer/state/models.svelte.ts'
import { inEffectRoot } from '../support/effect-root.svelte.ts'
import { deferred, stubClient, type Answers } from '../support/stub-client.ts'
import { at } from '../support/views.ts'

async function reviewWith(answers: Answers) {
  const { client, asked } = stubClient({
    'model.list': () => [1, 2].map((id) => ({ id, name: `model-${id}`, createdAt: at(id) }) as ModelView),
    'checklist.answered': () => [],
    ...answers,
  })
  const models = new Models(client)
  await models.loadModels()
  const images = { fetched: [], find: () => undefined } as unknown as Images
  return { review: new ModelReview(client, images, models), asked }
}

test('shows only the chosen checklist of the chosen model', async () => {
  const slow = deferred<Checklist>()
  await inEffectRoot(async () => {
    const { review, asked } = await reviewWith({
      'checklist.fill': ({ checklist, model }) =>
        checklist === 'claim' ? slow.promise : ({ checklist, model } as Checklist),
    })
    const { checklist: list } = review
    expect(list.filled).toBeNull()
    // The answer about the first choice comes last.
    const first = list.choose('claim')
    await list.choose('tripod-ai')
    slow.resolve({ checklist: 'claim', model: 'model-2' } as Checklist)
    await first
    expect(list.name).toBe('tripod-ai')
    expect(list.filled).toMatchObject({ checklist: 'tripod-ai', model: 'model-2' })
    expect(asked).toContainEqual(['checklist.fill', { checklist: 'tripod-ai', model: 'model-2' }])
    review.choose('model-1')
    expect(list.filled).toBeNull()
    expect(list.name).toBeNull()
    await list.choose('tripod-ai')
    expect(list.filled).toMatchObject({ model: 'model-1' })
    review.clear()
    expect(list.filled).toBeNull()
  })
})

test('saves answers, and takes over those of another model to items without one', async () => {
  const item = (number: string, answer: string | null): ChecklistItem => ({
    number,
    section: 's',
    topic: 't',
    state: answer === null ? 'open' : 'person',
    facts: [],
    needs: null,
    answer: answer === null ? null : { answer, reader: 'Ada', at: '2026' },
  })
  const itemsOf: Record<string, ChecklistItem[]> = {
    'model-1': [item('1', 'old'), item('2', 'two'), item('3', null)],
    'model-2': [item('1', 'new'), item('2', null), item('3', null)],
  }
  await inEffectRoot(async () => {
    const { review, asked } = await reviewWith({
      'checklist.fill': ({ checklist, model }) =>
        ({ checklist, model, items: itemsOf[model ?? ''] }) as Checklist,
      'checklist.answered': () => [
        { modelId: 1, model: 'model-1', answers: 2 },
        { modelId: 2, model: 'model-2', answers: 1 },
      ],
      'checklist.answer': ({ checklist, model }) => ({ checklist, model, items: [] }) as unknown as Checklist,
    })
    await review.checklist.choose('claim')
    expect(review.checklist.others).toEqual(['model-1'])
    expect(await review.checklist.takeFrom('model-1')).toBe(1)
    const answers = [{ item: '2', answer: 'two', reader: 'Ada', at: '2026' }]
    expect(asked.at(-1)).toEqual(['checklist.answer', { checklist: 'claim', model: 'model-2', answers }])
    expect(review.checklist.filled?.items).toEqual([])
  })
})
