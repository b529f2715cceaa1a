import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import { hasCode, originOf, parseClassScheme, type ImageView } from '../../../../electron/contract/index.ts'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { knownReaders, readAgreement } from '../../../../electron/features/labels/readings.ts'
import { recordLabel, type GivenLabel } from '../../../../electron/features/labels/record-label.ts'
import { Settings } from '../../../../electron/session/settings.ts'
import {
  countAgreed,
  createWorkspace,
  getImage,
  hasRead,
  insertImage,
  listEvents,
  listLabels,
  readImagesOf,
  type Store,
} from '../../../../electron/store/index.ts'
import { newImage } from '../../../support/rows.ts'
import { adjudicate, setLabels, undoLabels } from '../../../support/at-once.ts'

let root: string
let store: Store
let images: number[]
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-sources-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Normal,Benign,InSitu*'), 'test')
  images = Array.from({ length: 6 }, (_, index) =>
    insertImage(store.database, newImage(String(index).repeat(64))),
  )
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const idOf = (place: number): number => images[place] ?? 0
const image = (place = 0): ImageView => getImage(store.database, idOf(place))
/** A label that ada imported. */
const imports = (place: number, className: string, more: Partial<GivenLabel> = {}): number =>
  recordLabel(store.database, {
    imageId: idOf(place),
    className,
    reader: 'ada',
    as: 'import',
    source: 'folder',
    ...more,
  })
const says = (reader: string, place: number, className: string | null, more: object = {}): void =>
  setLabels(store.database, [idOf(place)], className, { reader, comment: null, ...more })
const blind = { isBlind: () => true }
const labelled = (place = 0): string | null => {
  const { label } = image(place)
  return label === null ? null : `${label.className}, ${originOf(label)}`
}

it('gives an image the label of a folder, a table or synthetic tissue, and names no reader', () => {
  imports(0, 'Benign')
  imports(1, 'Benign', { source: 'table', table: 'labels.csv' })
  imports(2, 'Benign', { source: 'synthetic' })
  imports(3, 'Benign', { source: 'reader', reader: 'eva', table: 'labels.csv' })
  expect([0, 1, 2, 3].map(labelled)).toEqual([
    'Benign, Folder name',
    'Benign, Table labels.csv',
    'Benign, Synthetic',
    'Benign, eva',
  ])
  expect(image(0).readings.all).toMatchObject([{ reader: null, source: 'folder', importedBy: 'ada' }])
  expect(image(3).readings.all).toMatchObject([{ reader: 'eva', table: 'labels.csv', importedBy: null }])
  expect(countAgreed(store.database).labelled).toBe(4)
  const counts = knownReaders(store.database, new Settings(root)).map(({ name, read, entries }) => [
    name,
    read,
    entries,
  ])
  expect(counts).toEqual([
    ['ada', 0, 0],
    ['eva', 1, 1],
  ])
  expect(atOnce(listLabels(store.database, null)).map(originOf)).toEqual([
    'Folder name',
    'Table labels.csv',
    'Synthetic',
    'eva',
  ])
})

it('leaves them out of every kappa, and what a reader chose with one in view out of the independent labels', () => {
  // ada and eva: Benign/Benign, Benign/Normal, InSitu/InSitu, of images with ada's folder labels; max read blind.
  for (const place of [0, 1, 2]) imports(place, 'Benign')
  says('eva', 0, 'Benign', blind)
  says('eva', 1, 'Normal', blind)
  says('eva', 2, 'InSitu', blind)
  says('max', 0, 'Benign', blind)
  says('max', 1, 'Benign', blind)
  says('max', 2, 'InSitu', blind)
  // Seen the folder's label first: a current label, not an independent one.
  imports(3, 'Normal')
  says('eva', 3, 'Normal')
  says('max', 3, 'Normal', blind)
  const current = atOnce(readAgreement(store.database, 'current'))
  expect(current.readers.map(({ name, read }) => [name, read])).toEqual([
    ['eva', 4],
    ['max', 4],
  ])
  // Rows eva, columns max: Normal 1 and 1 with Benign, Benign 1, InSitu 1. Agreement 3/4; by chance
  // (2 x 1 + 1 x 2 + 1 x 1) / 16 = 5/16; kappa (3/4 - 5/16) / (11/16) = 7/11.
  expect(current.pairs).toHaveLength(1)
  expect(current.pairs[0]).toMatchObject({ first: 'eva', second: 'max', images: 4, agreed: 3 })
  expect(current.pairs[0]?.kappa).toBeCloseTo(7 / 11, 14)
  expect(current.overall).toMatchObject({ images: 4, readers: 2 })
  // Fleiss: classes 3, 3, 2 of 8: by chance (9 + 9 + 4) / 64 = 22/64; (3/4 - 22/64) / (42/64) = 13/21.
  expect(current.overall.kappa).toBeCloseTo(13 / 21, 14)
  const independent = atOnce(readAgreement(store.database, 'independent'))
  // Without the fourth image: agreement 2/3; by chance (1 x 0 + 1 x 2 + 1 x 1) / 9; (2/3 - 1/3) / (2/3) = 1/2.
  expect(independent.pairs[0]).toMatchObject({ images: 3, agreed: 2 })
  expect(independent.pairs[0]?.kappa).toBeCloseTo(1 / 2, 14)
  // A reader who differs from the folder name is one to adjudicate all the same.
  expect(current.disputed).toEqual([idOf(1), idOf(2)])
})

it('is corrected by the reader who imported it, and disputed by any other reader', () => {
  for (const place of [0, 1, 2, 3]) imports(place, 'Benign')
  says('eva', 0, 'InSitu')
  expect(image(0)).toMatchObject({ label: null, readings: { isDisputed: true } })
  says('ada', 0, 'InSitu')
  expect(labelled(0)).toBe('InSitu, ada')
  expect(image(0).readings.all.map(originOf)).toEqual(['Folder name', 'eva', 'ada'])
  // In a table of the current labels it would be disputed again.
  const current = atOnce(listLabels(store.database, idOf(0))).filter((entry) => entry.current)
  expect(current.map(originOf)).toEqual(['eva', 'ada'])
  says('ada', 1, null, { isUnsure: true })
  expect(image(1)).toMatchObject({ label: null, readings: { isDisputed: false } })
  // ada had not seen the label when reading blind: two opinions, not a correction.
  says('ada', 2, 'InSitu', blind)
  expect(image(2)).toMatchObject({ label: null, readings: { isDisputed: true } })
  adjudicate(store.database, [idOf(2)], 'Normal', { reader: 'max', comment: null })
  expect(labelled(2)).toBe('Normal, max')
  says('eva', 3, 'Benign')
  expect(labelled(3)).toBe('Benign, eva')
  expect(countAgreed(store.database)).toMatchObject({ labelled: 3, disputed: 0, unsure: 1 })
})

it('two labels of one table on an image correct nothing', () => {
  imports(0, 'InSitu', { source: 'reader', table: 'labels.csv' })
  imports(0, 'Benign', { source: 'table', table: 'labels.csv' })
  expect(image(0)).toMatchObject({ label: null, readings: { isDisputed: true } })
})

it('is withdrawn by the reader who imported it, unless it is hidden from them, and comes back by undo', () => {
  imports(0, 'Benign')
  imports(1, 'Benign')
  expect(() => says('eva', 0, null)).toThrow()
  const refused: unknown = expect.toSatisfy((error) => hasCode(error, 'label.nothing-to-withdraw'))
  expect(() => says('ada', 0, null, blind)).toThrow(refused)
  expect(labelled(0)).toBe('Benign, Folder name')
  says('ada', 0, null)
  expect(labelled(0)).toBeNull()
  undoLabels(store.database, [idOf(0)], { reader: 'ada', comment: null })
  expect(labelled(0)).toBe('Benign, Folder name')
  // The import is no entry of ada's.
  expect(() => undoLabels(store.database, [idOf(0)], { reader: 'ada', comment: null })).toThrow(
    expect.toSatisfy((error) => hasCode(error, 'label.nothing-to-undo')),
  )
  // A correction takes the label with it when it is withdrawn; a blind label does not.
  says('ada', 0, 'InSitu')
  says('ada', 0, null)
  expect(image(0).readings.all).toEqual([])
  says('ada', 1, 'InSitu', blind)
  says('ada', 1, null, { confirmBlind: true })
  expect(labelled(1)).toBe('Benign, Folder name')
})

it('does not count as read by the reader who imported it, so that it is hidden from them when they read blind', () => {
  imports(0, 'Benign')
  imports(1, 'Benign', { source: 'reader', table: 'labels.csv' })
  expect([hasRead(store.database, 'ada', idOf(0)), hasRead(store.database, 'ada', idOf(1))]).toEqual([
    false,
    true,
  ])
  expect([...readImagesOf(store.database, 'ada')]).toEqual([idOf(1)])
})

it('is in the audit trail with its source, and verification compares it', async () => {
  imports(0, 'Benign')
  imports(1, 'Benign', { source: 'table', table: 'labels.csv' })
  imports(2, 'Benign', { source: 'reader', reader: 'eva', table: 'labels.csv' })
  says('ada', 0, 'InSitu')
  const filter = { kinds: ['label' as const], reader: null, imageId: null, text: null, from: null, to: null }
  const events = listEvents(store.database, filter, { olderThan: null, limit: 10 }).events.toReversed()
  expect(events.map(({ labelSource }) => labelSource)).toEqual([
    { source: 'folder', table: null },
    { source: 'table', table: 'labels.csv' },
    { source: 'reader', table: 'labels.csv' },
    { source: 'reader', table: null },
  ])
  expect(events).toMatchObject([
    { after: { source: 'folder' } },
    { after: { source: 'table', table: 'labels.csv' } },
    { reader: 'eva', after: { source: 'import', table: 'labels.csv' } },
    { reader: 'ada', before: { class: 'Benign', source: 'folder', reader: null } },
  ])
  expect(await verifyChain(store.database)).toMatchObject({ whole: true })
  const tamper = async (change: string): Promise<unknown> => {
    const run = (sql: string): unknown => store.database.prepare(sql).run()
    const trigger = store.database
      .prepare<[], { sql: string }>(`SELECT sql FROM sqlite_schema WHERE name = 'labels_no_update'`)
      .get()
    const tampering = ['DROP TRIGGER labels_no_update', `UPDATE labels SET ${change}`, trigger?.sql ?? '']
    for (const sql of ['SAVEPOINT t', ...tampering]) run(sql)
    const found = await verifyChain(store.database)
    for (const sql of ['ROLLBACK TO t', 'RELEASE t']) run(sql)
    return found.problems.map(({ kind, eventId }) => [kind, eventId])
  }
  expect(await tamper("source = 'reader' WHERE id = 1")).toEqual([['labels', events[0]?.id]])
  expect(await tamper("table_name = 'other.csv' WHERE id = 2")).toEqual([['labels', events[1]?.id]])
  expect(await tamper('table_name = NULL WHERE id = 3')).toEqual([['labels', events[2]?.id]])
  expect(await tamper("source = 'synthetic' WHERE id = 4")).toEqual([['labels', events[3]?.id]])
})
