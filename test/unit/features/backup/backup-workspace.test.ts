import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  fromErrorView,
  hasCode,
  type BackupReport,
  type CallInput,
  type CallName,
  type CallOutput,
  type ErrorCode,
  type JobReports,
} from '../../../../electron/contract/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { tasks } from '../../../../electron/compute/tasks.ts'
import { hasEnded } from '../../../../electron/queue/queued-job.ts'
import {
  createWorkspace,
  insertImage,
  insertModel,
  openWorkspace,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { parseClassScheme } from '../../../../electron/contract/index.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { boosterRecord, newImage, newModel } from '../../../support/rows.ts'
import { setLabels } from '../../../support/at-once.ts'

let root: string
let workspace: string
const applications: Application[] = []
const file = (...names: string[]): string => join(root, ...names)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const code = (expected: ErrorCode): unknown => expect.toSatisfy((error) => hasCode(error, expected))

const classes = parseClassScheme('Benign,Malignant*')
const booster = 'the text of a booster'
const copied = 'an image file'

/** A workspace with images, a copy, a model, descriptors of two kinds, leftovers and labels. */
function makeWorkspace(): void {
  const store = createWorkspace(workspace, classes, 'test')
  const { database, folders } = store
  for (const folder of [
    folders.boosters,
    folders.images,
    folders.dropped,
    join(folders.descriptors, 'resnet50'),
  ])
    mkdirSync(folder, { recursive: true })
  mkdirSync(join(folders.descriptors, 'external', 'theirs ü'), { recursive: true })
  writeFileSync(join(folders.boosters, `${sha256(booster)}.txt`), booster)
  writeFileSync(join(folders.images, `${sha256(copied)}.png`), copied)
  writeFileSync(join(folders.images, 'no-row.png'), 'a leftover')
  writeFileSync(join(folders.dropped, 'x'), 'a drop')
  writeFileSync(join(folders.descriptors, 'resnet50', 'a.npy'), 'descriptors')
  writeFileSync(join(folders.descriptors, 'external', 'theirs ü', `${'long'.repeat(30)}.npy`), 'external')
  insertImage(database, newImage(sha256(copied), { copiedPath: join('images', `${sha256(copied)}.png`) }))
  for (let n = 1; n < 20; n++) insertImage(database, newImage(sha256(String(n))))
  insertModel(database, newModel(classes, { boosters: [boosterRecord(sha256(booster))] }))
  label(store, [1, 2, 3])
  store.close()
}

const label = ({ database }: OpenWorkspace, imageIds: number[]): void =>
  setLabels(database, imageIds, 'Benign', { reader: 'ada', comment: null })

function start(): Application {
  const application = createApplication({
    homeDirectory: file('home'),
    version: '1.2.3',
    launchCompute: inProcessCompute(tasks).launch,
    door: { tiles: '', choose: null, isCommandLine: true },
  })
  applications.push(application)
  return application
}

async function call<N extends CallName>(
  { handlers }: Application,
  name: N,
  input: CallInput<N>,
): Promise<CallOutput<N>> {
  const answer = await dispatch(handlers, name, input)
  if (!answer.ok) throw fromErrorView(answer.error)
  return answer.value as CallOutput<N>
}

async function finish<K extends keyof JobReports>(
  application: Application,
  { jobId }: { jobId: number },
): Promise<JobReports[K]> {
  for (;;) {
    const job = await call(application, 'job.get', { jobId })
    if (job.error !== null) throw fromErrorView(job.error)
    if (hasEnded(job)) return job.report as JobReports[K]
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

const backUp = async (application: Application, input: CallInput<'backup.create'>): Promise<BackupReport> =>
  finish<'backup'>(application, await call(application, 'backup.create', input))
const restore = async (application: Application, path: string, directory: string) =>
  finish<'restore'>(application, await call(application, 'backup.restore', { path, directory }))
const verify = async (application: Application, path: string) =>
  finish<'verify-backup'>(application, await call(application, 'backup.verify', { path }))

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-backup-'))
  workspace = file('w')
  makeWorkspace()
})
afterEach(async () => {
  for (const application of applications.splice(0)) await application.close()
  rmSync(root, { recursive: true })
})

async function open(path = workspace): Promise<Application> {
  const application = start()
  await call(application, 'workspace.open', { path })
  return application
}

describe('a backup', () => {
  it('holds the whole workspace; a restored one has the same labels, files and trail, and says that it was restored', async () => {
    const application = await open()
    const report = await backUp(application, { path: file('w.tar') })
    expect(report).toMatchObject({ files: 5, problems: [], isRecorded: true, removed: [] })
    expect(report.header).toMatchObject({
      software: '1.2.3',
      images: 20,
      labels: 3,
      models: 1,
      withDerived: true,
    })
    expect(report.sha256).toBe(
      createHash('sha256')
        .update(readFileSync(file('w.tar')))
        .digest('hex'),
    )
    expect(readdirSync(root).toSorted()).toEqual(['home', 'w', 'w.tar'])
    expect(await verify(application, file('w.tar'))).toMatchObject({ sha256: report.sha256, files: 5 })

    const trail = (await call(application, 'audit.list', { limit: 100 })).events
    expect(trail[0]).toMatchObject({ kind: 'backup', after: { sha256: report.sha256, bytes: report.bytes } })
    expect(await restore(application, file('w.tar'), file('w2'))).toMatchObject({ files: 5, lostEvents: 0 })
    for (const name of [
      join('boosters', `${sha256(booster)}.txt`),
      join('images', `${sha256(copied)}.png`),
      join('descriptors', 'resnet50', 'a.npy'),
      join('descriptors', 'external', 'theirs ü', `${'long'.repeat(30)}.npy`),
    ])
      expect(readFileSync(file('w2', name)).equals(readFileSync(join(workspace, name))), name).toBe(true)
    expect(existsSync(file('w2', 'images', 'no-row.png'))).toBe(false)
    expect(existsSync(file('w2', 'dropped'))).toBe(false)

    const again = await open(file('w2'))
    const images = await call(again, 'image.list', {})
    expect(images.map(({ label: given }) => given?.className)).toEqual(
      (await call(application, 'image.list', {})).map(({ label: given }) => given?.className),
    )
    expect(images[0]?.path).toBe(file('w2', 'images', `${sha256(copied)}.png`))
    const [restored, ...earlier] = (await call(again, 'audit.list', { limit: 100 })).events
    expect(restored).toMatchObject({
      kind: 'restore',
      object: { type: 'file', name: 'w.tar' },
      after: { sha256: report.sha256, from: workspace },
    })
    expect(earlier).toEqual(trail.slice(1))
    expect(await call(again, 'audit.verify', {})).toMatchObject({ whole: true, problems: [] })
    expect((await call(again, 'job.list', {})).filter(({ kind }) => kind === 'backup')).toEqual([])
  })

  it('leaves out on request what can be computed again, and never what cannot', async () => {
    const application = await open()
    expect(await backUp(application, { path: file('w.tar'), withDerived: false })).toMatchObject({ files: 4 })
    await restore(application, file('w.tar'), file('w2'))
    expect(readdirSync(file('w2', 'descriptors'))).toEqual(['external'])
  })

  it('replaces no file without being told, and is never inside the workspace', async () => {
    const application = await open()
    writeFileSync(file('other.tar'), 'something else')
    await expect(backUp(application, { path: file('other.tar') })).rejects.toThrow(code('path.exists'))
    expect(readFileSync(file('other.tar'), 'utf8')).toBe('something else')
    await backUp(application, { path: file('other.tar'), replace: true })
    await verify(application, file('other.tar'))
    await expect(call(application, 'backup.create', { path: join(workspace, 'x.tar') })).rejects.toThrow(
      /inside the workspace/,
    )
    await expect(call(application, 'backup.create', { path: file('x.zip') })).rejects.toThrow(/end in \.tar/)
  })

  it('is made of a workspace that another process has open, without an event', async () => {
    const holder = await open()
    const other = start()
    await expect(call(other, 'workspace.open', { path: workspace })).rejects.toThrow(code('workspace.locked'))
    await call(holder, 'image.label', { imageIds: [4], className: 'Malignant' })
    const report = await backUp(other, { path: file('w.tar'), workspace })
    expect(report).toMatchObject({ isRecorded: false, header: { labels: 4 }, problems: [] })
    await call(holder, 'image.label', { imageIds: [5], className: 'Malignant' })
    await restore(other, file('w.tar'), file('w2'))
    const images = await call(await open(file('w2')), 'image.list', {})
    expect(images.filter(({ label: given }) => given !== null).map(({ id }) => id)).toEqual([1, 2, 3, 4])
  })

  it('names the files of models and copies that are missing or damaged', async () => {
    writeFileSync(join(workspace, 'boosters', `${sha256(booster)}.txt`), 'something else')
    rmSync(join(workspace, 'images', `${sha256(copied)}.png`))
    const { problems } = await backUp(await open(), { path: file('w.tar') })
    expect(problems).toEqual([
      `A file of the model "m" is damaged: boosters/${sha256(booster)}.txt.`,
      `A copied image is missing: images/${sha256(copied)}.png.`,
    ])
  })

  it('removes what a full disk or a killed program left of its copy of the database', async () => {
    const left = ['', '-wal', '-shm', '-journal'].map((ending) => file(`w.tar.database.partial${ending}`))
    for (const path of left) writeFileSync(path, 'left')
    await backUp(await open(), { path: file('w.tar') })
    expect(readdirSync(root).toSorted()).toEqual(['home', 'w', 'w.tar'])
  })

  it('that was cancelled leaves nothing', async () => {
    const application = await open()
    const { jobId } = await call(application, 'backup.create', { path: file('w.tar') })
    await call(application, 'job.cancel', { jobId })
    await finish(application, { jobId })
    expect((await call(application, 'job.get', { jobId })).state).toBe('cancelled')
    expect(readdirSync(root).toSorted()).toEqual(['home', 'w'])
  })
})

describe('a restore', () => {
  it('never touches a folder or file that exists', async () => {
    const application = await open()
    await backUp(application, { path: file('w.tar') })
    mkdirSync(file('empty'))
    for (const path of [workspace, file('empty'), file('w.tar')])
      await expect(restore(application, file('w.tar'), path)).rejects.toThrow(code('backup.folder-exists'))
    expect(readdirSync(file('empty'))).toEqual([])
  })

  it('to the place of a newer workspace is recorded with the events that it lacks, and is no older copy', async () => {
    const first = await open()
    await backUp(first, { path: file('w.tar') })
    await call(first, 'image.label', { imageIds: [6, 7], className: 'Malignant' })
    const { events: seen } = await call(first, 'audit.verify', {})
    await first.close()
    applications.length = 0
    renameSync(workspace, file('away'))
    const application = start()
    // The event of the backup itself and those of two labels.
    expect(await restore(application, file('w.tar'), workspace)).toMatchObject({ lostEvents: 3 })
    await call(application, 'workspace.open', { path: workspace })
    expect(await call(application, 'audit.verify', {})).toMatchObject({ whole: true, problems: [] })
    const { events } = await call(application, 'audit.list', { limit: 1 })
    expect(events[0]?.before).toMatchObject({ lastSeenEvent: seen })
  })

  it('refuses a backup in which any byte is wrong, and leaves nothing', async () => {
    const application = await open()
    await backUp(application, { path: file('w.tar'), withDerived: false })
    const whole = readFileSync(file('w.tar'))
    const { size } = statSync(file('w.tar'))
    const step = Math.floor(size / 60)
    for (let at = 1; at < size; at += step) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] ?? 0) ^ 0x41
      writeFileSync(file('damaged.tar'), damaged)
      await expect(restore(application, file('damaged.tar'), file('w2')), `byte ${at}`).rejects.toThrow(
        code('backup.invalid'),
      )
    }
    for (const length of [0, 511, 512, 4096, size - 1024, size - 1]) {
      writeFileSync(file('damaged.tar'), whole.subarray(0, length))
      await expect(restore(application, file('damaged.tar'), file('w2'))).rejects.toThrow(
        code('backup.invalid'),
      )
    }
    writeFileSync(file('damaged.tar'), Buffer.concat([whole, Buffer.from('x')]))
    await expect(verify(application, file('damaged.tar'))).rejects.toThrow(code('backup.invalid'))
    expect(readdirSync(root).toSorted()).toEqual(['damaged.tar', 'home', 'w', 'w.tar'])
  })
})

// Windows does not let the database of an open workspace be deleted (test/store/robust-workspace.test.ts).
it.skipIf(process.platform === 'win32')(
  'a rescue copy of a workspace whose database was deleted opens with everything',
  async () => {
    const application = await open()
    await call(application, 'image.label', { imageIds: [8], className: 'Malignant' })
    for (const name of readdirSync(workspace).filter((entry) => entry.startsWith('workspace.sqlite')))
      rmSync(join(workspace, name))
    await expect(call(application, 'image.label', { imageIds: [9], className: 'Benign' })).rejects.toThrow(
      code('workspace.replaced'),
    )
    expect(await call(application, 'workspace.current', {})).toMatchObject({ isInPlace: false })
    expect(await call(application, 'backup.rescue', { directory: file('rescued') })).toMatchObject({
      directory: file('rescued'),
      files: 5,
      missing: [],
    })
    const images = await call(await open(file('rescued')), 'image.list', {})
    expect(images.filter(({ label: given }) => given !== null).map(({ id }) => id)).toEqual([1, 2, 3, 8])
  },
)

it('a workspace of a killed process is backed up with what its log holds', async () => {
  const store = openWorkspace(workspace, 'test')
  label(store, [10, 11])
  cpSync(workspace, file('killed'), { recursive: true })
  store.close()
  const report = await backUp(start(), { path: file('k.tar'), workspace: file('killed') })
  expect(report.header.labels).toBe(5)
})
