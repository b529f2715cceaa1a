import { createHash } from 'node:crypto'
import { rowText } from './audited-tables.ts'
import type { Readable } from './database.ts'
import { lastVerdictId } from './queries/verdicts.ts'

/** Predictions are hashed together: those with ids above `after` and up to `last`. */
export interface VerdictRange {
  after: number
  last: number
  sha256: string
}

const batchSize = 2000

/** The predictions that no event holds a hash of; null: there are none. */
export function newVerdicts(database: Readable): VerdictRange | null {
  const after = lastHashedVerdict(database)
  const last = lastVerdictId(database)
  if (last <= after) return null
  const hash = createHash('sha256')
  for (const text of verdictTexts(database, { after, last })) hash.update(text)
  return { after, last, sha256: hash.digest('hex') }
}

/** The content of predictions, oldest first, in parts. */
export function* verdictTexts(
  database: Readable,
  { after, last }: Pick<VerdictRange, 'after' | 'last'>,
): Generator<string> {
  const statement = database.prepare<[number, number, number], { id: number }>(
    'SELECT * FROM verdicts WHERE id > ? AND id <= ? ORDER BY id LIMIT ?',
  )
  for (let from = after; ;) {
    const rows = statement.all(from, last, batchSize)
    yield rows.map((row) => rowText({ ...row })).join('')
    const newest = rows.at(-1)
    if (newest === undefined || rows.length < batchSize) return
    from = newest.id
  }
}

/** Only events of these kinds hold hashes of predictions. */
const lastHashedVerdict = (database: Readable): number =>
  (
    database
      .prepare(
        `SELECT coalesce(max(after_json ->> '$.verdicts.last'), 0) AS last FROM audit_events
         WHERE kind IN ('classification', 'chain')`,
      )
      .get() as { last: number }
  ).last
