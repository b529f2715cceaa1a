import { beforeEach, expect, test, vi } from 'vitest'
import {
  calls,
  defaultClassesText,
  parseClassScheme,
  type CallName,
} from '../../../electron/contract/index.ts'
import { Actions, type Scope } from '../../../renderer/actions/actions.svelte.ts'
import type { RegionControls } from '../../../renderer/actions/contexts.ts'
import type { Lobule } from '../../../renderer/state/lobule.svelte.ts'

const classes = parseClassScheme(defaultClassesText)
const label = vi.fn()
const turn = vi.fn()
const remove = vi.fn()
/** The regions of the image; the first is selected. */
let regions: number
let hasDeleted: boolean
/** Whether the role of the user is more than read-only. */
let mayLabel: boolean
let actions: Actions

/** Presses a key in the viewer, or holds it. */
function press(key: string, repeat = false): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, repeat, cancelable: true })
  const scopes: Scope[] = ['regions', 'viewer', 'page']
  actions.press(event, ...scopes)
  return event
}

beforeEach(() => {
  vi.clearAllMocks()
  regions = 0
  hasDeleted = false
  mayLabel = true
  const review = { adjudicating: { isOn: false }, label, turn }
  const users = { may: (call: CallName) => mayLabel || calls[call].role === 'read-only' }
  const lobule = { review, users, navigation: { imageId: 1 }, session: { classes }, models: {} }
  actions = new Actions(lobule as unknown as Lobule)
  const viewer = {
    caseSlides: { isShown: false },
    strip: { images: [] },
    slideMap: { isSlide: false },
    image: () => undefined,
  }
  actions.attach('viewer', viewer as unknown as Parameters<typeof actions.attach<'viewer'>>[1])
  const controls = {
    chosen: () => (regions > 0 ? {} : null),
    hasDeleted: () => hasDeleted,
    remove: () => {
      hasDeleted = regions === 1
      regions = Math.max(0, regions - 1)
      remove()
    },
    slide: { pen: { isOn: false, isDrawing: false } },
  }
  actions.attach('regions', controls as unknown as RegionControls)
})

test('a held key of a class labels one image', () => {
  const [first] = classes
  press(first?.key ?? '')
  const held = press(first?.key ?? '', true)
  expect(label.mock.calls).toEqual([[first?.name]])
  // No browser does with it what the action does not.
  expect(held.defaultPrevented).toBe(true)
})

test('a held key that moves goes on', () => {
  press('ArrowRight')
  press('ArrowRight', true)
  expect(turn.mock.calls).toEqual([['next'], ['next']])
})

test('Delete that is held deletes one region, and withdraws no label', () => {
  regions = 1
  press('Delete')
  press('Delete', true)
  press('Delete', true)
  expect(remove).toHaveBeenCalledOnce()
  expect(label).not.toHaveBeenCalled()
})

test('only the lock works while the user types and over a dialog', () => {
  const lock = vi.fn(() => Promise.resolve())
  const users = { isOn: true, may: () => true, lock }
  const lobule = { users, alerts: { attempt: vi.fn() }, navigation: {}, session: { classes } }
  const everywhere = new Actions(lobule as unknown as Lobule)
  const ctrlShift = (key: string): KeyboardEvent =>
    new KeyboardEvent('keydown', { key, ctrlKey: true, shiftKey: true, cancelable: true })
  expect(everywhere.pressEverywhere(ctrlShift('Z'))).toBe(false)
  const event = ctrlShift('L')
  expect(everywhere.pressEverywhere(event)).toBe(true)
  expect(event.defaultPrevented).toBe(true)
  expect(lock).toHaveBeenCalledOnce()
  users.isOn = false
  expect(everywhere.pressEverywhere(ctrlShift('L'))).toBe(false)
})

test('Delete after the deletion of the last region withdraws no label; the press after that does', () => {
  regions = 1
  press('Delete')
  press('Delete')
  expect(label).not.toHaveBeenCalled()
  press('Delete')
  expect(label.mock.calls).toEqual([[null]])
})

test('what the role of the user may not do is neither offered nor done by its key', () => {
  const labels = (): string[] =>
    actions.possible.map(({ record }) => record.title).filter((title) => title.startsWith('Label: '))
  expect(labels()).toHaveLength(classes.length)
  mayLabel = false
  expect(labels()).toEqual([])
  expect(actions.possible.map(({ record }) => record.id)).not.toContain('page.import')
  press(classes[0]?.key ?? '')
  press('U')
  expect(label).not.toHaveBeenCalled()
  press('ArrowRight')
  expect(turn).toHaveBeenCalledOnce()
})
