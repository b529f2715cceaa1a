import { beforeEach, expect, test } from 'vitest'
import type { ImageView } from '../../../electron/contract/index.ts'
import type { Review } from '../../../renderer/state/review.svelte.ts'
import { strings } from '../../../renderer/words/index.ts'
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

/** The first and the last image of the list await adjudication. */
function disputeTwo(): void {
  review.advances = true
  for (const imageId of [1, 3]) desk.images.set(imageId, disputed(imageId))
}

test('saves class and reason, and goes on with the next image that awaits adjudication', async () => {
  disputeTwo()
  const { adjudicating } = review
  adjudicating.begin()
  adjudicating.choose('Benign')
  adjudicating.reason = ' intact '
  adjudicating.save()
  await desk.settled()
  // The second is not disputed.
  expect(desk.navigation.imageId).toBe(3)
  expect(adjudicating).toMatchObject({ isOn: true, className: null, reason: '' })
  adjudicating.choose('Malignant')
  adjudicating.save()
  await desk.settled()
  expect(desk.adjudicated).toEqual([
    [1, 'Benign', 'intact'],
    [3, 'Malignant', null],
  ])
})

test('stays after the last of the list, and says that the adjudication has ended', async () => {
  review.advances = true
  desk.images.set(1, disputed(1))
  review.adjudicating.begin()
  review.adjudicating.choose('Benign')
  review.adjudicating.save()
  await desk.settled()
  expect(desk.navigation.imageId).toBe(1)
  expect(review.adjudicating.isOn).toBe(false)
  expect(desk.alerts.note).toMatchObject({ offers: 'undo' })
  expect(desk.alerts.note?.text).toContain(strings.adjudication.last)
})

test('without a class nothing is saved, and a remark asks for one', async () => {
  desk.images.set(1, disputed(1))
  review.adjudicating.begin()
  review.adjudicating.save()
  await desk.settled()
  expect(desk.adjudicated).toEqual([])
  expect(review.adjudicating.isOn).toBe(true)
  expect(desk.alerts.note?.text).toBe(strings.adjudication.noClass)
})

test.each([true, false])('saves once if the key is pressed twice; goes on: %s', async (advances) => {
  disputeTwo()
  review.advances = advances
  review.adjudicating.begin()
  review.adjudicating.choose('Benign')
  review.adjudicating.save()
  review.adjudicating.save()
  await desk.settled()
  expect(desk.adjudicated).toEqual([[1, 'Benign', null]])
})

test('a class that is chosen during the save is for the image that follows', async () => {
  disputeTwo()
  const { adjudicating } = review
  adjudicating.begin()
  for (const className of ['Benign', 'Malignant']) {
    adjudicating.choose(className)
    adjudicating.save()
  }
  await desk.settled()
  expect(desk.adjudicated).toEqual([
    [1, 'Benign', null],
    [3, 'Malignant', null],
  ])
})

test('stays when it could not be saved', async () => {
  disputeTwo()
  desk.save = () => false
  review.adjudicating.begin()
  review.adjudicating.choose('Benign')
  review.adjudicating.save()
  await desk.settled()
  expect(desk.navigation.imageId).toBe(1)
  expect(review.adjudicating).toMatchObject({ isOn: true, className: 'Benign' })
})

test.each([
  ['another image is shown', () => desk.navigation.showImage(2)],
  ['the viewer is closed', () => desk.navigation.closeImage()],
])('ends when %s, also for the return to its image', async (_name, leave) => {
  desk.images.set(1, disputed(1))
  review.adjudicating.begin()
  review.adjudicating.choose('Benign')
  await desk.settled()
  leave()
  expect(review.adjudicating.isOn).toBe(false)
  desk.navigation.showImage(1)
  expect(review.adjudicating.isOn).toBe(false)
  review.adjudicating.save()
  await desk.settled()
  expect(desk.adjudicated).toEqual([])
})

test('begins with the image that the keys before it lead to', async () => {
  review.advances = true
  for (const imageId of [1, 2]) desk.images.set(imageId, disputed(imageId))
  review.label('Benign')
  review.adjudicate()
  // Meant for the adjudication, and no label of the image.
  review.label('Malignant')
  await desk.settled()
  expect(desk.navigation.imageId).toBe(2)
  expect(review.adjudicating.isOn).toBe(true)
  expect(desk.saved.map(([imageId]) => imageId)).toEqual([1])
  desk.navigation.showImage(1)
  expect(review.adjudicating.isOn).toBe(false)
})

test('does not begin if the image that the keys lead to is not disputed', async () => {
  disputeTwo()
  review.label('Benign')
  review.adjudicate()
  await desk.settled()
  expect(desk.navigation.imageId).toBe(2)
  expect(review.adjudicating.isOn).toBe(false)
})

test('begins with the class of an earlier one', () => {
  const adjudication = reading({ className: 'Malignant' })
  desk.images.set(1, image(1, { readings: { all: [], adjudication, isDisputed: false, isWithheld: false } }))
  expect(review.canAdjudicate).toBe(true)
  review.adjudicating.begin()
  expect(review.adjudicating.className).toBe('Malignant')
})

test('the way to another image stays in the adjudication, so that a class chosen there is no label', async () => {
  disputeTwo()
  const { adjudicating } = review
  adjudicating.begin()
  adjudicating.choose('Benign')
  await desk.settled()
  adjudicating.reason = 'half'
  review.turn('next')
  adjudicating.choose('Malignant')
  await desk.settled()
  // The second is not disputed.
  expect(desk.navigation.imageId).toBe(3)
  expect(adjudicating).toMatchObject({ isOn: true, className: 'Malignant', reason: '' })
  review.turn('previous')
  await desk.settled()
  expect(desk.navigation.imageId).toBe(1)
  expect(adjudicating).toMatchObject({ isOn: true, className: 'Benign', reason: 'half' })
  expect(desk.saved).toEqual([])
  expect(desk.adjudicated).toEqual([])
})

test.each(['previous', 'next'] as const)(
  'stays where no %s image can be adjudicated, and says so',
  async (direction) => {
    desk.images.set(2, disputed(2))
    desk.navigation.showImage(2)
    review.adjudicating.begin()
    review.turn(direction)
    await desk.settled()
    expect(desk.navigation.imageId).toBe(2)
    expect(review.adjudicating.isOn).toBe(true)
    expect(desk.alerts.note?.text).toBe(strings.adjudication.none[direction])
  },
)

test('an image of the film strip that cannot be adjudicated ends it, with a message', async () => {
  disputeTwo()
  review.adjudicating.begin()
  review.show(3)
  await desk.settled()
  expect(review.adjudicating.isOn).toBe(true)
  review.show(2)
  await desk.settled()
  expect(desk.navigation.imageId).toBe(2)
  expect(review.adjudicating.isOn).toBe(false)
  expect(desk.alerts.note?.text).toBe(strings.adjudication.ended)
})

test('where the viewer does not go on by itself, the adjudication does not end before the last image', async () => {
  disputeTwo()
  review.advances = false
  const { adjudicating } = review
  adjudicating.begin()
  adjudicating.choose('Benign')
  adjudicating.save()
  await desk.settled()
  expect(desk.navigation.imageId).toBe(1)
  expect(adjudicating.isOn).toBe(true)
  adjudicating.choose('Malignant')
  adjudicating.save()
  review.turn('next')
  adjudicating.choose('Benign')
  adjudicating.save()
  await desk.settled()
  expect(desk.adjudicated).toEqual([
    [1, 'Benign', null],
    [1, 'Malignant', null],
    [3, 'Benign', null],
  ])
  expect(adjudicating.isOn).toBe(false)
  expect(desk.alerts.note?.text).toContain(strings.adjudication.last)
})
