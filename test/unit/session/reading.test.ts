import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { allJobs } from '../../../electron/application/all-jobs.ts'
import { atOnce, sliceLength } from '../../../electron/base/slices.ts'
import { parseClassScheme, type ImageView } from '../../../electron/contract/index.ts'
import { setLabels } from '../../../electron/features/labels/labels.ts'
import { readReaderStudy } from '../../../electron/features/labels/reader-study.ts'
import type { JobServices } from '../../../electron/session/job-services.ts'
import { Session } from '../../../electron/session/session.ts'
import {
  createWorkspace,
  currentImages,
  insertImage,
  listImages,
  listLabels,
  listStudyEntries,
  rowsOfSlice,
  type Readable,
  type Writable,
} from '../../../electron/store/index.ts'
import { newImage } from '../../support/rows.ts'

/** Reads of more than one slice. */
const imageCount = 2 * sliceLength + 5
const imageIds = Array.from({ length: imageCount }, (_, index) => index + 1)
const ada = { reader: 'ada', comment: null }

const insertImages = (database: Writable, ids: readonly number[]): void =>
  database.transaction(() => {
    for (const id of ids) insertImage(database, newImage(id.toString(16).padStart(64, '0')))
  })()

let root: string
let session: Session
const open = (name: string): Promise<unknown> => session.open(join(root, name))
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-reading-'))
  for (const name of ['w', 'other']) {
    const store = createWorkspace(join(root, name), parseClassScheme('Benign,Malignant*'), 'test')
    if (name === 'w') insertImages(store.database, imageIds)
    store.close()
  }
  session = new Session(
    'test',
    () => undefined,
    () => 'ada',
    allJobs,
    () => ({}) as JobServices,
  )
  await open('w')
})
afterEach(async () => {
  await session.dispose()
  rmSync(root, { recursive: true })
})

const label = (): void | Promise<void> =>
  session.change((database) => setLabels(database, imageIds, 'Benign', ada))
const labelledIn = (images: readonly ImageView[]): number =>
  images.filter((image) => image.label !== null).length
const readLabelled = async (): Promise<number> =>
  labelledIn(await session.read((database) => currentImages(database, null)))

it('reads what there was when it began, although labels are given between its slices', async () => {
  const before = readLabelled()
  session.workspace.database.transaction(() =>
    atOnce(setLabels(session.workspace.database, imageIds, 'Benign', ada)),
  )()
  expect(await before).toBe(0)
  expect(await readLabelled()).toBe(imageCount)
})

it('never begins between two slices of a change, nor does a change wait for it', async () => {
  const labelling = label()
  const [during, again] = [readLabelled(), readLabelled()]
  await labelling
  expect(await Promise.all([during, again])).toEqual([imageCount, imageCount])
  const ended: string[] = []
  const reading = readLabelled().then(() => ended.push('read'))
  await Promise.resolve(
    session.changeAtOnce((database) => atOnce(setLabels(database, [1], 'Malignant', ada))),
  )
  ended.push('labelled')
  await reading
  expect(ended).toEqual(['labelled', 'read'])
})

it('ends with its workspace, and never reads another one in its place', async () => {
  const reading = readLabelled()
  const refused = expect(reading).rejects.toMatchObject({ code: 'workspace.none-open' })
  await open('other')
  await refused
  const opening = open('w')
  const late = expect(readLabelled()).rejects.toMatchObject({ code: 'workspace.none-open' })
  await opening
  await late
  expect(await readLabelled()).toBe(0)
})

// Windows does not let an open database be moved (test/store/robust-workspace.test.ts).
it.skipIf(process.platform === 'win32')(
  'reads what is open of a database that was put elsewhere, and refuses to write where it reads',
  async () => {
    await session.read((database) => {
      expect(() => database.prepare('DELETE FROM images').run()).toThrow(
        expect.objectContaining({ code: 'workspace.read-only' }),
      )
      return currentImages(database, [1])
    })
    await label()
    const file = join(root, 'w', 'workspace.sqlite')
    renameSync(file, `${file}-elsewhere`)
    expect(await readLabelled()).toBe(imageCount)
    renameSync(`${file}-elsewhere`, file)
  },
)

it('gives in slices what one query gives', async () => {
  const { database } = session.workspace
  const further = Array.from({ length: rowsOfSlice }, (_, index) => imageCount + index + 1)
  insertImages(database, further)
  const all = [...imageIds, ...further]
  await session.change((own) => setLabels(own, all, 'Benign', ada))
  expect(await session.read((own) => currentImages(own, null))).toEqual(listImages(database))
  const ofEach = all.map((id) => atOnce(listLabels(database, id))).flat()
  const entries = await session.read((own: Readable) => listLabels(own, null))
  expect(entries).toEqual(ofEach.toSorted((a, b) => a.id - b.id))
  const study = atOnce(listStudyEntries(database))
  expect(study.map(({ imageId }) => imageId)).toEqual(entries.map(({ imageId }) => imageId))
  // Each slice of the label is an action of its own.
  expect(study.map(({ together }) => together)).toEqual(
    all.map((id) => (id <= all.length - 5 ? sliceLength : 5)),
  )
  const measured = await session.read(readReaderStudy)
  expect(measured.all).toMatchObject({ readings: all.length, untimed: { together: all.length } })
})
