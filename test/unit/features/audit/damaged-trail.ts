import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite, { type Database } from 'better-sqlite3'
import { parseClassScheme } from '../../../../electron/contract/index.ts'
import { recordLabel } from '../../../../electron/features/labels/record-label.ts'
import { createWorkspace, insertImage, openWorkspace, type Store } from '../../../../electron/store/index.ts'
import { newImage } from '../../../support/rows.ts'

/** Events before the first label: the beginning of the trail, the creation of the workspace, and its image. */
export const eventsBefore = 3

/** A workspace with this many labels, one event each after the first three. */
export function labelledWorkspace(labels: number): { store: Store; path: string; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'lobule-audit-'))
  const path = join(root, 'w')
  const store = createWorkspace(path, parseClassScheme('Benign,Malignant*'), 'test')
  const { database } = store
  const imageId = addImage(store, 1)
  database.transaction(() => {
    for (let n = 0; n < labels; n++) {
      recordLabel(database, { imageId, className: n % 2 === 0 ? 'Benign' : 'Malignant', reader: 'ada' })
    }
  })()
  return { store, path, remove: () => rmSync(root, { recursive: true }) }
}

export const addImage = ({ database }: Store, n: number): number =>
  insertImage(
    database,
    newImage(n.toString(16).padStart(64, '0'), { path: `/pictures/${n}.png`, synthetic: true }),
  )

/** A change to the file with other tools, without triggers. */
export function tamper(path: string, change: (database: Database) => void): Store {
  const database = new Sqlite(join(path, 'workspace.sqlite'))
  const triggers = database
    .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    .all()
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`)
  database.pragma('foreign_keys = OFF')
  database.pragma('ignore_check_constraints = ON')
  change(database)
  for (const { sql } of triggers) database.exec(sql)
  database.close()
  return openWorkspace(path, 'test')
}
