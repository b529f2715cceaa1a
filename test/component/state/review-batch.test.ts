import { beforeEach, expect, test, vi } from 'vitest'
import { Alerts } from '../../../renderer/state/alerts.svelte.ts'
import { Navigation } from '../../../renderer/state/navigation.svelte.ts'
import { Review } from '../../../renderer/state/review.svelte.ts'
import { image } from '../support/views.ts'

let alerts: Alerts
let navigation: Navigation
let review: Review
/** The order of the viewer. */
let round: number[]

beforeEach(() => {
  alerts = new Alerts()
  navigation = new Navigation()
  round = [1, 2, 3]
  const saved = () => Promise.resolve(true)
  review = new Review({
    alerts,
    navigation,
    reader: 'Ada',
    images: { find: (imageId) => image(imageId) },
    worklist: {
      get round() {
        return [...round]
      },
      placeOf: (imageId) => {
        const index = round.indexOf(imageId)
        return { place: index + 1, count: 3, previous: null, next: round[index + 1] ?? null }
      },
    },
    labelling: { save: saved, comment: saved, adjudicate: saved },
  })
  review.advances = true
  navigation.showImage(1)
})

async function label(...classNames: (string | null)[]): Promise<void> {
  for (const className of classNames) {
    review.label(className)
    await vi.waitFor(() => expect(review.isSaving).toBe(false))
  }
}

test('the last label of a list ends the batch, and names the images that were labelled', async () => {
  await label('Benign', 'Malignant', 'Benign')
  expect(navigation.panel).toMatchObject({ name: 'batch-end', imageIds: [1, 2, 3] })
  // The next label begins another batch.
  navigation.close()
  await label('Benign')
  expect(navigation.panel).toBeNull()
  expect(alerts.note?.text).toBe('That was the last image in the list.')
})

test('a withdrawal and another list do not count', async () => {
  await label('Benign', 'Benign')
  round = [3, 4, 5]
  await label(null, 'Benign', 'Benign', 'Benign')
  expect(navigation.panel).toMatchObject({ imageIds: [3, 4, 5] })
})

test('few images, or no automatic advance, end without it', async () => {
  navigation.showImage(2)
  await label('Benign', 'Benign')
  expect(navigation.panel).toBeNull()
  review.advances = false
  round = [3, 4, 5]
  for (const imageId of round) {
    navigation.showImage(imageId)
    await label('Benign')
  }
  expect(navigation.panel).toBeNull()
})
