import { flushSync } from 'svelte'
import { beforeEach, expect, test } from 'vitest'
import type { ImageView } from '../../../../electron/contract/index.ts'
import { FilmStrip } from '../../../../renderer/features/viewer/film-strip.svelte.ts'
import { columns } from '../../../../renderer/features/worklist/columns/columns.ts'
import { Images } from '../../../../renderer/state/images.svelte.ts'
import type { Lobule } from '../../../../renderer/state/lobule.svelte.ts'
import { ViewChoice } from '../../../../renderer/state/view-choice.svelte.ts'
import { Worklist } from '../../../../renderer/state/worklist.svelte.ts'
import { inEffectRoot } from '../../support/effect-root.svelte.ts'
import { stubClient } from '../../support/stub-client.ts'
import { image, reading } from '../../support/views.ts'

const all: ImageView[] = [
  image(1, { fileName: 'd.png', caseName: 'A' }),
  image(2, { fileName: 'c.png', caseName: 'A' }, [reading()]),
  image(3, { fileName: 'b.png', caseName: 'A' }),
  image(4, { fileName: 'a.png', caseName: 'B' }),
  image(5, { fileName: 'e.png' }),
]

let images: Images
let worklist: Worklist
let view: ViewChoice
let opened: number[]
let shownId: number

beforeEach(async () => {
  localStorage.clear()
  images = new Images(stubClient({ 'image.list': () => all }).client)
  await images.load()
  worklist = inEffectRoot(() => new Worklist(images, columns, () => 0))
  view = new ViewChoice()
  opened = []
})

function stripOf(imageId: number): FilmStrip {
  shownId = imageId
  const review = { show: (id: number) => opened.push(id) }
  const lobule = { images, worklist, view, review } as unknown as Lobule
  return inEffectRoot(() => new FilmStrip(lobule, () => images.find(shownId)))
}
const ids = (strip: FilmStrip): number[] => {
  flushSync()
  return strip.images.map(({ id }) => id)
}

test('shows the case in the order of the list, also images that the filters hide', () => {
  worklist.narrow({ show: 'unlabelled' })
  const strip = stripOf(3)
  // By file name: b, c, d.
  expect(ids(strip)).toEqual([3, 2, 1])
  worklist.sortBy('file')
  expect(ids(strip)).toEqual([1, 2, 3])
})

test('shows the neighbours in the list if the image has no case', () => {
  worklist.narrow({ show: 'unlabelled' })
  expect(ids(stripOf(5))).toEqual([4, 3, 1, 5])
  worklist.setViewingOrder([5, 4])
  expect(ids(stripOf(5))).toEqual([5, 4])
})

test('is not shown for the only image of a case, or if the reader hides it', () => {
  const [alone, strip] = [stripOf(4), stripOf(2)]
  shownId = 4
  expect(alone.isShown).toBe(false)
  shownId = 2
  flushSync()
  expect(strip.isShown).toBe(true)
  strip.toggle()
  flushSync()
  expect([strip.isShown, view.hasFilmStrip]).toEqual([false, false])
})

test('steps through the case and stays at its ends', () => {
  const strip = stripOf(2)
  flushSync()
  strip.step(1)
  strip.step(-1)
  shownId = 1
  strip.step(1)
  expect(opened).toEqual([1, 3])
})

test('an image of the case that the filters hide lies between its neighbours of the list', () => {
  worklist.narrow({ show: 'unlabelled' })
  worklist.setViewingOrder()
  // The list: 4, 3, (2), 1, 5.
  expect(worklist.placeOf(2)).toEqual({ place: 0, count: 4, previous: 3, next: 1 })
  worklist.setViewingOrder([3])
  expect(worklist.placeOf(2)).toEqual({ place: 0, count: 1, previous: 3, next: null })
  expect(worklist.placeOf(4)).toEqual({ place: 0, count: 1, previous: null, next: 3 })
})
