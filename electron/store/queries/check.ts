import type { Readable } from '../database.ts'

/** Problems that SQLite finds in the database; empty if there are none. */
export function checkDatabase(database: Readable): string[] {
  const damage = database
    .prepare<[], { integrity_check: string }>('PRAGMA integrity_check(20)')
    .all()
    .map((row) => row.integrity_check)
    .filter((line) => line !== 'ok')
  const loose = database
    .prepare<[], { table: string; rowid: number; parent: string }>('PRAGMA foreign_key_check')
    .all()
    .map(
      ({ table, rowid, parent }) =>
        `row ${rowid} of ${table} refers to a row of ${parent} that does not exist`,
    )
  return [...damage, ...loose.slice(0, 20)]
}

/** A file that belongs to a model; if several models share it, the first by name is given. */
interface ModelFile {
  sha256: string
  model: string
}

/** Every booster text that the database expects, once. */
export const listBoosterHashes = (database: Readable): ModelFile[] =>
  database
    .prepare<[], ModelFile>(
      `SELECT b.text_sha256 AS sha256, min(m.name) AS model
       FROM boosters b JOIN models m ON m.id = b.model_id GROUP BY b.text_sha256 ORDER BY min(b.id)`,
    )
    .all()

/** Every file of training images' vectors that the database expects, once (docs/likeness.md). */
export const listReferenceHashes = (database: Readable): ModelFile[] =>
  database
    .prepare<[], ModelFile>(
      `SELECT r.content ->> '$.likeness.sha256' AS sha256, min(m.name) AS model
       FROM model_reports r JOIN models m ON m.id = r.model_id
       WHERE sha256 IS NOT NULL GROUP BY sha256 ORDER BY min(m.id)`,
    )
    .all()
