import { flushSync } from 'svelte'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ImageView } from '../../../electron/contract/index.ts'
import { columns } from '../../../renderer/features/worklist/columns/columns.ts'
import { Images } from '../../../renderer/state/images.svelte.ts'
import { Worklist } from '../../../renderer/state/worklist.svelte.ts'
import { inEffectRoot } from '../support/effect-root.svelte.ts'
import { stubClient } from '../support/stub-client.ts'
import { image, reading, verdict } from '../support/views.ts'

const listed = (): ImageView[] => [
  image(1, { fileName: 'c10.png', caseName: 'case 2' }, [reading()]),
  image(2, { fileName: 'c9.png', caseName: 'case 10', verdict: verdict({ carcinomaScore: 0.5 }) }),
  image(3, { fileName: 'b.png', caseName: 'case 2', verdict: verdict({ carcinomaScore: 0.99 }) }),
  image(4, { fileName: 'a.png' }, [reading({ className: 'Malignant' })]),
]

let images: Images
let worklist: Worklist
/** The listed images, after the page has applied all changes. */
function ids(): number[] {
  flushSync()
  return worklist.rows.map(({ id }) => id)
}

async function load(all: ImageView[]): Promise<void> {
  images = new Images(
    stubClient({ 'image.list': () => all, 'image.label': () => Promise.withResolvers<never>().promise })
      .client,
  )
  await images.load()
  worklist = inEffectRoot(() => new Worklist(images, columns, (one) => (one.label === null ? 0 : 1)))
}
/** A label as it is shown while it is being saved. */
const label = (imageId: number, className: string): void =>
  void images.label([imageId], { className, isUnsure: false, comment: null }, 'Ada')

beforeEach(() => load(listed()))

describe('what to label next', () => {
  test('lists waiting images by rank, the others after them, and goes back to file names', async () => {
    const sure = { Benign: 0.99, Malignant: 0.01 }
    const open = { Benign: 0.5, Malignant: 0.5 }
    await load([
      image(1, { caseName: 'a' }, [reading()]),
      image(2, { caseName: 'a', verdict: verdict({ probabilities: open }) }),
      image(3, { caseName: 'b', verdict: verdict({ probabilities: sure }) }),
      image(4, { caseName: 'b', verdict: verdict({ probabilities: open }) }),
    ])
    worklist.sortLabelNext()
    // First one image of case b, the uncertain one; case a has a label, so its image comes in the second round.
    expect(ids()).toEqual([4, 2, 3, 1])
    expect([worklist.isLabelNext, worklist.isWorstFirst, worklist.sortOf('file')]).toEqual([
      true,
      false,
      'none',
    ])
    label(4, 'Benign')
    expect(ids()).toEqual([4, 2, 3, 1])
    worklist.sortLabelNext()
    expect(ids()).toEqual([1, 2, 3, 4])
  })
})

describe('the order', () => {
  test('is by file name at first, with numbers by value', () => {
    expect(ids()).toEqual([4, 3, 2, 1])
    expect(worklist.sortOf('file')).toBe('ascending')
    expect(worklist.sortOf('label')).toBe('none')
  })

  test('a column sorts, and reverses when it is pressed again', () => {
    worklist.sortBy('file')
    expect(worklist.sortOf('file')).toBe('descending')
    expect(ids()).toEqual([1, 2, 3, 4])
  })

  test('images without a value come last, either way', () => {
    worklist.sortBy('score')
    expect(worklist.sortOf('score')).toBe('descending')
    expect(ids().slice(0, 2)).toEqual([3, 2])
    worklist.sortBy('score')
    expect(ids().slice(0, 2)).toEqual([2, 3])
  })

  test('by state, the most urgent comes first', () => {
    worklist.sortBy('state')
    expect(new Set(ids().slice(0, 2))).toEqual(new Set([2, 3]))
  })

  test('worst first shows what is nearest to the operating point; pressed again, it sorts by name', () => {
    worklist.moveTo(1)
    worklist.sortWorstFirst()
    expect(worklist.isWorstFirst).toBe(true)
    expect(ids().slice(0, 2)).toEqual([2, 3])
    // The cursor is on what to look at first; going back, and sorting by a column, it stays on its image.
    expect(worklist.cursorId).toBe(2)
    worklist.sortWorstFirst()
    expect(worklist.isWorstFirst).toBe(false)
    expect(ids()).toEqual([4, 3, 2, 1])
    worklist.sortBy('file')
    expect(worklist.cursorId).toBe(2)
  })

  test('a label does not move a row until the list is sorted again', () => {
    worklist.sortBy('label')
    const before = ids()
    expect(before.slice(0, 2)).toEqual([1, 4])
    label(3, 'Adenosis')
    expect(ids()).toEqual(before)
    expect(worklist.rows.find(({ id }) => id === 3)?.label?.className).toBe('Adenosis')
    worklist.sortBy('file')
    worklist.sortBy('label')
    expect(ids()[0]).toBe(3)
  })

  test('the images of a case are together under a header, those without a case last', () => {
    worklist.group(true)
    expect(worklist.isGrouped).toBe(true)
    expect(ids()).toEqual([3, 1, 2, 4])
    expect(worklist.items.filter((item) => item.kind === 'case')).toEqual([
      { kind: 'case', caseName: 'case 2', images: 2, labelled: 1 },
      { kind: 'case', caseName: 'case 10', images: 1, labelled: 0 },
      { kind: 'case', caseName: null, images: 1, labelled: 1 },
    ])
    worklist.group(false)
    expect(worklist.items.every((item) => item.kind === 'image')).toBe(true)
  })
})

describe('a filter', () => {
  test('lists matching images, and each change keeps the other settings', () => {
    worklist.narrow({ show: 'labelled' })
    expect(ids()).toEqual([4, 1])
    worklist.narrow({ search: ' BENIGN ' })
    expect(ids()).toEqual([1])
    expect(worklist.filter).toMatchObject({ show: 'labelled', search: ' BENIGN ' })
    expect(worklist.isFiltered).toBe(true)
    worklist.clearFilters()
    expect(worklist.isFiltered).toBe(false)
    expect(ids()).toHaveLength(4)
  })

  test('follows a label at once', () => {
    worklist.narrow({ show: 'unlabelled' })
    expect(ids()).toEqual([3, 2])
    label(3, 'Benign')
    expect(ids()).toEqual([2])
  })
})

describe('the cursor', () => {
  test('moves by rows and stays on the list', () => {
    worklist.moveBy(1)
    expect(worklist.cursorId).toBe(4)
    worklist.moveBy(2)
    expect(worklist.cursorId).toBe(2)
    worklist.moveBy(9)
    expect(worklist.cursorId).toBe(1)
    worklist.moveBy(-9)
    expect(worklist.cursorId).toBe(4)
  })

  test('goes to the row that replaced its image', () => {
    worklist.narrow({ show: 'unlabelled' })
    worklist.moveTo(3)
    label(3, 'Benign')
    worklist.keepCursor()
    expect(worklist.cursorId).toBe(2)
  })

  test('stays if its image is still listed', () => {
    worklist.moveTo(2)
    worklist.sortBy('file')
    worklist.keepCursor()
    expect(worklist.cursorId).toBe(2)
  })
})

describe('the selection', () => {
  test('extends from its start, in both directions', () => {
    worklist.moveTo(3)
    worklist.moveBy(1, true)
    expect(worklist.selectedIds).toEqual([3, 2])
    worklist.moveTo(4, true)
    expect(worklist.selectedIds).toEqual([4, 3])
    expect(worklist.cursorId).toBe(4)
  })

  test('toggles single images and keeps the order of the list', () => {
    worklist.toggle(1)
    worklist.toggle(4)
    expect(worklist.selectedIds).toEqual([4, 1])
    expect(worklist.isSelected(1)).toBe(true)
    worklist.toggle(1)
    expect(worklist.isSelected(1)).toBe(false)
    expect(worklist.selectedIds).toEqual([4])
  })

  test('images that a filter hides are not acted on, and are no longer selected when they come back', () => {
    worklist.selectAll()
    worklist.narrow({ show: 'labelled' })
    expect(worklist.targetIds).toEqual([4, 1])
    worklist.clearFilters()
    expect(worklist.selectedIds).toEqual([4, 1])
  })

  test('a key acts on the image under the cursor if nothing is selected', () => {
    expect(worklist.targetIds).toEqual([])
    worklist.moveTo(2)
    expect(worklist.targetIds).toEqual([2])
    worklist.selectCase('case 2')
    expect(worklist.targetIds).toEqual([3, 1])
    expect(worklist.cursorId).toBe(3)
    worklist.selectNone()
    expect(worklist.targetIds).toEqual([3])
    worklist.narrow({ show: 'labelled' })
    expect(worklist.targetIds).toEqual([])
  })

  test('a case that is not listed selects nothing', () => {
    worklist.selectCase('case 99')
    expect(worklist).toMatchObject({ selectedIds: [], cursorId: null })
  })
})

describe('the order in the viewer', () => {
  test('follows the list, or a fixed set of images', () => {
    expect(worklist.placeOf(3)).toEqual({ place: 2, count: 4, previous: 4, next: 2 })
    expect(worklist.placeOf(99)).toEqual({ place: 0, count: 4, previous: null, next: null })
    worklist.setViewingOrder([1, 3])
    expect(worklist.placeOf(1)).toEqual({ place: 1, count: 2, previous: null, next: 3 })
  })

  test('a label that removes an image from the list does not change the order in the viewer', () => {
    worklist.narrow({ show: 'unlabelled' })
    worklist.setViewingOrder()
    label(3, 'Benign')
    expect(ids()).toEqual([2])
    expect(worklist.placeOf(3)).toEqual({ place: 1, count: 2, previous: null, next: 2 })
  })
})

test('another workspace starts with nothing selected', () => {
  worklist.narrow({ search: 'x' })
  worklist.selectAll()
  worklist.moveTo(1)
  worklist.setViewingOrder([1])
  worklist.clear()
  expect(worklist).toMatchObject({ isFiltered: false, selectedIds: [], cursorId: null })
  expect(worklist.placeOf(1).count).toBe(4)
})

describe('the cursor in a grid', () => {
  beforeEach(() =>
    load([1, 2, 3, 4, 5, 6, 7].map((id) => image(id, { caseName: id < 6 ? 'case a' : 'case b' }))),
  )
  /** Where the cursor is after each of these steps of lines, in a grid of three columns. */
  const walk = (...steps: number[]): (number | null)[] =>
    steps.map((lines) => {
      worklist.moveByLines(lines, 3)
      flushSync()
      return worklist.cursorId
    })

  test('moves by lines in its column, and to the ends', () => {
    // 1 2 3 / 4 5 6 / 7
    worklist.moveTo(2)
    expect(walk(1, 1, -1, Infinity, -Infinity)).toEqual([5, 7, 4, 7, 1])
  })

  test('moves over the heads of cases', () => {
    worklist.group(true)
    flushSync()
    // 1 2 3 / 4 5 // 6 7
    worklist.moveTo(2)
    expect(walk(1, 1, -2)).toEqual([5, 7, 2])
  })

  test('extends the selection in the order of the list', () => {
    worklist.moveTo(2)
    worklist.moveByLines(1, 3, true)
    flushSync()
    expect(worklist.selectedIds).toEqual([2, 3, 4, 5])
  })

  test('starts at the first image', () => {
    expect(walk(1)).toEqual([1])
  })

  test('keeps its place in the list while the viewer shows an image that the filters hide', () => {
    worklist.moveTo(6)
    worklist.narrow({ caseName: 'case b' })
    flushSync()
    worklist.moveTo(7)
    worklist.moveTo(3)
    worklist.keepCursor()
    expect(worklist.cursorId).toBe(7)
  })
})
