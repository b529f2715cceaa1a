import { AsyncLocalStorage } from 'node:async_hooks'
import { canonicalJson } from '../../base/canonical-json.ts'
import type {
  AuditEventView,
  AuditFilter,
  AuditKind,
  AuditObject,
  LabelSource,
} from '../../contract/index.ts'
import { hashRows, type AuditedTableName } from '../audited-tables.ts'
import { beforeFirst, eventHash, type StoredEvent } from '../audit-chain.ts'
import type { Readable, Writable } from '../database.ts'
import { prepared } from './prepared.ts'

export type RowsByTable = Partial<Record<AuditedTableName, readonly (number | string)[]>>

export interface NewAuditEvent {
  kind: AuditKind
  object: AuditObject
  /** Any JSON; absent: null. */
  before?: unknown
  after?: unknown
  /** What the change wrote: keys by table. The event holds their hashes; `after` is an object then. */
  rows?: RowsByTable
  /** Absent: who acts (`actingReaderOf`). */
  reader?: string | null
  reason?: string | null
  /** ISO 8601 in UTC; absent: now. */
  at?: string
}

/** Events of files outside the workspace. */
const filesElsewhere: readonly AuditKind[] = ['export', 'report', 'backup']

const readers = new WeakMap<Writable, () => string | null>()

/** Sets the reader of events of this database that do not name one; null: no one is signed in. */
export function nameReader(database: Writable, reader: () => string | null): void {
  readers.set(database, reader)
}

const acting = new AsyncLocalStorage<{ readonly database: Writable; readonly reader: string | null }>()

/**
 * Does work for a reader: until it ends, its events of this database that name no reader have this one, also when
 * another user is signed in by then.
 */
export const actAs = <T>(database: Writable, reader: string | null, work: () => T): T =>
  acting.run({ database, reader }, work)

/** For whom the present work is done: `actAs`, otherwise the active reader of this machine (`nameReader`), or null. */
export function actingReaderOf(database: Writable): string | null {
  const actor = acting.getStore()
  return actor?.database === database ? actor.reader : (readers.get(database)?.() ?? null)
}

const watchers = new WeakMap<Writable, () => void>()

/** `onEvent` is called after each new event of this database, possibly before its transaction ends. */
export function watchTrail(database: Writable, onEvent: () => void): void {
  watchers.set(database, onEvent)
}

/**
 * Adds an event to the end of the audit trail and returns its number. Call it in the transaction of
 * the change, so that neither exists without the other; 0 for an export from a workspace that may only be read:
 * `database.transaction(() => { change(database); appendEvent(database, event) })()`.
 */
export function appendEvent(database: Writable, event: NewAuditEvent): number {
  // A workspace that may only be read cannot record what was written elsewhere from it.
  if (database.isReadOnly && filesElsewhere.includes(event.kind)) return 0
  return database.transaction(() => {
    const head = chainHead(database)
    const stored: StoredEvent = {
      id: (head?.id ?? 0) + 1,
      at: event.at ?? new Date().toISOString(),
      kind: event.kind,
      reader: event.reader === undefined ? actingReaderOf(database) : event.reader,
      object: canonicalJson(event.object),
      before: canonicalJson(event.before),
      after: canonicalJson(afterOf(database, event)),
      reason: event.reason ?? null,
    }
    prepared(
      database,
      `INSERT INTO audit_events (id, at, kind, reader, object, before_json, after_json, reason, hash)
       VALUES (:id, :at, :kind, :reader, :object, :before, :after, :reason, :hash)`,
    ).run({ ...stored, hash: eventHash(head?.hash ?? beforeFirst, stored) })
    watchers.get(database)?.()
    return stored.id
  })()
}

/** The value after the change, with the hashes of the rows as they are now; null where there are none any more. */
function afterOf(database: Readable, { after, rows }: NewAuditEvent): unknown {
  if (rows === undefined) return after
  const hashes = Object.entries(rows).map(([name, keys]) => [
    name,
    Object.fromEntries(keys.map((key) => [key, hashRows(database, name as AuditedTableName, key)])),
  ])
  return { ...(after as object), rows: Object.fromEntries(hashes) as unknown }
}

/** Number and hash of the newest event; null without any. */
export const chainHead = (database: Readable): { id: number; hash: string } | null =>
  prepared<[], { id: number; hash: string }>(
    database,
    'SELECT id, hash FROM audit_events ORDER BY id DESC LIMIT 1',
  ).get() ?? null

/** Whether the trail has this hash at this event. Reads one row; it says nothing about the events before. */
export const holdsEvent = (database: Readable, { event, hash }: { event: number; hash: string }): boolean =>
  database.prepare('SELECT 1 FROM audit_events WHERE id = ? AND hash = ?').get(event, hash) !== undefined

export interface HashedEvent extends StoredEvent {
  hash: string
}

/** At most `limit` events after that number, oldest first, as they are stored. */
export const readEvents = (
  database: Pick<Readable, 'prepare'>,
  afterId: number,
  limit: number,
): HashedEvent[] =>
  database
    .prepare<[number, number], HashedEvent>(
      `SELECT id, at, kind, reader, object, before_json AS before, after_json AS after, reason, hash
       FROM audit_events WHERE id > ? ORDER BY id LIMIT ?`,
    )
    .all(afterId, limit)

/** An event for the screen; text that is not valid JSON any more is shown as it is. */
export function eventView({ object, before, after, ...event }: HashedEvent): AuditEventView {
  const { type, id, name } = (parsed(object) ?? {}) as Partial<AuditObject>
  return {
    ...event,
    object: { type: type ?? 'unknown', id: id ?? null, name: name ?? null },
    before: parsed(before),
    after: parsed(after),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The events that match, newest first, and their total number. */
export function listEvents(
  database: Readable,
  filter: AuditFilter,
  { olderThan, limit }: { olderThan: number | null; limit: number },
): { events: AuditEventView[]; total: number } {
  const { conditions, values } = conditionsOf(filter)
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const page = [...conditions, ...(olderThan === null ? [] : ['id < :olderThan'])]
  const events = database
    .prepare<[Record<string, unknown>], ListedEvent>(
      `SELECT id, at, kind, reader, object, before_json AS before, after_json AS after, reason, hash,
        (SELECT source ${labelOfEvent}) AS source, (SELECT table_name ${labelOfEvent}) AS "table",
        ${stepOfEvent} AS step
       FROM audit_events ${page.length === 0 ? '' : `WHERE ${page.join(' AND ')}`}
       ORDER BY id DESC LIMIT :limit`,
    )
    .all({ ...values, limit, ...(olderThan === null ? {} : { olderThan }) })
  const { total } = database
    .prepare<[Record<string, unknown>], { total: number }>(
      `SELECT count(*) AS total FROM audit_events ${where}`,
    )
    .get(values) as { total: number }
  return { events: events.map(listedView), total }
}

interface ListedEvent extends HashedEvent {
  source: LabelSource | null
  table: string | null
  step: number | null
}

// A damaged trail may contain anything, and must be listed.
const labelOfEvent = `FROM labels WHERE audit_events.kind IN ('label', 'override', 'adjudication')
  AND json_valid(audit_events.after_json) AND labels.id = audit_events.after_json ->> '$.label'`

/** The step of an entry that an event names, or of the one that it undoes or redoes. */
const stepOfEntry = (table: string, { named, column }: { named: string; column: string }): string =>
  `(WITH RECURSIVE chain (id, undoes) AS (
      SELECT id, undoes FROM ${table} WHERE id = audit_events.after_json ->> '$.${named}'
      UNION ALL SELECT t.id, t.undoes FROM ${table} t JOIN chain ON t.id = chain.undoes)
    SELECT coalesce(a.part_of, a.id) FROM chain JOIN reader_action_entries e ON e.${column} = chain.id
    JOIN reader_actions a ON a.id = e.action_id)`

const stepOfEvent = `CASE WHEN json_valid(after_json) AND json_type(after_json) = 'object' THEN coalesce(
  ${stepOfEntry('labels', { named: 'label', column: 'label_id' })},
  ${stepOfEntry('label_comments', { named: 'commentEntry', column: 'comment_id' })},
  ${stepOfEntry('image_settings', { named: 'setting', column: 'setting_id' })}) END`

const listedView = ({ source, table, step, ...event }: ListedEvent): AuditEventView => ({
  ...eventView(event),
  ...(source === null ? {} : { labelSource: { source, table } }),
  ...(step === null ? {} : { step }),
})

function conditionsOf({ kinds, reader, imageId, text, from, to }: AuditFilter): {
  conditions: string[]
  values: Record<string, unknown>
} {
  const conditions: string[] = []
  const values: Record<string, unknown> = {}
  const add = (condition: string, name: string, value: unknown): void => {
    if (value === null) return
    conditions.push(condition)
    values[name] = value
  }
  add('kind IN (SELECT value FROM json_each(:kinds))', 'kinds', kinds && JSON.stringify(kinds))
  add('reader = :reader', 'reader', reader)
  add('image_id = :imageId', 'imageId', imageId)
  // All times are ISO 8601 in UTC, so that their texts sort by time.
  add('at >= :from', 'from', from)
  add('at <= :to', 'to', to)
  const pattern = text && `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
  add(
    `(object ->> '$.name' LIKE :text ESCAPE '\\' OR reason LIKE :text ESCAPE '\\'
      OR before_json LIKE :text ESCAPE '\\' OR after_json LIKE :text ESCAPE '\\')`,
    'text',
    pattern,
  )
  return { conditions, values }
}

/** Every reader in the trail, by name. */
export const listEventReaders = (database: Readable): string[] =>
  database
    .prepare<[], { reader: string }>(
      'SELECT DISTINCT reader FROM audit_events WHERE reader IS NOT NULL ORDER BY reader COLLATE NOCASE',
    )
    .all()
    .map(({ reader }) => reader)
