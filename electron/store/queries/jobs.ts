import type { AuditKind, ErrorView, JobKind, JobState, JobView, Progress } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { appendInterruptions, appendJobEvent } from './job-events.ts'

/** A job as it is stored; its kind decides whether it can be resumed or retried. */
export type StoredJob = Omit<JobView, 'resumable' | 'retriable'>

interface JobRow {
  id: number
  kind: JobKind
  title: string
  input: string
  state: JobState
  progress: string | null
  report: string | null
  error: string | null
  created_at: string
  ended_at: string | null
}

const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text))
const written = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value)

const fromRow = (row: JobRow): StoredJob => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  state: row.state,
  progress: parsed(row.progress) as Progress | null,
  report: parsed(row.report),
  error: parsed(row.error) as ErrorView | null,
  createdAt: row.created_at,
  endedAt: row.ended_at,
})

/** The newest jobs first, at most `limit`. */
export const listJobs = (database: Readable, limit = 100): StoredJob[] =>
  database.prepare<[number], JobRow>('SELECT * FROM jobs ORDER BY id DESC LIMIT ?').all(limit).map(fromRow)

/** A job as it was last stored, or null. */
export function findJob(database: Readable, jobId: number): StoredJob | null {
  const row = database.prepare<[number], JobRow>('SELECT * FROM jobs WHERE id = ?').get(jobId)
  return row === undefined ? null : fromRow(row)
}

/** The input of a job, or undefined if there is no such job. */
export function readJobInput(database: Readable, jobId: number): unknown {
  const row = database.prepare<[number], { input: string }>('SELECT input FROM jobs WHERE id = ?').get(jobId)
  return row === undefined ? undefined : parsed(row.input)
}

export function insertJob(database: Writable, kind: JobKind, title: string, input: unknown): StoredJob {
  const row = database
    .prepare<[string, string, string, string], JobRow>(
      `INSERT INTO jobs (kind, title, input, state, created_at) VALUES (?, ?, ?, 'queued', ?) RETURNING *`,
    )
    .get(kind, title, JSON.stringify(input), new Date().toISOString())
  return fromRow(row as JobRow)
}

/**
 * Writes a job's state, `progress`, `report`, `error` and `endedAt`, with its event.
 * @param auditKind kind of the job's events; null: it leaves none
 */
export function updateJob(database: Writable, job: StoredJob, auditKind: AuditKind | null): void {
  database.transaction(() => {
    if (auditKind !== null) appendJobEvent(database, job, auditKind)
    database
      .prepare('UPDATE jobs SET state = ?, progress = ?, report = ?, error = ?, ended_at = ? WHERE id = ?')
      .run(job.state, written(job.progress), written(job.report), written(job.error), job.endedAt, job.id)
  })()
}

/**
 * At start: jobs that were running when the program ended become `interrupted` and can be resumed. Jobs that were being
 * paused or cancelled become `paused` or `cancelled`.
 */
export function interruptRunningJobs(
  database: Writable,
  auditKindOf: (kind: JobKind) => AuditKind | null,
): void {
  const change = database.prepare<[string, string | null, string]>(
    'UPDATE jobs SET state = ?, ended_at = ? WHERE state = ?',
  )
  const at = new Date().toISOString()
  database.transaction(() => {
    appendInterruptions(database, auditKindOf)
    change.run('interrupted', at, 'queued')
    change.run('interrupted', at, 'running')
    change.run('paused', null, 'pausing')
    change.run('cancelled', at, 'cancelling')
  })()
}

/** In a restored workspace: the backup that the workspace was copied by had not ended yet, in the copy. */
export function removeUnfinishedBackups(database: Writable): void {
  database
    .prepare("DELETE FROM jobs WHERE kind = 'backup' AND state NOT IN ('done', 'failed', 'cancelled')")
    .run()
}

/** Images that a model has predicted since a time (ISO 8601); empty if `since` is null. */
export function listImagesJudgedSince(
  database: Readable,
  modelId: number,
  since: string | null,
): ReadonlySet<number> {
  const rows = database
    .prepare<[number, string | null], { image_id: number }>(
      'SELECT DISTINCT image_id FROM verdicts WHERE model_id = ? AND at >= ?',
    )
    .all(modelId, since)
  return new Set(rows.map((row) => row.image_id))
}

/** The input of the newest finished job of a kind, or undefined. */
export function readNewestInput(database: Readable, kind: JobKind): unknown {
  const row = database
    .prepare<[string], { input: string }>(
      "SELECT input FROM jobs WHERE kind = ? AND state = 'done' ORDER BY id DESC LIMIT 1",
    )
    .get(kind)
  return row === undefined ? undefined : parsed(row.input)
}

/** The report of the newest finished job of a kind, with its end; null: none has finished. */
export function findNewestReport(
  database: Readable,
  kind: JobKind,
  model: string | null = null,
): { report: unknown; endedAt: string } | null {
  const row = database
    .prepare<[{ kind: string; model: string | null }], { report: string; ended_at: string }>(
      `SELECT report, ended_at FROM jobs WHERE kind = :kind AND state = 'done'
         AND (:model IS NULL OR input ->> '$.model' = :model) ORDER BY id DESC LIMIT 1`,
    )
    .get({ kind, model })
  return row === undefined ? null : { report: JSON.parse(row.report), endedAt: row.ended_at }
}
