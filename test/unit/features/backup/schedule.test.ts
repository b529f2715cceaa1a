import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { defaultSchedule, type AnyEvent } from '../../../../electron/contract/index.ts'
import { BackupWatch } from '../../../../electron/features/backup/backup-schedule.ts'
import { BackupRecords } from '../../../../electron/features/backup/backup-records.ts'
import {
  keptOf,
  removeOldBackups,
  scheduledName,
} from '../../../../electron/features/backup/schedule-files.ts'
import { allJobs } from '../../../../electron/application/all-jobs.ts'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import { tasks } from '../../../../electron/compute/tasks.ts'
import { Session } from '../../../../electron/session/session.ts'
import { inProcessBounded } from '../../../support/in-process-bounded.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-schedule-'))))
afterEach(() => rmSync(root, { recursive: true }))

const day = 24 * 3600 * 1000
const iso = (ms: number): string => new Date(ms).toISOString()
const start = Date.parse('2026-01-01T09:00:00Z')

it('keeps the newest of each day, week and month', () => {
  const times = Array.from({ length: 400 }, (_, n) => iso(start + n * day))
  const kept = [...keptOf(times, { daily: 7, weekly: 4, monthly: 12 })].toSorted().toReversed()
  const newest = start + 399 * day
  expect(kept.slice(0, 7)).toEqual(Array.from({ length: 7 }, (_, n) => iso(newest - n * day)))
  // 2027-02-04 is a Thursday: Sundays end the earlier weeks.
  expect(kept.slice(7, 9)).toEqual(['2027-01-24T09:00:00.000Z', '2027-01-17T09:00:00.000Z'])
  expect(kept.filter((time) => time < '2027-01')).toEqual([
    '2026-12-31T09:00:00.000Z',
    '2026-11-30T09:00:00.000Z',
    '2026-10-31T09:00:00.000Z',
    '2026-09-30T09:00:00.000Z',
    '2026-08-31T09:00:00.000Z',
    '2026-07-31T09:00:00.000Z',
    '2026-06-30T09:00:00.000Z',
    '2026-05-31T09:00:00.000Z',
    '2026-04-30T09:00:00.000Z',
    '2026-03-31T09:00:00.000Z',
  ])
  expect(keptOf(times.slice(0, 1), { daily: 1, weekly: 0, monthly: 0 }).size).toBe(1)
})

it('removes only old scheduled backups of this workspace', async () => {
  const own = { name: 'A study / 2026', createdAt: '2026-01-01T00:00:00.000Z' }
  const other = { ...own, createdAt: '2026-01-02T00:00:00.000Z' }
  const names = [0, 1, 2].map((n) => scheduledName(own, new Date(start + n * day)))
  const foreign = scheduledName(other, new Date(start))
  const halfWritten = ['', '.database'].map((part) => `${names[0]}${part}.partial`)
  const besides = ['-wal', '-shm', '-journal'].map((ending) => `${names[0]}.database.partial${ending}`)
  for (const name of [...names, foreign, ...halfWritten, ...besides, `${names[0]}.copy`, 'x.tar'])
    writeFileSync(join(root, name), '')
  expect(names[0]).toMatch(/^A-study-2026-[0-9a-f]{8}-20260101T090000Z\.tar$/)
  const removed = await removeOldBackups(root, own, { daily: 2, weekly: 0, monthly: 0 })
  expect(removed).toEqual([join(root, names[0] ?? '')])
  expect(readdirSync(root).toSorted()).toEqual(
    [names[1], names[2], foreign, `${names[0]}.copy`, 'x.tar'].toSorted(),
  )
})

it('makes a backup when one is due, not before, and reminds when none was made', async () => {
  const events: AnyEvent[] = []
  const emit = (event: AnyEvent): void => void events.push(event)
  const compute = new ComputeClient(inProcessCompute(tasks).launch, () => undefined)
  const services = {
    homeDirectory: join(root, 'home'),
    version: '1',
    emit,
    compute,
    bounded: inProcessBounded(),
    get workspace() {
      return session.workspace
    },
  }
  const session: Session = new Session(
    'test',
    () => undefined,
    () => 'ada',
    allJobs,
    () => services,
  )
  try {
    await session.create(join(root, 'w'), 'Benign,Malignant*')
    let now = Date.now() + 29 * day
    const watch = new BackupWatch(session, services.homeDirectory, emit, { now: () => now })
    expect(watch.state()).toMatchObject({ schedule: defaultSchedule, last: null, remindDays: null })
    now += day
    expect(watch.state().remindDays).toBe(30)
    watch.look()
    expect(session.queue.list()).toEqual([])

    const folder = join(root, 'backups')
    watch.change({ ...defaultSchedule, every: 'day', folder, keep: { daily: 2, weekly: 0, monthly: 0 } })
    await expect.poll(() => session.queue.list().length).toBe(1)
    await session.queue.idle()
    expect(readdirSync(folder).length).toBe(1)
    const made = new BackupRecords(services.homeDirectory).of(join(root, 'w'), createdAtOf(session))
    expect(made).toMatchObject({ failure: null, last: { path: join(folder, readdirSync(folder)[0] ?? '') } })
    // The record says when it was really made.
    now = Date.parse(made.last?.at ?? '') + 22 * 3600 * 1000
    const later = new BackupWatch(session, services.homeDirectory, emit, { now: () => now })
    later.look()
    await session.queue.idle()
    expect(readdirSync(folder).length).toBe(1)
    now += 2 * 3600 * 1000
    later.look()
    await session.queue.idle()
    expect(readdirSync(folder).length).toBe(2)
    expect(later.state()).toMatchObject({ remindDays: null, failure: null })

    rmSync(folder, { recursive: true })
    writeFileSync(folder, 'no folder any more')
    now += 3 * day
    later.look()
    expect(later.state().failure).toMatch(/backups/)

    // Windows does not let an open database be deleted (test/store/robust-workspace.test.ts).
    if (process.platform === 'win32') return
    later.watchPlace()
    events.length = 0
    rmSync(join(root, 'w', 'workspace.sqlite'))
    later.watchPlace()
    later.watchPlace()
    expect(events).toMatchObject([{ name: 'workspace.changed', payload: { isInPlace: false } }])
  } finally {
    await session.dispose()
    compute.close()
  }
})

const createdAtOf = ({ workspace }: Session): string =>
  workspace.database.prepare<[], { at: string }>('SELECT created_at AS at FROM workspace').get()?.at ?? ''
