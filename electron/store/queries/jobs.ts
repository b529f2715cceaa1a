import type { ErrorView, JobKind, JobState, JobView } from '../../contract/index.ts'
import type { Readable, Writable } from '../connection.ts'

interface JobRow {
  id: number
  kind: JobKind
  title: string
  state: JobState
  report: string | null
  error: string | null
  created_at: string
  ended_at: string | null
}

const fromRow = (row: JobRow): JobView => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  state: row.state,
  progress: null,
  report: row.report === null ? null : (JSON.parse(row.report) as unknown),
  error: row.error === null ? null : (JSON.parse(row.error) as ErrorView),
  createdAt: row.created_at,
  endedAt: row.ended_at,
})

/** The newest jobs first, at most `limit`. */
export const listJobs = (database: Readable, limit = 100): JobView[] =>
  database.prepare<[number], JobRow>('SELECT * FROM jobs ORDER BY id DESC LIMIT ?').all(limit).map(fromRow)

export function insertJob(database: Writable, kind: JobKind, title: string, input: unknown): JobView {
  const row = database
    .prepare<[string, string, string, string], JobRow>(
      `INSERT INTO jobs (kind, title, input, state, created_at) VALUES (?, ?, ?, 'queued', ?) RETURNING *`,
    )
    .get(kind, title, JSON.stringify(input), new Date().toISOString())
  return fromRow(row as JobRow)
}

/** Writes a job's state; `report`, `error` and `endedAt` as they stand in the view. */
export function updateJob(database: Writable, job: JobView): void {
  database
    .prepare('UPDATE jobs SET state = ?, report = ?, error = ?, ended_at = ? WHERE id = ?')
    .run(
      job.state,
      job.report === null || job.report === undefined ? null : JSON.stringify(job.report),
      job.error === null ? null : JSON.stringify(job.error),
      job.endedAt,
      job.id,
    )
}

/** At start: what was under way when the program ended did not finish. */
export function interruptRunningJobs(database: Writable): void {
  database
    .prepare(
      `UPDATE jobs SET state = 'interrupted', ended_at = ? WHERE state IN ('queued', 'running', 'cancelling')`,
    )
    .run(new Date().toISOString())
}
