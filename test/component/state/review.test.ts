import { beforeEach, describe, expect, test, vi } from 'vitest'
import { noReadings } from '../../../electron/contract/index.ts'
import { Review } from '../../../renderer/state/review.svelte.ts'
import { Desk } from '../support/desk.ts'
import { at, detailsWithSet, image, reading, verdict } from '../support/views.ts'
import { waitFor } from '../../support/waiting.ts'

let desk: Desk
let review: Review
const classesSaved = (): (readonly [number, string | null])[] =>
  desk.saved.map(([imageId, { className }]) => [imageId, className])

beforeEach(() => {
  history.replaceState(null, '', '#/image/1')
  desk = new Desk()
  review = desk.review
})

describe('labels', () => {
  test('are saved in the order in which they were given, each before the next image', async () => {
    const gates = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()]
    let calls = 0
    desk.save = () => gates[calls++]?.promise ?? true
    review.advances = true
    review.label('Benign')
    review.label('Malignant')
    expect(review.isSaving).toBe(true)
    await waitFor(() => expect(calls).toBe(1))
    expect(desk.navigation.imageId).toBe(1)
    gates[0]?.resolve(true)
    await waitFor(() => expect(calls).toBe(2))
    expect(desk.navigation.imageId).toBe(2)
    gates[1]?.resolve(true)
    await desk.settled()
    expect(classesSaved()).toEqual([
      [1, 'Benign'],
      [2, 'Malignant'],
    ])
    expect(desk.navigation.imageId).toBe(3)
  })

  test('that follow one that could not be saved are dropped', async () => {
    let calls = 0
    desk.save = () => calls++ > 0
    review.advances = true
    review.label('Benign')
    review.label('Malignant')
    review.turn('next')
    await desk.settled()
    expect(calls).toBe(1)
    expect(desk.navigation.imageId).toBe(1)
    review.label('Malignant')
    await desk.settled()
    expect(classesSaved()).toEqual([[1, 'Malignant']])
  })

  test('are saved before an image of the film strip is shown, which is not if they cannot be', async () => {
    const gate = Promise.withResolvers<boolean>()
    desk.save = () => gate.promise
    review.advances = false
    review.label('Benign')
    review.show(3)
    await waitFor(() => expect(review.isSaving).toBe(true))
    expect(desk.navigation.imageId).toBe(1)
    gate.resolve(true)
    await desk.settled()
    expect(desk.navigation.imageId).toBe(3)
    desk.save = () => false
    review.label('Malignant')
    review.show(2)
    await desk.settled()
    expect(desk.navigation.imageId).toBe(3)
  })

  test('an error is shown, and the review goes on', async () => {
    desk.save = () => Promise.reject(new Error('The disk is full.'))
    const log = vi.spyOn(console, 'error').mockReturnValue()
    review.label('Benign')
    await desk.settled()
    log.mockRestore()
    expect(desk.alerts.problems).toHaveLength(1)
    desk.save = () => true
    review.label('Benign')
    await desk.settled()
    expect(classesSaved()).toEqual([[1, 'Benign']])
  })

  test('stay at the image if automatic advance is off', async () => {
    review.label('Benign')
    await desk.settled()
    expect(desk.navigation.imageId).toBe(1)
  })

  test('automatic advance is on until a user turns it off, which is kept on this computer', () => {
    localStorage.clear()
    const first = new Review(desk.parts)
    expect(first.advances).toBe(true)
    first.advances = false
    expect(new Review(desk.parts).advances).toBe(false)
    first.advances = true
    expect(new Review(desk.parts).advances).toBe(true)
  })

  test('the last image shows a message instead of advancing', async () => {
    review.advances = true
    desk.navigation.showImage(3)
    review.label('Benign')
    await desk.settled()
    expect(desk.navigation.imageId).toBe(3)
    expect(desk.alerts.note).not.toBeNull()
  })

  test('removing a label does not advance to the next image; unsure does', async () => {
    review.advances = true
    review.label(null)
    await desk.settled()
    expect(desk.navigation.imageId).toBe(1)
    review.label(null, true)
    await desk.settled()
    expect(desk.navigation.imageId).toBe(2)
    expect(desk.saved[1]).toEqual([1, { className: null, isUnsure: true, comment: null }])
  })

  test('a reader who opened another image meanwhile stays there', async () => {
    const gate = Promise.withResolvers<boolean>()
    desk.save = () => gate.promise
    review.advances = true
    review.label('Benign')
    desk.navigation.showImage(3)
    await waitFor(() => expect(review.isSaving).toBe(true))
    gate.resolve(true)
    await desk.settled()
    expect(desk.navigation.imageId).toBe(3)
  })
})

describe('accepting', () => {
  test('labels the suggested class', async () => {
    desk.images.set(1, image(1, { verdict: verdict({ suggested: 'Malignant' }) }))
    review.accept()
    await desk.settled()
    expect(classesSaved()).toEqual([[1, 'Malignant']])
  })

  test('is not possible where the suggestion is undecided, which is said', async () => {
    const suggestion = verdict({ suggested: 'Malignant', details: detailsWithSet(['Benign', 'Malignant']) })
    desk.images.set(1, image(1, { verdict: suggestion }))
    review.accept()
    await desk.settled()
    expect(desk.saved).toEqual([])
    expect(desk.alerts.note?.text).toBe('The suggestion is undecided: choose a class yourself.')
  })

  test('without a suggestion it explains why nothing happens', async () => {
    desk.images.set(1, image(1))
    review.accept()
    await desk.settled()
    const nothing = desk.alerts.note?.text
    desk.images.set(
      1,
      image(1, { readings: { all: [], adjudication: null, isDisputed: false, isWithheld: true } }),
    )
    review.accept()
    await desk.settled()
    expect(nothing).toBeTruthy()
    expect(desk.alerts.note?.text).not.toBe(nothing)
    expect(desk.saved).toEqual([])
  })
})

describe('a comment', () => {
  test('written before a label is saved at once, and without one', async () => {
    review.beginComment()
    await desk.settled()
    expect(review.isCommenting).toBe(true)
    review.comment('near the edge')
    await desk.settled()
    expect(review).toMatchObject({ isCommenting: false, note: null })
    expect(desk.comments).toEqual([[1, 'near the edge']])
    expect(desk.saved).toEqual([])
  })

  test('without a label is the reader’s comment, and no other reader’s', () => {
    const notes = ['Ben', 'Ada'].map((reader, id) => ({ id, reader, at: at(1), comment: `by ${reader}` }))
    desk.images.set(1, image(1, { readings: { ...noReadings, notes } }))
    expect(review.ownComment).toBe('by Ada')
  })

  test('that could not be saved waits and is saved with the label', async () => {
    desk.save = () => false
    review.comment('near the edge')
    await desk.settled()
    expect(review.note).toBe('near the edge')
    desk.save = () => true
    review.label('Benign')
    await desk.settled()
    expect(desk.saved).toEqual([[1, { className: 'Benign', isUnsure: false, comment: 'near the edge' }]])
    expect(review.note).toBeNull()
  })

  test('on a label is saved at once and alone; the same comment is not saved again', async () => {
    desk.images.set(1, image(1, {}, [reading({ reader: 'ADA', comment: 'first' })]))
    expect(review.own?.comment).toBe('first')
    review.comment('first')
    await desk.settled()
    expect(desk.saved).toEqual([])
    review.comment('second')
    await desk.settled()
    expect(desk.comments).toEqual([[1, 'second']])
    expect(desk.saved).toEqual([])
  })

  test('that cannot be saved is kept with its image', async () => {
    desk.images.set(1, image(1, {}, [reading()]))
    desk.save = () => false
    review.comment('kept')
    await desk.settled()
    expect(review.note).toBe('kept')
    desk.navigation.showImage(2)
    expect(review.note).toBeNull()
    desk.navigation.showImage(1)
    expect(review.note).toBe('kept')
  })

  test('keys pressed before its field is open label nothing', async () => {
    const gate = Promise.withResolvers<boolean>()
    desk.save = () => gate.promise
    review.label('Benign')
    review.beginComment()
    review.label('Malignant')
    review.accept()
    review.turn('next')
    gate.resolve(true)
    await desk.settled()
    expect(classesSaved()).toEqual([[1, 'Benign']])
    expect(desk.navigation.imageId).toBe(1)
    expect(review.isCommenting).toBe(true)
  })
})

describe('going to another image', () => {
  test('waits for saving, and stops at the ends', async () => {
    const gate = Promise.withResolvers<boolean>()
    desk.save = () => gate.promise
    review.label('Benign')
    review.turn('next')
    await waitFor(() => expect(review.isSaving).toBe(true))
    expect(desk.navigation.imageId).toBe(1)
    gate.resolve(true)
    await desk.settled()
    expect(desk.navigation.imageId).toBe(2)
    review.turn('previous')
    review.turn('previous')
    await desk.settled()
    expect(desk.navigation.imageId).toBe(1)
  })
})

describe('adjudication', () => {
  test.each([
    ['readers agree', image(1, {}, [reading()]), false],
    ['a reader is unsure', image(1, {}, [reading({ className: null, isUnsure: true })]), true],
    [
      'readers disagree',
      image(1, { readings: { all: [], adjudication: null, isDisputed: true, isWithheld: false } }),
      true,
    ],
  ])('where %s', (_what, one, isPossible) => {
    desk.images.set(1, one)
    expect(review.canAdjudicate).toBe(isPossible)
  })
})

test('without an image there is nothing to label', async () => {
  desk.navigation.closeImage()
  expect(review).toMatchObject({ image: undefined, own: null, note: null, canAdjudicate: false })
  review.label('Benign')
  await desk.settled()
  expect(desk.saved).toEqual([])
})
