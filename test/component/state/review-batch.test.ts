import { beforeEach, expect, test, vi } from 'vitest'
import { Alerts } from '../../../renderer/state/alerts.svelte.ts'
import { Navigation } from '../../../renderer/state/navigation.svelte.ts'
import { Review } from '../../../renderer/state/review.svelte.ts'
import { image } from '../support/views.ts'
import { waitFor } from '../../support/waiting.ts'

let alerts: Alerts
let navigation: Navigation
let review: Review
/** The order of the viewer. */
let round: number[]
/** What a label waits for. */
let save: () => Promise<boolean>

beforeEach(() => {
  alerts = new Alerts()
  navigation = new Navigation()
  round = [1, 2, 3]
  save = () => Promise.resolve(true)
  const saved = () => save()
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
        // An image that is not in the list comes after all of it.
        const next = index < 0 ? null : (round[index + 1] ?? null)
        return { place: index + 1, count: 3, previous: null, next }
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
    await waitFor(() => expect(review.isSaving).toBe(false))
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

/** Labels the last image of a batch of three; `meanwhile` happens while the label is saved. */
async function labelLast(meanwhile: () => void): Promise<void> {
  await label('Benign', 'Benign')
  save = () => {
    meanwhile()
    return Promise.resolve(true)
  }
  await label('Benign')
}

test('a reader who has opened something else meanwhile stays there', async () => {
  await labelLast(() => navigation.closeImage())
  expect(navigation.panel).toBeNull()
  navigation.showImage(1)
  save = () => Promise.resolve(true)
  await labelLast(() => navigation.open({ name: 'keys' }))
  expect(navigation.panel).toEqual({ name: 'keys' })
})

test('an image that is not in the list does not end it', async () => {
  await label('Benign', 'Benign')
  navigation.showImage(9)
  await label('Benign')
  expect(navigation.panel).toBeNull()
  expect(alerts.note).toBeNull()
})

test('the time leaves out what the reader study counts as a pause', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
  try {
    await label('Benign')
    vi.setSystemTime(300_000)
    await label('Benign')
    vi.setSystemTime(600_001)
    await label('Benign')
  } finally {
    vi.useRealTimers()
  }
  expect(navigation.panel).toMatchObject({ imageIds: [1, 2, 3], durationMs: 300_000 })
})
