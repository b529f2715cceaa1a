import { beforeEach, expect, test } from 'vitest'
import type { ListContext } from '../../../../renderer/actions/contexts.ts'
import { labelActions, listActions } from '../../../../renderer/actions/list-actions.ts'
import { columns } from '../../../../renderer/features/worklist/columns/columns.ts'
import { parseClassScheme } from '../../../../electron/contract/index.ts'
import { Alerts } from '../../../../renderer/state/alerts.svelte.ts'
import { Images } from '../../../../renderer/state/images.svelte.ts'
import { Worklist } from '../../../../renderer/state/worklist.svelte.ts'
import { inEffectRoot } from '../../support/effect-root.svelte.ts'
import { stubClient } from '../../support/stub-client.ts'
import { image } from '../../support/views.ts'

/** What keys of the list do while a larger picture is open, or the cursor is scrolled away. */
let alerts: Alerts
let worklist: Worklist
let labelled: (readonly [imageIds: readonly number[], className: string | null])[]
let list: { peekedId: number | null; isCursorInView: boolean; revealed: number }
let context: ListContext

beforeEach(async () => {
  alerts = new Alerts()
  labelled = []
  list = { peekedId: null, isCursorInView: true, revealed: 0 }
  const images = new Images(stubClient({ 'image.list': () => [1, 2, 3, 4].map((id) => image(id)) }).client)
  await images.load()
  worklist = inEffectRoot(() => new Worklist(images, columns, () => 0))
  worklist.moveTo(2)
  context = {
    lobule: {
      alerts,
      images,
      worklist,
      labelling: {
        setClass: (ids: readonly number[], name: string | null) => labelled.push([[...ids], name]),
      },
    },
    list: {
      peekedId: () => list.peekedId,
      closePeek: () => (list.peekedId = null),
      isCursorInView: () => list.isCursorInView,
      reveal: () => list.revealed++,
    },
  } as unknown as ListContext
})

const all = [...listActions, ...labelActions(parseClassScheme('Normal,Benign'))]
function press(id: string): void {
  const action = all.find((one) => one.id === id)
  if (action === undefined) throw new Error(`no action ${id}`)
  action.run(context, null)
}

test('a label is not set on another image than the larger picture shows; the next press sets it', () => {
  list.peekedId = 4
  press('list.label Benign')
  expect(labelled).toEqual([])
  expect(list.peekedId).toBeNull()
  expect(alerts.note?.text).toBe(
    'Nothing was changed: the larger picture showed 4.png, and this would have changed 2.png. The picture is closed; do it again to change 2.png.',
  )
  press('list.label Benign')
  expect(labelled).toEqual([[[2], 'Benign']])
})

test('a picture that follows the cursor keeps a label from a selection elsewhere', () => {
  worklist.toggle(1)
  worklist.toggle(3)
  worklist.moveTo(2)
  list.peekedId = 2
  for (const id of ['list.clear-label', 'list.label Normal']) {
    list.peekedId = 2
    press(id)
  }
  expect(labelled).toEqual([])
  expect(alerts.note?.text).toContain('this would have changed 2 images')
  press('list.label Normal')
  expect(labelled).toEqual([[[1, 3], 'Normal']])
})

test('the image in the larger picture is labelled at once, if it alone is the target', () => {
  list.peekedId = 2
  press('list.label Benign')
  worklist.toggle(2)
  press('list.clear-label')
  expect(labelled).toEqual([
    [[2], 'Benign'],
    [[2], null],
  ])
  expect(list.peekedId).toBe(2)
})

test('a selection is built with the larger picture of each image open', () => {
  for (const id of [2, 3]) {
    worklist.moveTo(id)
    list.peekedId = id
    press('list.toggle')
  }
  expect(worklist.selectedIds).toEqual([2, 3])
  expect(alerts.note).toBeNull()
})

test('what is out of view is shown, not changed, also beside a selection', () => {
  list.isCursorInView = false
  press('list.label Benign')
  expect([labelled, list.revealed]).toEqual([[], 1])
  worklist.toggle(1)
  worklist.moveTo(2)
  press('list.toggle')
  press('list.select-case')
  expect([worklist.selectedIds, list.revealed]).toEqual([[1], 3])
  expect(alerts.note?.text).toContain('out of view')
  // A selection is counted above the list: it gets its label wherever the cursor is.
  press('list.label Benign')
  expect(labelled).toEqual([[[1], 'Benign']])
})
