import { canonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'
import type { AuditKind, JobKind, JobState, JobView } from '../../contract/index.ts'
import type { Writable } from '../database.ts'
import { newVerdicts } from '../verdict-ranges.ts'
import { appendEvent } from './audit.ts'

/** A job that changes the workspace leaves an event before its first change and one when it stops, for any reason. */
const stopped: readonly string[] = ['paused', 'done', 'failed', 'cancelled', 'interrupted']
/** A job in these states has done no more than its earlier events report. */
const atRest: readonly string[] = ['queued', 'paused', 'interrupted', 'cancelled', 'failed', 'done']

/** The event contains inputs up to this length, and the sha256 of longer ones. */
const maxInputCharacters = 2000

interface OldJob {
  kind: JobKind
  title: string
  state: JobState
  input: string
}

/** Adds the event of a job whose row is about to be written; call it in the transaction that writes the row. */
export function appendJobEvent(
  database: Writable,
  { id, state, report, error }: Pick<JobView, 'id' | 'state' | 'report' | 'error'>,
  kind: AuditKind,
): void {
  const old = database
    .prepare<[number], Omit<OldJob, 'kind'>>('SELECT title, state, input FROM jobs WHERE id = ?')
    .get(id)
  if (old === undefined || old.state === state) return
  if (state === 'running') {
    append(database, kind, { id, title: old.title }, { state, ...inputOf(old.input) })
    return
  }
  if (!stopped.includes(state) || atRest.includes(old.state)) return
  append(
    database,
    kind,
    { id, title: old.title },
    { state, ...outcomeOf(report), error: error?.code ?? null, ...verdictsOf(database, kind) },
  )
}

/** At start: adds the events of the jobs that were running when the program ended. */
export function appendInterruptions(
  database: Writable,
  auditKindOf: (kind: JobKind) => AuditKind | null,
): void {
  const jobs = database
    .prepare<[], OldJob & { id: number }>(
      `SELECT id, kind, title, state, input FROM jobs WHERE state IN ('running', 'pausing', 'cancelling')`,
    )
    .all()
  for (const { id, kind: jobKind, title, state } of jobs) {
    const kind = auditKindOf(jobKind)
    if (kind === null) continue
    const became = state === 'running' ? 'interrupted' : state === 'cancelling' ? 'cancelled' : 'paused'
    const reason = 'The program ended while this was under way; what was finished by then is kept.'
    append(
      database,
      kind,
      { id, title },
      { state: became, ...verdictsOf(database, kind) },
      { reader: null, reason },
    )
  }
}

function append(
  database: Writable,
  kind: AuditKind,
  { id, title }: { id: number; title: string },
  after: Record<string, unknown>,
  by: { reader?: null; reason?: string } = {},
): void {
  appendEvent(database, { kind, object: { type: 'job', id, name: title }, after, ...by })
}

/** The hash of what a classification predicted, also until it was interrupted. */
function verdictsOf(database: Writable, kind: AuditKind): Record<string, unknown> {
  const verdicts = kind === 'classification' ? newVerdicts(database) : null
  return verdicts === null ? {} : { verdicts }
}

function inputOf(text: string): Record<string, unknown> {
  const input = JSON.parse(text) as unknown
  const canonical = canonicalJson(input)
  return canonical.length <= maxInputCharacters ? { input } : { inputSha256: sha256(canonical) }
}

/** The report's numbers and texts, the lengths of its lists, and the sha256 of the whole report, which is stored with the job. */
function outcomeOf(report: unknown): Record<string, unknown> {
  if (report === null || typeof report !== 'object') return {}
  const counts = Object.entries(report).flatMap(([name, value]: [string, unknown]) =>
    Array.isArray(value)
      ? [[name, value.length] as const]
      : value === null || typeof value !== 'object'
        ? [[name, value] as const]
        : [],
  )
  return { report: Object.fromEntries(counts), reportSha256: sha256(canonicalJson(report)) }
}
