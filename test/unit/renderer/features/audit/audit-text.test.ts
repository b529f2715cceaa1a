import { expect, it } from 'vitest'
import type { AuditEventView } from '../../../../../electron/contract/index.ts'
import { changeOf, whoOf } from '../../../../../renderer/features/audit/event-text.ts'

/** The text in the row of an event. */
const words = (
  kind: string,
  before: Record<string, unknown> | null,
  after: Record<string, unknown>,
  reader = 'Anna',
): string =>
  changeOf({
    id: 2,
    at: '2026-01-05T08:00:00.000Z',
    kind,
    reader,
    object: { type: 'image', id: 1, name: 'a.png' },
    before,
    after: { comment: null, label: 7, sha256: 'a'.repeat(64), suggested: null, ...after },
    reason: null,
    hash: 'b'.repeat(64),
  } satisfies AuditEventView)

const own = (className: string | null, more = {}) => ({
  class: className,
  comment: null,
  label: 3,
  reader: 'Anna',
  ...more,
})

it('describes what a reader did, and never the same before and after', () => {
  const suggested = 'Invasive'
  expect(words('label', null, { class: 'Invasive', suggested })).toBe('Invasive, first label, as suggested')
  expect(words('override', null, { class: 'Benign', suggested })).toBe(
    'Benign, first label, suggested Invasive',
  )
  expect(words('label', null, { class: 'Benign' })).toBe('Benign, first label')
  expect(words('label', null, { class: 'Benign', blind: true, suggested: 'Benign' })).toBe(
    'Benign, first label, read blind',
  )
  expect(words('label', own('Benign'), { class: 'Invasive', suggested })).toBe(
    'Benign → Invasive, as suggested',
  )
  expect(words('label', own('Invasive'), { class: 'Invasive', suggested })).toBe(
    'Invasive confirmed, as suggested',
  )
  expect(words('label', own('Benign'), { class: 'Benign', comment: 'at the edge' })).toBe(
    'Benign, comment changed',
  )
  const alone = { class: null, alone: true }
  expect(words('comment', null, { ...alone, comment: 'torn' })).toBe('Comment: torn')
  expect(words('undo', { ...alone, comment: 'torn' }, alone)).toBe('Comment undone; now none')
  expect(words('label', own('Benign'), { class: null, unsure: true })).toBe('Benign → unsure')
  expect(words('label', own(null, { unsure: true }), { class: 'Benign' })).toBe('unsure → Benign')
  expect(words('label', own(null), { class: 'Benign' })).toBe('no class → Benign')
  expect(words('label', own('Benign'), { class: null })).toBe('Withdrawn: Benign')
  expect(words('label', null, { class: 'Benign', source: 'import' })).toBe('Imported: Benign, first label')
})

it('says in words what a training made, and which format a workspace has', () => {
  const made = { accuracy: 0.915, boosters: 3, cases: 12, encoders: {}, images: 59, weights: 'official' }
  expect(words('training', null, made)).toBe('59 images, 12 cases, accuracy 91.5%')
  expect(words('training', null, { weights: 'official' })).toContain('weights official')
  expect(words('migration', null, { format: 34, labelsFolder: 59 })).toBe('Format 34 of the workspace')
})

it('says in words what was set, removed or renamed', () => {
  expect(words('image', { case: null }, { case: 'S21', setting: 1 })).toBe('Case – → S21')
  expect(words('image', { pixelSizeUm: null }, { pixelSizeUm: 0.5, pixelSizeSource: 'stated' })).toBe(
    'Pixel size – → 0.5 µm',
  )
  expect(words('image', { removed: false }, { removed: true, setting: 2 })).toBe('Removed from the workspace')
  expect(words('model-change', { removed: true }, { removed: false })).toBe('Restored')
  expect(words('model-change', { name: 'first' }, { name: 'pilot' })).toBe('first → pilot')
  // What an event has not is not listed.
  expect(words('import', null, { error: null, state: 'done', images: 3 })).toBe(
    'label 7, state done, images 3',
  )
})

it('says in words what became of a job, with what its report counts', () => {
  const jobWords = (after: Record<string, unknown>): string =>
    changeOf({
      id: 2,
      at: '2026-01-05T08:00:00.000Z',
      kind: 'import',
      reader: 'Anna',
      object: { type: 'job', id: 4, name: 'Import images' },
      before: null,
      after,
      reason: null,
      hash: 'b'.repeat(64),
    })
  expect(jobWords({ state: 'running', input: { paths: ['/scans'] } })).toBe('Started')
  const imported = { imported: 28, duplicates: 1, labelled: 0, failed: 2, rows: 0, images: 29 }
  expect(jobWords({ state: 'done', report: imported, reportSha256: 'c'.repeat(64), error: null })).toBe(
    'Done, 28 images imported, 1 already there, 2 failed',
  )
  expect(jobWords({ state: 'done', report: { modelName: 'pilot', classified: 1 } })).toBe(
    'Done, pilot, 1 image classified',
  )
  expect(jobWords({ state: 'done', report: { model: 'pilot', images: 60, accuracy: 0.9 } })).toBe(
    'Done, pilot, 60 images, accuracy 90.0%',
  )
  expect(jobWords({ state: 'failed', error: 'compute.crashed' })).toBe('Failed')
  // A damaged trail may contain anything.
  expect(jobWords({ state: 'counts' })).toBe('state counts')
  expect(jobWords({ state: 'toString', report: 3 })).toBe('state toString, report 3')
})

it('says in words who signed in and how a user was changed', () => {
  const event = (kind: string, before: unknown, after: unknown, reader: string | null): AuditEventView => ({
    id: 2,
    at: '2026-01-05T08:00:00.000Z',
    kind,
    reader,
    object: { type: 'user', id: null, name: 'Ben' },
    before,
    after,
    reason: null,
    hash: 'b'.repeat(64),
  })
  const attempt = event('sign-in', null, { accepted: false }, null)
  expect([whoOf(attempt), changeOf(attempt)]).toEqual(['Unknown', 'Wrong PIN or account'])
  expect(changeOf(event('sign-in', null, { accepted: true }, 'Ben'))).toBe('Signed in')
  // What no reader does, Lobule does.
  expect(whoOf(event('migration', null, {}, null))).toBe('Lobule')

  const userWords = (before: unknown, after: unknown): string =>
    changeOf(event('user', before, after, 'Anna'))
  const ben = { role: 'technician', account: null }
  expect(userWords(null, ben)).toBe('Role: Technician')
  expect(userWords(null, { ...ben, account: 'lab' })).toBe('Role: Technician, Account: lab')
  expect(userWords(ben, { ...ben, role: 'read-only' })).toBe('Role: Read-only')
  expect(userWords(ben, { ...ben, pin: 'new' })).toBe('New PIN')
  expect(userWords(ben, { ...ben, account: 'lab' })).toBe('Account: lab')
  expect(userWords(ben, {})).toBe('Removed')
  expect(userWords(ben, { users: 'off' })).toBe('Removed')
  // A damaged trail may contain anything.
  expect(userWords(ben, { role: 7 })).toBe('role 7')
  expect(userWords('torn', 'torn too')).toBe('torn → torn too')
  expect(changeOf(event('sign-in', null, { accepted: 'yes' }, null))).toBe('accepted yes')
})

it('names the reader if an older event contains another reader’s label', () => {
  const bens = { class: 'Invasive', label: 3, reader: 'Ben' }
  expect(words('label', bens, { class: 'Invasive', suggested: 'Invasive' })).toBe(
    'Invasive, after Invasive by Ben, as suggested',
  )
  expect(words('label', bens, { class: null })).toBe('Withdrawn')
  expect(words('adjudication', bens, { class: 'Invasive' })).toBe(
    'Adjudicated: Invasive, after Invasive by Ben',
  )
})

it('describes what was undone and what was adjudicated', () => {
  expect(words('undo', own('Invasive'), { class: 'Benign', undoes: 3 })).toBe('Undone: Invasive; now Benign')
  expect(words('undo', own('Invasive'), { class: null, undoes: 3 })).toBe('Undone: Invasive; now no label')
  const settled = own('Benign', { reader: 'Ben', adjudication: true })
  expect(words('adjudication', null, { class: 'Invasive' })).toBe('Adjudicated: Invasive')
  expect(words('adjudication', settled, { class: 'Invasive' })).toBe('Adjudicated: Benign → Invasive')
  expect(words('adjudication', settled, { class: 'Benign' })).toBe('Adjudicated: Benign confirmed')
  expect(words('adjudication', settled, { class: null })).toBe('Adjudication removed: Benign')
})

it('shows a damaged trail as far as it can be read', () => {
  expect(words('label', null, { class: 5 })).toBe('label 7, class 5')
  const torn = { id: 1, at: '2026-01-05T08:00:00.000Z', kind: 'label', reader: null, reason: null, hash: '' }
  const object = { type: 'image', id: null, name: null }
  expect(changeOf({ ...torn, object, before: 'torn', after: 'torn too' })).toBe('torn → torn too')
})
