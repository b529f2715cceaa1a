import { appendFileSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { CallName, ErrorCode, JobKind, JobState } from '../contract/index.ts'
import { makePrivateFolderSync, privateFile } from './private-files.ts'

/**
 * What may be logged, and all of it. No field is a text from a person, a file or a library: calls, jobs, states and
 * errors have their names in the contract, and the rest are numbers. So no name of an image, case, reader, class, model
 * or folder can get into a log.
 */
export type LogEntry =
  | {
      event: 'started'
      version: string
      door: 'window' | 'browser' | 'command line'
      node: string
      os: string
    }
  | { event: 'ended' }
  | { event: 'call.failed'; call: CallName; code: ErrorCode; reference?: string }
  | { event: 'job.changed'; job: JobKind; state: JobState }
  | {
      event: 'job.ended'
      job: JobKind
      state: JobState
      seconds: number
      code: ErrorCode | null
      /** Images or files that it could not process, by the code of their error. */
      failures: Partial<Record<ErrorCode, number>>
    }
  | { event: 'compute.crashed'; exit: string }
  | { event: 'unexpected'; reference: string; error: ErrorFacts }

/** An error without its message, which may name anything. */
export interface ErrorFacts {
  /** The class of the error, such as TypeError. */
  readonly type: string
  /** The system's or a library's code, such as ENOSPC. */
  readonly code: string | null
  /** Where it happened in the program: function, file, line and column. */
  readonly frames: readonly string[]
  readonly cause: Pick<ErrorFacts, 'type' | 'code'> | null
}

const levels = ['off', 'error', 'info'] as const
export type LogLevel = (typeof levels)[number]
export const asLogLevel = (text: string | undefined): LogLevel =>
  levels.find((level) => level === text) ?? 'info'

/** A new file is begun when one has this size, bytes, and on each day (UTC). */
const fileBytes = 1_000_000
/** Files that are kept. */
const keptFiles = 10

export interface OpenLog {
  readonly folder: string
  readonly level: LogLevel
}

let open: OpenLog | null = null
/** Lines in a row that could not be written. */
let lost = 0
/** After so many it is a full disk or a missing right, not a moment in which another program holds the file. */
const maxLost = 20

/**
 * Begins to log in this process. Several processes may write to one folder: lines are appended whole, and no file is
 * ever renamed.
 * @param folder made if needed. One that cannot be written for many lines in a row ends the logging, and nothing else
 */
export function openLog(folder: string, level: LogLevel): void {
  open = level === 'off' ? null : { folder, level }
  lost = 0
}
export const closeLog = (): void => void (open = null)
/** Where this process logs; null: it does not. */
export const openedLog = (): OpenLog | null => open
/** Whether this process stopped to log, because it could not write. */
export const hasLogFailed = (): boolean => lost >= maxLost

export function log(entry: LogEntry, now = new Date()): void {
  if (open === null || (open.level === 'error' && !isFailure(entry))) return
  try {
    const line = JSON.stringify({ time: now.toISOString(), process: process.pid, ...entry })
    appendFileSync(fileFor(open.folder, now), `${line}\n`, { mode: privateFile })
    lost = 0
  } catch {
    // The program must not end for it.
    if (++lost >= maxLost) open = null
  }
}

const isFailure = (entry: LogEntry): boolean =>
  ['call.failed', 'compute.crashed', 'unexpected'].includes(entry.event) ||
  (entry.event === 'job.ended' && (entry.state === 'failed' || Object.keys(entry.failures).length > 0))

const logName = /^lobule-(\d{8})-(\d{3})\.log$/
/** The logs of a folder, oldest first. */
export const logFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => logName.test(name))
    .toSorted()

function fileFor(folder: string, now: Date): string {
  makePrivateFolderSync(folder)
  const day = now.toISOString().slice(0, 10).replaceAll('-', '')
  const nameOf = (number: number): string => `lobule-${day}-${String(number).padStart(3, '0')}.log`
  const files = logFiles(folder)
  const [, newestDay, number = '1'] = logName.exec(files.at(-1) ?? '') ?? []
  const newest = join(folder, files.at(-1) ?? '')
  if (newestDay === day && (statSync(newest).size < fileBytes || number === '999')) return newest
  for (const old of files.slice(0, Math.max(0, files.length + 1 - keptFiles)))
    rmSync(join(folder, old), { force: true })
  return join(folder, nameOf(newestDay === day ? Number(number) + 1 : 1))
}

/** The newest lines of the logs, oldest first. An unreadable folder has none. */
export function newestLines(folder: string, count: number): string[] {
  try {
    const lines = logFiles(folder)
      .slice(-3)
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    return lines.filter((line) => line !== '').slice(-count)
  } catch {
    return []
  }
}

/** What may be logged of an error. */
export function factsOfError(error: unknown): ErrorFacts {
  const cause = error instanceof Error ? error.cause : undefined
  return {
    ...namesOf(error),
    frames: error instanceof Error ? framesOf(error) : [],
    cause: cause === undefined ? null : namesOf(cause),
  }
}

function namesOf(error: unknown): Pick<ErrorFacts, 'type' | 'code'> {
  if (!(error instanceof Error)) return { type: typeof error, code: null }
  const { code } = error as { code?: unknown }
  return {
    type: /^[A-Z][A-Za-z]{0,40}(?:Error|Exception)$/.test(error.name) ? error.name : 'Error',
    code: typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : null,
  }
}

const frame =
  /^ {4}at (?:(?:async |new )*([\w$.<>]+)(?: \[as [\w$]+\])? )?\(?(?:[^()]*[\\/])?([\w.-]+\.[cm]?[jt]s|node:[\w/]+):(\d+):(\d+)\)?$/

/** The frames of the program's own files. The message is cut off first, since it may look like frames. */
function framesOf({ name, message, stack = '' }: Error): string[] {
  const head = message === '' ? name : `${name}: ${message}`
  if (!stack.startsWith(head)) return []
  return stack
    .slice(head.length)
    .split('\n')
    .flatMap((line) => {
      const [, where = '', file, row, column] = frame.exec(line) ?? []
      return file === undefined ? [] : [`${where} ${file}:${row}:${column}`.trim()]
    })
    .slice(0, 12)
}
