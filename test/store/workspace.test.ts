import { fork } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hasCode, parseClassScheme, type ErrorCode } from '../../electron/contract/index.ts'
import {
  createWorkspace,
  findImageByHash,
  getImage,
  insertImage,
  insertJob,
  interruptRunningJobs,
  insertLabel,
  insertModel,
  insertVerdict,
  listClasses,
  listFolds,
  listImages,
  listJobs,
  listModels,
  openWorkspace,
  readWorkspace,
  updateJob,
  type NewImage,
  type NewModel,
  type Store,
} from '../../electron/store/index.ts'
import { boosterRecord, newImage, newModel } from '../support/rows.ts'

let root: string
const opened: Store[] = []
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-store-'))))
afterEach(() => {
  for (const store of opened.splice(0)) store.close()
  rmSync(root, { recursive: true })
})

const classes = parseClassScheme('Normal,Benign,InSitu*,Invasive*')
const create = (name = 'w'): Store => {
  const store = createWorkspace(join(root, name), classes, 'test')
  opened.push(store)
  return store
}
const reopen = (store: Store): Store => {
  opened.splice(opened.indexOf(store), 1)
  store.close()
  const again = openWorkspace(store.path ?? '', 'test')
  opened.push(again)
  return again
}
const image = (n: number, caseName: string | null = null): NewImage =>
  newImage(n.toString(16).padStart(64, '0'), { path: `/pictures/${n}.png`, synthetic: true, caseName })
const at = '2026-01-02T03:04:05.000Z'
const code = (expected: ErrorCode): unknown => expect.toSatisfy((error) => hasCode(error, expected))

it('keeps classes, images, cases and labels over a reopening', () => {
  const store = create()
  const first = insertImage(store.database, image(1, 'A'))
  insertImage(store.database, image(2, 'A'))
  insertImage(store.database, image(3))
  insertLabel(store.database, { imageId: first, className: 'Benign', reader: 'ada', at })
  const { database } = reopen(store)
  expect(listClasses(database)).toEqual(classes)
  expect(listImages(database).map((i) => [i.caseName, i.label?.className])).toEqual([
    ['A', 'Benign'],
    ['A', undefined],
    [null, undefined],
  ])
  expect(findImageByHash(database, image(2).sha256)).toBe(2)
  expect(readWorkspace(database)).toEqual({ name: 'w', imageCount: 3, labelledCount: 1, modelCount: 0 })
})

it('appends labels: the newest counts, null withdraws, nothing is changed or removed', () => {
  const { database } = create()
  const imageId = insertImage(database, image(1))
  for (const className of ['Benign', 'Invasive', null, 'Normal']) {
    insertLabel(database, { imageId, className, reader: 'ada', at })
    expect(getImage(database, imageId).label?.className ?? null).toBe(className)
  }
  expect(() => database.prepare("UPDATE labels SET at = 'x'").run()).toThrow(/append-only/)
  expect(() => database.prepare('DELETE FROM labels').run()).toThrow(/append-only/)
  expect(() => insertLabel(database, { imageId, className: 'Other', reader: 'ada', at })).toThrow(/no class/)
  expect(() => insertLabel(database, { imageId: 99, className: null, reader: 'ada', at })).toThrow(
    /FOREIGN KEY/,
  )
})

const model = (name: string, imageId: number): NewModel =>
  newModel(classes, {
    name,
    boosters: [boosterRecord(image(7).sha256)],
    folds: [{ imageId, fold: 1, className: 'Benign', probabilities: [0.1, 0.2, 0.3, 0.4] }],
  })

it('keeps a model whole or not at all, and never changes it', () => {
  const { database } = create()
  const imageId = insertImage(database, image(1))
  const modelId = insertModel(database, model('m', imageId))
  expect(listModels(database)).toMatchObject([
    { name: 'm', boosters: 1, images: 1, folds: [0, 1], synthetic: true, weights: 'untrained' },
  ])
  expect(listFolds(database, modelId)).toEqual(new Map([[imageId, 1]]))
  expect(() => insertModel(database, model('n', 99))).toThrow(/FOREIGN KEY/)
  expect(() => insertModel(database, model('M', imageId))).toThrow(/UNIQUE/)
  expect(listModels(database).length).toBe(1)
  expect(() => database.prepare('UPDATE models SET accuracy = 1').run()).toThrow(/immutable/)
})

it('shows the newest verdict of an image', () => {
  const { database } = create()
  const imageId = insertImage(database, image(1))
  const modelId = insertModel(database, model('m', imageId))
  for (const suggested of ['Normal', 'InSitu']) {
    insertVerdict(database, {
      imageId,
      modelId,
      suggested,
      probabilities: { Normal: 0.1, Benign: 0.2, InSitu: 0.4, Invasive: 0.3 },
      carcinomaScore: 2 / 3,
      outOfFold: true,
      boosters: 1,
      flags: [{ code: 'out-of-focus', measured: 1, threshold: 2 }],
    })
  }
  const { verdict } = getImage(database, imageId)
  // To the last bit: on this path the score passes through SQLite's own JSON.
  expect(verdict).toMatchObject({
    suggested: 'InSitu',
    carcinomaScore: 2 / 3,
    outOfFold: true,
    modelName: 'm',
  })
  expect(Object.keys(verdict?.probabilities ?? {})).toEqual(classes.map((c) => c.name))
})

it('marks jobs as interrupted that were running when the program ended', () => {
  const store = create()
  const job = insertJob(store.database, 'train', 't', { a: 1 })
  updateJob(store.database, { ...job, state: 'running' }, null)
  const done = insertJob(store.database, 'demo', 'd', {})
  updateJob(store.database, { ...done, state: 'done', report: { images: 1 } }, null)
  const { database } = reopen(store)
  interruptRunningJobs(database, () => null)
  expect(listJobs(database).map((j) => [j.state, j.report])).toEqual([
    ['done', { images: 1 }],
    ['interrupted', null],
  ])
})

it('refuses a folder that is not a workspace, one that already is, and one that cannot be written', () => {
  expect(() => openWorkspace(root, 'test')).toThrow(code('workspace.not-found'))
  create()
  expect(() => createWorkspace(join(root, 'w'), classes, 'test')).toThrow(code('workspace.exists'))
  writeFileSync(join(root, 'file'), '')
  expect(() => createWorkspace(join(root, 'file', 'x'), classes, 'test')).toThrow(code('path.not-writable'))
})

it('leaves a newer workspace and a damaged or foreign database untouched', () => {
  const store = create()
  opened.pop()
  store.close()
  const path = join(root, 'w', 'workspace.sqlite')
  const change = new Sqlite(path)
  change.pragma('user_version = 99')
  change.close()
  const before = readFileSync(path)
  expect(() => openWorkspace(join(root, 'w'), 'test')).toThrow(code('workspace.newer'))
  expect(readFileSync(path).equals(before)).toBe(true)
  writeFileSync(path, 'no database at all, but long enough to look like one'.repeat(200))
  expect(() => openWorkspace(join(root, 'w'), 'test')).toThrow(code('workspace.corrupt'))
  rmSync(path)
  new Sqlite(path).exec('CREATE TABLE other (x)').close()
  expect(() => openWorkspace(join(root, 'w'), 'test')).toThrow(code('workspace.corrupt'))
})

it('admits one process at a time, names it, and releases the lock when that process is killed', async () => {
  const store = create()
  opened.pop()
  store.close()
  const script = join(root, 'hold.mjs')
  writeFileSync(
    script,
    `import { FolderLock } from ${JSON.stringify(new URL('../../electron/store/lock.ts', import.meta.url).href)}
     globalThis.lock = new FolderLock(${JSON.stringify(join(root, 'w'))}, 'the other one')
     process.send('held')
     setInterval(() => undefined, 1000)`,
  )
  const holder = fork(script, [], { execArgv: ['--experimental-strip-types', '--no-warnings'] })
  await new Promise((resolve) => holder.once('message', resolve))
  expect(() => openWorkspace(join(root, 'w'), 'test')).toThrow(
    new RegExp(`in use by the other one, process ${holder.pid}`),
  )
  const gone = new Promise((resolve) => holder.once('exit', resolve))
  holder.kill('SIGKILL')
  await gone
  opened.push(openWorkspace(join(root, 'w'), 'test'))
  expect(existsSync(join(root, 'w', 'workspace.sqlite.new'))).toBe(false)
})

it('refuses a folder on a network share, when it is created and when it is opened, and leaves it as it was', () => {
  const refusal = code('workspace.network-share')
  const onShare = (): string => 'NFS'
  expect(() => createWorkspace(join(root, 'new', 'w'), classes, 'test', onShare)).toThrow(refusal)
  expect(existsSync(join(root, 'new'))).toBe(false)
  const path = create().path ?? ''
  for (const store of opened.splice(0)) store.close()
  const before = readFileSync(join(path, 'workspace.sqlite'))
  expect(() => openWorkspace(path, 'test', onShare)).toThrow(refusal)
  expect(() => openWorkspace(path, 'test', onShare)).toThrow(/NFS.*disk of this computer/)
  expect(readFileSync(join(path, 'workspace.sqlite'))).toEqual(before)
  // The lock is free.
  openWorkspace(path, 'test', () => null).close()
})
