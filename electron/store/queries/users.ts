import type { Role } from '../../contract/index.ts'
import { hashRows, listRowKeys } from '../audited-tables.ts'
import type { Readable, Writable } from '../database.ts'
import { appendEvent } from './audit.ts'
import { prepared } from './prepared.ts'

/** How a user signs in: by an account of the operating system, or by a PIN. */
export interface StoredSignIn {
  account: string | null
  /** argon2id; null with an account. */
  pinHash: string | null
  /** Of the recovery code of an administrator with a PIN. */
  recoverySha256: string | null
}

export interface StoredUser extends StoredSignIn {
  /** The reader's name. */
  name: string
  role: Role
}

/** The users of a workspace, by name; none: it has no users, and everything is allowed. */
export const listUsers = (database: Readable): StoredUser[] =>
  prepared<[], StoredUser>(
    database,
    `SELECT r.name, u.role, u.account, u.pin_hash AS pinHash, u.recovery_sha256 AS recoverySha256
     FROM user_changes u JOIN readers r ON r.id = u.reader_id
     WHERE u.role IS NOT NULL AND u.id = (SELECT max(id) FROM user_changes WHERE reader_id = u.reader_id)
     ORDER BY r.name COLLATE NOCASE`,
  ).all()

/**
 * Whether the table of users is what the audit trail describes: each change has its event with the hash of its row, and
 * no change is missing. The chain of the events themselves is not verified.
 */
export function areUsersAsRecorded(database: Readable): boolean {
  const recorded = database
    .prepare<[], { key: string; sha256: string }>(
      `SELECT r.key, r.value AS sha256 FROM audit_events e, json_each(e.after_json, '$.rows.user_changes') r
       WHERE e.kind = 'user' AND json_valid(e.after_json)`,
    )
    .all()
  return (
    listRowKeys(database, 'user_changes').length === recorded.length &&
    recorded.every(({ key, sha256 }) => hashRows(database, 'user_changes', key) === sha256)
  )
}

const noSignIn: StoredSignIn = { account: null, pinHash: null, recoverySha256: null }

/** What an event holds of a user: never what a PIN could be guessed from. */
const publicPart = (user: StoredUser | null): unknown =>
  user === null ? null : { role: user.role, account: user.account }

export interface UserChange {
  before: StoredUser | null
  /** null: no user any more. */
  after: StoredUser | null
  reason?: string | null
  /** Who made it; absent: the signed-in user. */
  reader?: string
  /** Of the event, such as that the PIN is a new one. */
  note?: Readonly<Record<string, unknown>>
}

/** Records a change of a known reader as a user, with its event. */
export function insertUserChange(database: Writable, { before, after, note, ...by }: UserChange): void {
  const name = (after ?? before)?.name ?? ''
  const { account, pinHash, recoverySha256 } = after ?? noSignIn
  const at = new Date().toISOString()
  database.transaction(() => {
    const { lastInsertRowid } = database
      .prepare(
        `INSERT INTO user_changes (at, reader_id, role, account, pin_hash, recovery_sha256)
         SELECT ?, id, ?, ?, ?, ? FROM readers WHERE name = ?`,
      )
      .run(at, after?.role ?? null, account, pinHash, recoverySha256, name)
    appendEvent(database, {
      kind: 'user',
      at,
      object: { type: 'user', id: null, name },
      before: publicPart(before),
      after: { ...(publicPart(after) as object | null), ...note },
      rows: { user_changes: [Number(lastInsertRowid)] },
      ...by,
    })
  })()
}

/** Records whether someone could sign in as a user. A refused attempt has no reader: who made it is unknown. */
export const insertSignIn = (database: Writable, name: string, isAccepted: boolean): number =>
  appendEvent(database, {
    kind: 'sign-in',
    reader: isAccepted ? name : null,
    object: { type: 'user', id: null, name },
    after: { accepted: isAccepted },
  })

/** Attempts with a wrong PIN since the user last signed in or was changed, and the time of the newest (null without any). */
export const refusedSignIns = (database: Readable, name: string): { count: number; newest: string | null } =>
  prepared<[{ name: string }], { count: number; newest: string | null }>(
    database,
    `SELECT count(*) AS count, max(at) AS newest FROM audit_events
     WHERE kind = 'sign-in' AND object ->> '$.name' = :name AND after_json ->> '$.accepted' = 0 AND id > coalesce((
       SELECT max(id) FROM audit_events WHERE kind IN ('sign-in', 'user') AND object ->> '$.name' = :name
         AND (kind = 'user' OR after_json ->> '$.accepted' = 1)), 0)`,
  ).get({ name }) ?? { count: 0, newest: null }
