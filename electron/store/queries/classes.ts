import type { ClassScheme } from '../../contract/index.ts'
import { firstClassNames, listNamedClasses, renamedScheme, type NamedClass } from '../class-names.ts'
import type { Readable, Writable } from '../database.ts'
import { appendEvent, type RowsByTable } from './audit.ts'

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

/** Replaces a scheme that no label uses, with all names that its classes had, with its event in the audit trail. */
export function replaceClasses(database: Writable, classes: ClassScheme): void {
  database.transaction(() => {
    const before = listClasses(database)
    const { changes } = database.prepare('DELETE FROM former_class_names').run()
    database.prepare('DELETE FROM classes').run()
    insertClasses(database, classes)
    appendClassesEvent(database, before, classes, changes > 0 ? formerNames : {})
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

/**
 * Gives a class another name, with its event in the audit trail. Its labels and regions refer to the class and have the new name at
 * once; what names it in stored results stays, and the name that it had remains one of the class (class-names.ts). The caller
 * has checked that no other class has or had the new one.
 */
export function renameClass(
  database: Writable,
  { id, name, former }: NamedClass,
  to: string,
  reason: string | null,
): void {
  database.transaction(() => {
    database
      .prepare(
        'INSERT INTO former_class_names (class_id, name, until) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      )
      .run(id, name, new Date().toISOString())
    database.prepare('UPDATE classes SET name = ? WHERE id = ?').run(to, id)
    appendEvent(database, {
      kind: 'classes',
      object: { type: 'class', id, name: to },
      before: { name },
      after: { name: to, firstName: former[0] ?? name },
      rows: { classes: ['all'], ...formerNames },
      reason,
    })
  })()
}

/** Gives the classes of a new workspace, which have the first names of another one, all names that they had there, in their order. */
export function copyClassNames(from: Readable, to: Writable, reason: string): void {
  for (const [index, { name, former }] of listNamedClasses(from).entries())
    for (const next of [...former, name].slice(1)) {
      const own = listNamedClasses(to)[index]
      if (own !== undefined) renameClass(to, own, next, reason)
    }
}

/** The scheme with the names that its classes were made with. */
export const firstClasses = (database: Readable): ClassScheme =>
  renamedScheme(listClasses(database), firstClassNames(database))

const formerNames: RowsByTable = { former_class_names: ['all'] }

function appendClassesEvent(
  database: Writable,
  before: ClassScheme,
  classes: ClassScheme,
  more: RowsByTable = {},
): void {
  const object = { type: 'workspace', id: null, name: null }
  const said = { before: { classes: before }, after: { classes } }
  appendEvent(database, { kind: 'classes', object, ...said, rows: { classes: ['all'], ...more } })
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
