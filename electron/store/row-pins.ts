import { createHash } from 'node:crypto'
import { auditedTableNames, hashRows, listRowKeys, type AuditedTableName } from './audited-tables.ts'
import type { Readable, Writable } from './database.ts'
import { appendEvent } from './queries/audit.ts'
import { newVerdicts } from './verdict-ranges.ts'

/** The hash of rows as an event pinned it. */
export interface PinnedRow {
  name: AuditedTableName
  key: string
  sha256: string
}

/** What the event of a pin holds: how many there are, and one hash over all. */
export interface RowPin {
  rows: number
  sha256: string
}

/**
 * Pins everything that the workspace holds now, with an event: for a new workspace, and for one whose earlier events do
 * not hold hashes of rows. The hashes themselves are in the table `pinned_rows`.
 */
export function pinRows(
  database: Writable,
  reason: string,
  facts: Readonly<Record<string, unknown>> = {},
): void {
  database.transaction(() => {
    const pinned = auditedTableNames.flatMap((name) =>
      listRowKeys(database, name).map((key) => ({ name, key, sha256: hashRows(database, name, key) ?? '' })),
    )
    const verdicts = newVerdicts(database)
    const event = appendEvent(database, {
      kind: 'chain',
      object: { type: 'workspace', id: null, name: null },
      reader: null,
      after: { ...facts, pinned: rowPin(pinned), ...(verdicts === null ? {} : { verdicts }) },
      reason,
    })
    const insert = database.prepare('INSERT INTO pinned_rows (event, name, key, sha256) VALUES (?, ?, ?, ?)')
    for (const { name, key, sha256 } of pinned) insert.run(event, name, key, sha256)
  })()
}

/** Whether rows were ever pinned. Then every change since has an event with hashes. */
export const hasPinnedRows = (database: Readable): boolean =>
  database.prepare('SELECT 1 FROM pinned_rows LIMIT 1').get() !== undefined

/** What an event pinned. */
export const readPinnedRows = (database: Readable, event: number): PinnedRow[] =>
  database
    .prepare<[number], PinnedRow>('SELECT name, key, sha256 FROM pinned_rows WHERE event = ?')
    .all(event)

/** sha256 over the pinned hashes: for each its table, key and hash, with a line feed, sorted. */
export function rowPin(pinned: readonly PinnedRow[]): RowPin {
  const lines = pinned.map(({ name, key, sha256 }) => `${name} ${key} ${sha256}\n`).toSorted()
  return { rows: pinned.length, sha256: createHash('sha256').update(lines.join('')).digest('hex') }
}

/** How many hashes are pinned, by all events together. */
export const countPinnedRows = (database: Readable): number =>
  (database.prepare('SELECT count(*) AS n FROM pinned_rows').get() as { n: number }).n
