import type { ClassScheme } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { appendEvent } from './audit.ts'

interface ClassRow {
  name: string
  is_positive: number
  key: string
  colour: string
}

export function insertClasses(database: Writable, classes: ClassScheme): void {
  const insert = database.prepare(
    'INSERT INTO classes (position, name, is_positive, key, colour) VALUES (?, ?, ?, ?, ?)',
  )
  classes.forEach((c, position) => insert.run(position, c.name, c.isPositive ? 1 : 0, c.key, c.colour))
}

/** Replaces a scheme that no label uses, with its event in the audit trail. */
export function replaceClasses(database: Writable, classes: ClassScheme): void {
  database.transaction(() => {
    const before = listClasses(database)
    database.prepare('DELETE FROM classes').run()
    insertClasses(database, classes)
    appendClassesEvent(database, before, classes)
  })()
}

/** Sets the keys and colours of the present classes, with its event in the audit trail. */
export function restyleClasses(database: Writable, classes: ClassScheme): void {
  database.transaction(() => {
    const before = listClasses(database)
    const update = database.prepare('UPDATE classes SET key = ?, colour = ? WHERE name = ?')
    for (const { name, key, colour } of classes) update.run(key, colour, name)
    appendClassesEvent(database, before, classes)
  })()
}

function appendClassesEvent(database: Writable, before: ClassScheme, classes: ClassScheme): void {
  const object = { type: 'workspace', id: null, name: null }
  const said = { before: { classes: before }, after: { classes } }
  appendEvent(database, { kind: 'classes', object, ...said, rows: { classes: ['all'] } })
}

/** The scheme in display order. */
export function listClasses(database: Readable): ClassScheme {
  return database
    .prepare<[], ClassRow>('SELECT name, is_positive, key, colour FROM classes ORDER BY position')
    .all()
    .map((row) => ({
      name: row.name,
      isPositive: row.is_positive === 1,
      key: row.key,
      colour: row.colour,
    }))
}
