import { expect, it } from 'vitest'
import type { AuditEventView } from '../../../../../electron/contract/index.ts'
import { keyOf, rowsOf, withOpen } from '../../../../../renderer/features/audit/event-rows.ts'

const event = (id: number, more: Partial<AuditEventView> = {}): AuditEventView => ({
  id,
  at: '2026-01-05T08:00:00.000Z',
  kind: 'label',
  reader: 'Anna',
  object: { type: 'image', id, name: `${id}.png` },
  before: null,
  after: { class: 'Benign' },
  reason: null,
  hash: 'b'.repeat(64),
  ...more,
})
const imported = (id: number, kind: string): AuditEventView =>
  event(id, { kind, after: kind === 'import' ? { case: null } : { class: 'Benign', source: 'folder' } })

const rows = (
  events: readonly AuditEventView[],
  { open = [], broken = [], areAll = true }: { open?: number[]; broken?: number[]; areAll?: boolean } = {},
): string[] =>
  withOpen(rowsOf(events, { broken: new Set(broken), areAll }), new Set(open)).map(
    (row) => `${keyOf(row)}: ${row.events.length}${row.isUnfinished ? '+' : ''}`,
  )

it('makes one row of a step, of its undo and of its redo, and of no other neighbours', () => {
  const events = [
    event(9, { step: 4, kind: 'redo' }),
    event(8, { step: 4, kind: 'redo' }),
    event(7, { step: 4, kind: 'undo' }),
    event(6, { step: 4, kind: 'undo' }),
    // A label and an override may be of one step.
    event(5, { step: 4, kind: 'override' }),
    event(4, { step: 4 }),
    event(3, { step: 3 }),
    event(2),
    event(1),
  ]
  expect(rows(events)).toEqual([
    'group 9: 2', 'group 7: 2', 'group 5: 2', 'event 3: 1', 'event 2: 1', 'event 1: 1',
  ]) // prettier-ignore
})

it('lists the events of an open group below it', () => {
  const events = [event(3, { step: 1 }), event(2, { step: 1 }), event(1)]
  expect(rows(events, { open: [3] })).toEqual(['group 3: 2', 'inside 3: 1', 'inside 2: 1', 'event 1: 1'])
})

it('makes one row of the images and labels of an import, up to the event of its job', () => {
  const job = event(4, { kind: 'import', object: { type: 'job', id: 1, name: 'Import images' } })
  const events = [
    event(8, { step: 2 }),
    imported(7, 'label'),
    imported(6, 'import'),
    imported(5, 'import'),
    job,
    imported(3, 'label'),
    imported(2, 'import'),
  ]
  expect(rows(events)).toEqual(['event 8: 1', 'group 7: 3', 'event 4: 1', 'group 3: 2'])
})

it('joins no two imports where a filter hides the event between them', () => {
  // Ids 5 and 6 are of the job of the first import and of another kind.
  const labels = [8, 7, 4, 3].map((id) => imported(id, 'label'))
  expect(rows(labels)).toEqual(['group 8: 2', 'group 4: 2'])
  // A step has its number: what is between its events is hidden, and they are of one step.
  expect(rows([event(8, { step: 1 }), event(3, { step: 1 })])).toEqual(['group 8: 2'])
})

it('hides no event that does not match the chain', () => {
  const events = [event(3, { step: 1 }), event(2, { step: 1 }), event(1, { step: 1 })]
  expect(rows(events, { broken: [2] })).toEqual(['event 3: 1', 'event 2: 1', 'event 1: 1'])
})

it('says that a group may have events that are not fetched yet, and loses none', () => {
  const events = Array.from({ length: 200 }, (_, index) => event(500 - index, { step: 7 }))
  expect(rows(events, { areAll: false })).toEqual(['group 500: 200+'])
  expect(rows([event(501), ...events], { open: [500] })).toHaveLength(202)
})
