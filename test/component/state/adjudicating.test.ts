import { beforeEach, expect, test } from 'vitest'
import type { ImageView } from '../../../electron/contract/index.ts'
import type { Review } from '../../../renderer/state/review.svelte.ts'
import { Desk } from '../support/desk.ts'
import { image, reading } from '../support/views.ts'

let desk: Desk
let review: Review

beforeEach(() => {
  history.replaceState(null, '', '#/image/1')
  desk = new Desk()
  review = desk.review
})

const disputed = (imageId: number): ImageView =>
  image(imageId, { readings: { all: [], adjudication: null, isDisputed: true, isWithheld: false } })

test('saves class and reason, and goes on while the next image is to be adjudicated too', async () => {
  review.advances = true
  for (const imageId of [1, 2]) desk.images.set(imageId, disputed(imageId))
  const { adjudicating } = review
  adjudicating.begin(1)
  // Without a class there is nothing to save.
  adjudicating.save()
  await desk.settled()
  expect(desk.adjudicated).toEqual([])

  adjudicating.className = 'Benign'
  adjudicating.reason = ' intact '
  adjudicating.save()
  await desk.settled()
  expect(desk.navigation.imageId).toBe(2)
  expect(adjudicating).toMatchObject({ isOn: true, className: null, reason: '' })
  adjudicating.className = 'Malignant'
  adjudicating.save()
  await desk.settled()
  // The third is not disputed: the keys of the classes label it again.
  expect(desk.navigation.imageId).toBe(3)
  expect(adjudicating.isOn).toBe(false)
  expect(desk.adjudicated).toEqual([
    [1, 'Benign', 'intact'],
    [2, 'Malignant', null],
  ])
})

test('stays when it could not be saved, and belongs to its image alone', async () => {
  review.advances = true
  desk.images.set(1, disputed(1))
  desk.save = () => false
  review.adjudicating.begin(1)
  review.adjudicating.className = 'Benign'
  review.adjudicating.save()
  await desk.settled()
  expect(desk.navigation.imageId).toBe(1)
  expect(review.adjudicating).toMatchObject({ isOn: true, className: 'Benign' })
  desk.navigation.showImage(2)
  expect(review.adjudicating.isOn).toBe(false)
  review.adjudicating.save()
  await desk.settled()
  expect(desk.adjudicated).toEqual([])
})

test('begins with the class of an earlier one', () => {
  const adjudication = reading({ className: 'Malignant' })
  desk.images.set(1, image(1, { readings: { all: [], adjudication, isDisputed: false, isWithheld: false } }))
  expect(review.canAdjudicate).toBe(true)
  review.adjudicating.begin(1)
  expect(review.adjudicating.className).toBe('Malignant')
})
