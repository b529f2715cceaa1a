import { describe, expect, test } from 'vitest'
import type { ImageView } from '../../../electron/contract/index.ts'
import { Images } from '../../../renderer/state/images.svelte.ts'
import { deferred, stubClient, type Answers } from '../support/stub-client.ts'
import { image, reading } from '../support/views.ts'

const benign = { className: 'Benign', isUnsure: false, comment: null }
const malignant = { className: 'Malignant', isUnsure: false, comment: null }

async function load(listed: ImageView[], answers: Answers = {}) {
  const { client, asked } = stubClient({ 'image.list': () => listed, ...answers })
  const images = new Images(client)
  await images.load()
  asked.length = 0
  return { images, asked }
}

const labelOf = (images: Images, imageId: number): string | undefined =>
  images.find(imageId)?.label?.className

test('images of a workspace are found by number', async () => {
  const { images } = await load([image(3), image(7)])
  expect(images.isLoaded).toBe(true)
  expect(images.find(7)?.fileName).toBe('7.png')
  expect(images.find(4)).toBeUndefined()
  // A single one by its file, since a number would not say which.
  expect([[7], [3, 7], []].map((ids) => images.wordsOf(ids))).toEqual(['7.png', '2 images', '0 images'])
  images.clear()
  expect(images).toMatchObject({ all: [], isLoaded: false })
  expect(images.find(7)).toBeUndefined()
})

describe('a label', () => {
  test('is shown at once, before it is saved', async () => {
    const saving = deferred<never>()
    const { images, asked } = await load([image(1), image(2)], { 'image.label': () => saving.promise })
    const saved = images.label([1], benign, 'Ada')
    expect(labelOf(images, 1)).toBe('Benign')
    expect(labelOf(images, 2)).toBeUndefined()
    expect(asked).toEqual([['image.label', { imageIds: [1], ...benign }]])
    saving.reject(new Error('stop'))
    await expect(saved).rejects.toThrow('stop')
  })

  test('is undone in all its images if it cannot be saved', async () => {
    const saving = deferred<never>()
    const before = [image(1, {}, [reading()]), image(2)]
    const { images } = await load(before, { 'image.label': () => saving.promise })
    const saved = images.label([1, 2], malignant, 'Ada')
    expect([labelOf(images, 1), labelOf(images, 2)]).toEqual(['Malignant', 'Malignant'])
    saving.reject(new Error('The disk is full.'))
    await expect(saved).rejects.toThrow('The disk is full.')
    expect(images.all).toEqual(before)
  })

  test('that is being saved has the id of no stored label: lists name their lines by it', async () => {
    const saving = deferred<never>()
    const first = reading({ id: 1, reader: 'Bo' })
    const { images } = await load([image(1, {}, [first])], { 'image.label': () => saving.promise })
    const saved = images.label([1], malignant, 'Ada')
    const ids = images.find(1)?.readings.all.map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
    saving.reject(new Error('stop'))
    await expect(saved).rejects.toThrow('stop')
  })

  test('corrects or withdraws what its reader imported, and no other import', async () => {
    const saving = deferred<never>()
    const folder = { reader: null, source: 'folder', importedBy: 'Ada' } as const
    const { images } = await load(
      [image(1, {}, [reading(folder)]), image(2, {}, [reading({ ...folder, importedBy: 'Bo' })])],
      { 'image.label': () => saving.promise },
    )
    const corrected = images.label([1, 2], malignant, 'Ada')
    expect([labelOf(images, 1), labelOf(images, 2)]).toEqual(['Malignant', undefined])
    expect(images.find(2)?.readings.isDisputed).toBe(true)
    const withdrawn = images.label([1, 2], { ...benign, className: null }, 'Ada')
    expect([labelOf(images, 1), labelOf(images, 2)]).toEqual([undefined, 'Benign'])
    saving.reject(new Error('stop'))
    await expect(Promise.all([corrected, withdrawn])).rejects.toThrow('stop')
  })

  test('replaces the same reader’s label and leaves other readers’ labels', async () => {
    const saving = deferred<never>()
    const others = reading({ id: 2, reader: 'Bo', className: 'Malignant' })
    const { images } = await load([image(1, {}, [reading(), others])], {
      'image.label': () => saving.promise,
    })
    const saved = images.label([1], malignant, ' ada ')
    expect(images.find(1)?.readings.all.map((one) => [one.reader, one.className])).toEqual([
      ['Bo', 'Malignant'],
      [' ada ', 'Malignant'],
    ])
    expect(images.find(1)?.readings.isDisputed).toBe(false)
    saving.reject(new Error('stop'))
    await expect(saved).rejects.toThrow('stop')
  })

  test('that differs from another reader’s leaves the image disputed and without a label', async () => {
    const saving = deferred<never>()
    const { images } = await load([image(1, {}, [reading({ reader: 'Bo' })])], {
      'image.label': () => saving.promise,
    })
    const saved = images.label([1], malignant, 'Ada')
    expect(images.find(1)).toMatchObject({ label: null, readings: { isDisputed: true } })
    saving.reject(new Error('stop'))
    await expect(saved).rejects.toThrow('stop')
  })

  test('that is empty removes the reader’s label', async () => {
    const saving = deferred<never>()
    const { images } = await load([image(1, {}, [reading()])], { 'image.label': () => saving.promise })
    const saved = images.label([1], { className: null, isUnsure: false, comment: null }, 'Ada')
    expect(images.find(1)).toMatchObject({ label: null, readings: { all: [] } })
    saving.reject(new Error('stop'))
    await expect(saved).rejects.toThrow('stop')
  })

  test('leaves the order of the list alone until the list is fetched or taken as it is', async () => {
    const saving = deferred<never>()
    const { images } = await load([image(1)], { 'image.label': () => saving.promise })
    const { fetched } = images
    const saved = images.label([1], benign, 'Ada')
    expect(images.fetched).toBe(fetched)
    images.takeAsFetched()
    expect(images.fetched[0]?.label?.className).toBe('Benign')
    saving.reject(new Error('stop'))
    await expect(saved).rejects.toThrow('stop')
  })
})

test('a comment is sent alone, and the answer is shown', async () => {
  const { images, asked } = await load([image(1, {}, [reading()])], {
    'label.comment': ({ imageId, comment = null }) => image(imageId, {}, [reading({ comment })]),
  })
  await images.comment(1, 'apocrine')
  expect(asked).toEqual([['label.comment', { imageId: 1, comment: 'apocrine' }]])
  expect(images.find(1)?.readings.all).toEqual([reading({ comment: 'apocrine' })])
})

describe('a refresh', () => {
  test('fetches single images, and puts each in its place', async () => {
    const { images, asked } = await load([image(1), image(2), image(3)], {
      'image.get': ({ imageId }) => image(imageId, { fileName: `new-${imageId}.png` }),
    })
    await images.refresh([3, 1])
    expect(images.all.map(({ fileName }) => fileName)).toEqual(['new-1.png', '2.png', 'new-3.png'])
    expect(asked.map(([name]) => name)).toEqual(['image.get', 'image.get'])
  })

  test.each([
    ['all images', null],
    ['an unknown image', [1, 9]],
    ['many images', Array.from({ length: 25 }, (_, index) => index + 1)],
  ])('of %s asks for the list once', async (_what, imageIds) => {
    const listed = Array.from({ length: 8 }, (_, index) => image(index + 1))
    const all = imageIds?.length === 25 ? Array.from({ length: 25 }, (_, index) => image(index + 1)) : listed
    const { images, asked } = await load(all)
    await images.refresh(imageIds)
    expect(asked).toEqual([['image.list', {}]])
  })
})

test('a list from before a label was saved does not hide it', async () => {
  const listing = deferred<ImageView[]>()
  const labelled = image(2, {}, [reading()])
  const lists = [[image(1), image(2)], listing.promise]
  const { client } = stubClient({
    'image.list': () => lists.shift() as ImageView[],
    'image.label': () => [labelled],
  })
  const images = new Images(client)
  await images.load()
  const loading = images.load()
  await images.label([2], benign, 'Ada')
  listing.resolve([image(1, {}, [reading()]), image(2)])
  await loading
  expect([labelOf(images, 1), images.find(2)]).toEqual(['Benign', labelled])
  // The next list is newer than the label.
  lists.push([image(1), image(2)])
  await images.load()
  expect(labelOf(images, 2)).toBeUndefined()
})
