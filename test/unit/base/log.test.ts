import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  closeLog,
  factsOfError,
  hasLogFailed,
  log,
  newestLines,
  openedLog,
  openLog,
} from '../../../electron/base/log.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lobule-log-'))))
afterEach(() => {
  closeLog()
  rmSync(folder, { recursive: true, force: true })
})

const at = (day: number, hour = 12): Date => new Date(Date.UTC(2026, 0, day, hour))
const ended = { event: 'ended' } as const
const failed = { event: 'call.failed', call: 'image.list', code: 'workspace.none-open' } as const

it('writes one JSON record a line, into a file for each day', () => {
  openLog(folder, 'info')
  log(failed, at(1))
  log(ended, at(2))
  expect(readdirSync(folder)).toEqual(['lobule-20260101-001.log', 'lobule-20260102-001.log'])
  expect(newestLines(folder, 10).map((line) => JSON.parse(line) as unknown)).toEqual([
    { time: '2026-01-01T12:00:00.000Z', process: process.pid, ...failed },
    { time: '2026-01-02T12:00:00.000Z', process: process.pid, ...ended },
  ])
  expect(newestLines(folder, 1)).toHaveLength(1)
})

it('begins another file at 1 MB and keeps the newest ten, and other files', () => {
  writeFileSync(join(folder, 'lobule-20260101-001.log'), 'x'.repeat(1_000_000))
  writeFileSync(join(folder, 'lobule.log'), 'a file of another program')
  openLog(folder, 'info')
  log(ended, at(1))
  expect(readdirSync(folder)).toContain('lobule-20260101-002.log')
  for (let day = 2; day <= 12; day++) log(ended, at(day))
  const names = readdirSync(folder).toSorted()
  expect(names.filter((name) => name.startsWith('lobule-'))).toEqual(
    Array.from({ length: 10 }, (_, n) => `lobule-202601${String(n + 3).padStart(2, '0')}-001.log`),
  )
  expect(names).toContain('lobule.log')
})

it('logs failures only at level error, and nothing when it is off', () => {
  openLog(folder, 'error')
  log(ended, at(1))
  log({ event: 'job.ended', job: 'import', state: 'done', seconds: 1, code: null, failures: {} }, at(1))
  expect(newestLines(folder, 10)).toEqual([])
  log(failed, at(1))
  const failures = { 'image.truncated': 2 }
  log({ event: 'job.ended', job: 'import', state: 'done', seconds: 1, code: null, failures }, at(1))
  expect(newestLines(folder, 10)).toHaveLength(2)
  openLog(folder, 'off')
  log(failed, at(1))
  expect(newestLines(folder, 10)).toHaveLength(2)
})

it('ends, and nothing else does, where the folder can for long not be written', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  openLog(join(file, 'below'), 'info')
  for (let line = 1; line < 20; line++) log(ended)
  expect([openedLog() === null, hasLogFailed()]).toEqual([false, false])
  log(ended)
  expect([openedLog() === null, hasLogFailed()]).toEqual([true, true])
})

it('goes on after a moment in which it could not write', () => {
  const below = join(folder, 'below')
  writeFileSync(below, '')
  openLog(below, 'info')
  for (let line = 1; line < 20; line++) log(ended)
  rmSync(below)
  log(failed)
  expect(newestLines(below, 10)).toHaveLength(1)
  // What failed before no longer counts.
  rmSync(below, { recursive: true })
  writeFileSync(below, '')
  for (let line = 1; line < 20; line++) log(ended)
  expect(hasLogFailed()).toBe(false)
})

it('keeps of an error its class, codes and places, never its message', () => {
  const cause = Object.assign(new RangeError('Mallory 1977.png'), { code: 'ENOSPC' })
  const error = new TypeError("Mallory's file\n    at Mallory (mallory.js:1:1)", { cause })
  const facts = factsOfError(error)
  expect(facts).toMatchObject({
    type: 'TypeError',
    code: null,
    cause: { type: 'RangeError', code: 'ENOSPC' },
  })
  expect(facts.frames[0]).toMatch(/^\S* ?log\.test\.ts:\d+:\d+$/)
  expect(JSON.stringify(facts)).not.toMatch(/mallory/i)
})

it('keeps nothing of errors whose names, codes and stacks are made up', () => {
  const odd = Object.assign(new Error('x'), {
    name: 'Mallory',
    code: 'mallory 1977',
    stack: 'Mallory\n    at a (b.js:1:1)',
  })
  expect(factsOfError(odd)).toEqual({ type: 'Error', code: null, frames: [], cause: null })
  expect(factsOfError('Mallory')).toEqual({ type: 'string', code: null, frames: [], cause: null })
})
