import Sqlite from 'better-sqlite3'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { allJobs } from '../../../electron/application/all-jobs.ts'
import type { ComputeClient } from '../../../electron/compute/client.ts'
import { inProcessBounded } from '../../support/in-process-bounded.ts'
import { parseClassScheme, type AnyEvent } from '../../../electron/contract/index.ts'
import { demoJob } from '../../../electron/features/images/make-demo.ts'
import { Session } from '../../../electron/session/session.ts'
import { createWorkspace, nameReader, openWorkspace } from '../../../electron/store/index.ts'
import { canLink } from '../../support/links.ts'

let root: string
let session: Session
let events: AnyEvent[]
let reader: string
let finishJob: (() => void) | null

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'lobule-open-')))
  events = []
  reader = 'ada'
  finishJob = null
  const run = (): Promise<{ images: number }> =>
    new Promise((resolve) => (finishJob = () => resolve({ images: 1 })))
  session = new Session(
    'test',
    (event) => events.push(event),
    () => reader,
    allJobs,
    () => ({
      homeDirectory: root,
      version: 'test',
      emit: () => undefined,
      compute: { run } as unknown as ComputeClient,
      bounded: inProcessBounded(),
      workspace: session.workspace,
    }),
  )
  await session.create(join(root, 'w'), 'Benign,Malignant*')
  events.length = 0
})
afterEach(async () => {
  await session.dispose()
  rmSync(root, { recursive: true, force: true })
})

const make = (name: string): string => {
  const path = join(root, name)
  createWorkspace(path, parseClassScheme('A,B'), 'other').close()
  return path
}
const change = (path: string, sql: string): void => {
  const database = new Sqlite(join(path, 'workspace.sqlite'))
  database.exec(sql)
  database.close()
}

/** What is opened, and the code of its refusal; null: any error. */
const refused: [string, string | null, () => string | [string, () => void]][] = [
  ['a folder without one', 'workspace.not-found', () => root],
  ['a missing folder', 'workspace.not-found', () => join(root, 'none')],
  [
    'a damaged database',
    'workspace.corrupt',
    () => {
      mkdirSync(join(root, 'damaged'))
      writeFileSync(join(root, 'damaged', 'workspace.sqlite'), 'no database at all'.repeat(500))
      return join(root, 'damaged')
    },
  ],
  [
    'a newer format',
    'workspace.newer',
    () => {
      const path = make('newer')
      change(path, 'PRAGMA user_version = 9999')
      return path
    },
  ],
  [
    'a table that is gone',
    null,
    () => {
      const path = make('cut')
      change(path, 'PRAGMA foreign_keys = OFF; DROP TABLE workspace')
      return path
    },
  ],
  [
    'one that another program holds',
    'workspace.locked',
    () => {
      const other = openWorkspace(make('held'), 'other')
      return [other.path, () => other.close()]
    },
  ],
]

it.each(refused)('%s leaves the open workspace as it was', async (_what, code, prepare) => {
  const prepared = prepare()
  const [path, release] = typeof prepared === 'string' ? [prepared, () => undefined] : prepared
  const before = { view: session.view(), workspace: session.workspace, queue: session.queue }
  const error = await session.open(path).catch((failure: unknown) => failure)
  expect(error).toBeInstanceOf(Error)
  if (code !== null) expect(error).toMatchObject({ code })
  expect(events).toEqual([])
  expect(session.view()).toEqual(before.view)
  expect(session.workspace).toBe(before.workspace)
  expect(session.queue).toBe(before.queue)
  // It can still be written, and only here.
  nameReader(session.workspace.database, () => 'bea')
  expect(() => openWorkspace(join(root, 'w'), 'other')).toThrow(/in use/)
  release()
  // What could not be opened is not held either.
  if (code === 'workspace.locked') openWorkspace(path, 'other').close()
})

it('a creation that fails leaves the open workspace as it was', async () => {
  const workspace = session.workspace
  await expect(session.create(make('other'), 'A,B')).rejects.toMatchObject({ code: 'workspace.exists' })
  expect(session.workspace).toBe(workspace)
  expect(events).toEqual([])
})

it('a folder that is opened again, or through a link, stays open', async () => {
  const workspace = session.workspace
  if (canLink) symlinkSync(join(root, 'w'), join(root, 'link'))
  for (const path of [join(root, 'w'), ...(canLink ? [join(root, 'link')] : []), `${root}/./w/`]) {
    expect((await session.open(path)).path).toBe(join(root, 'w'))
    expect(session.workspace).toBe(workspace)
  }
})

it('while a job runs nothing else is opened, and the job goes on', async () => {
  const size = { perClass: 1, seed: 1, widthPx: 64, heightPx: 64 }
  const { id } = session.queue.submit(demoJob, { directory: root, ...size })
  const other = make('other')
  await expect(session.open(other)).rejects.toMatchObject({ code: 'job.busy' })
  await expect(session.create(join(root, 'new'), 'A,B')).rejects.toMatchObject({ code: 'job.busy' })
  openWorkspace(other, 'other').close()
  await expect.poll(() => finishJob).not.toBeNull()
  finishJob?.()
  await session.queue.idle()
  expect(session.queue.get(id).state).toBe('done')
  expect((await session.open(other)).path).toBe(other)
})

it('opens the next one and releases the one before, also if two are opened at once', async () => {
  const [first, second] = [make('first'), make('second')]
  reader = 'cleo'
  const views = await Promise.all([session.open(first), session.open(second)])
  expect(views.map(({ path }) => path)).toEqual([first, second])
  expect(session.view()?.path).toBe(second)
  expect(events.map((event) => event.name)).toEqual(['workspace.changed', 'workspace.changed'])
  for (const path of [join(root, 'w'), first]) openWorkspace(path, 'other').close()
  expect(() => openWorkspace(second, 'other')).toThrow(/in use/)
})
