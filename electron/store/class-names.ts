import { AppError, type ClassScheme } from '../contract/index.ts'
import { plainName } from '../base/plain-name.ts'
import type { Readable } from './database.ts'
import { prepared, preparedRaw } from './queries/prepared.ts'

/**
 * SQL of the name that a class was made with. Hashes over rows and keys of readings use it, so that a renamed class changes
 * none of them.
 * @param id SQL of the class's id
 */
export const firstClassName = (id: string): string =>
  `coalesce((SELECT name FROM former_class_names WHERE class_id = ${id} ORDER BY id LIMIT 1),
    (SELECT name FROM classes WHERE id = ${id}))`

export type Rename = (name: string) => string

/** What is stored has the present names: no class was renamed. */
export const asStored: Rename = (name) => name

/** From a name in what is stored to what the class is called now; a name of no class stays. */
export function currentClassNames(database: Readable): Rename {
  const former = preparedRaw<[], [string, string]>(
    database,
    'SELECT f.name, c.name FROM former_class_names f JOIN classes c ON c.id = f.class_id',
  ).all()
  if (former.length === 0) return asStored
  const current = new Map(former)
  return (name) => current.get(name) ?? name
}

/** From the present name of a class to the one that it was made with. */
export function firstClassNames(database: Readable): Rename {
  const renamed = preparedRaw<[], [string, string]>(
    database,
    `SELECT c.name, f.name FROM classes c JOIN former_class_names f
       ON f.id = (SELECT min(id) FROM former_class_names WHERE class_id = c.id)`,
  ).all()
  if (renamed.length === 0) return asStored
  const first = new Map(renamed)
  return (name) => first.get(name) ?? name
}

/** The same where there may be no class. */
export const renamedOrNull = (name: string | null, rename: Rename): string | null =>
  name === null ? null : rename(name)

/** A class with every name that it had, in the order in which it had them first. */
export interface NamedClass {
  id: number
  name: string
  /** Before the present one; it can be among them. */
  former: string[]
}

/** In display order. */
export function listNamedClasses(database: Readable): NamedClass[] {
  const former = Map.groupBy(
    prepared<[], { classId: number; name: string }>(
      database,
      'SELECT class_id AS classId, name FROM former_class_names ORDER BY id',
    ).all(),
    ({ classId }) => classId,
  )
  return prepared<[], { id: number; name: string }>(
    database,
    'SELECT id, name FROM classes ORDER BY position',
  )
    .all()
    .map(({ id, name }) => ({ id, name, former: (former.get(id) ?? []).map((one) => one.name) }))
}

/** Each name that a class had and has no more, with its present one. */
export const listFormerNames = (database: Readable): { name: string; className: string }[] =>
  listNamedClasses(database).flatMap(({ name: className, former }) =>
    former.filter((name) => name !== className).map((name) => ({ name, className })),
  )

/** Every name that a file may call a class by: the present ones, in display order, then the former ones. */
export function listClassNames(database: Readable): string[] {
  const classes = listNamedClasses(database)
  return [...new Set([...classes.map(({ name }) => name), ...classes.flatMap(({ former }) => former)])]
}

/** The class with exactly that name, now or formerly. A name is that of one class. */
const findExactly = (classes: readonly NamedClass[], name: string): NamedClass | undefined =>
  classes.find((one) => one.name === name) ?? classes.find(({ former }) => former.includes(name))

/**
 * The class with that name, now or formerly; if none has exactly this one, as files may spell it (`isSameName`). Schemes of
 * earlier versions can have names that only their spelling tells apart.
 * @returns undefined: there is none
 */
export function findNamedClass(classes: readonly NamedClass[], name: string): NamedClass | undefined {
  const plain = plainName(name)
  return (
    findExactly(classes, name) ??
    classes.find((one) => plainName(one.name) === plain) ??
    classes.find(({ former }) => former.some((one) => plainName(one) === plain))
  )
}

/**
 * The present name of a class by any name that it had.
 * @throws AppError `classes.unknown`
 */
export function requireClassName(database: Readable, name: string): string {
  const classes = listNamedClasses(database)
  const found = findExactly(classes, name)
  if (found === undefined)
    throw new AppError('classes.unknown', { className: name, known: classes.map((one) => one.name) })
  return found.name
}

/** The classes of a scheme as they are called now. */
export const renamedScheme = (scheme: ClassScheme, rename: Rename): ClassScheme =>
  rename === asStored ? scheme : scheme.map((one) => ({ ...one, name: rename(one.name) }))
