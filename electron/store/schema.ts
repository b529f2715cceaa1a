import Sqlite, { type Database } from 'better-sqlite3'
import { migrate } from './migrations/index.ts'

/** A table, index, trigger or view in which a database differs from what Lobule made. */
export interface SchemaDifference {
  /** `foreign`: Lobule did not make it. */
  difference: 'foreign' | 'missing' | 'changed'
  type: string
  name: string
  /** The table that it belongs to. */
  table: string
  /** As Lobule makes it; null for a foreign one, and for what SQLite makes by itself. */
  sql: string | null
}

/** A connection, as opened or as queries get it. */
type Preparing = Pick<Database, 'prepare'>

interface SchemaObject {
  type: string
  name: string
  table: string
  sql: string | null
}

/**
 * Compares a database with what the migrations up to `version` make.
 * @param version format of the database; by default what the database says
 */
export function compareSchema(database: Preparing, version = formatOf(database)): SchemaDifference[] {
  const found = new Map(readSchema(database).map((object) => [object.name, object]))
  const expected = expectedSchema(version)
  const differences: SchemaDifference[] = []
  for (const object of expected.values()) {
    const other = found.get(object.name)
    if (other === undefined) differences.push({ ...object, difference: 'missing' })
    else if (!isSame(object, other)) differences.push({ ...object, difference: 'changed' })
  }
  for (const object of found.values()) {
    if (!expected.has(object.name)) differences.push({ ...object, sql: null, difference: 'foreign' })
  }
  return differences
}

/**
 * Whether a difference changes what Lobule reads or writes: then the workspace is not opened. Tables and indexes beside
 * its own do nothing by themselves.
 */
export const isHarmful = ({ difference, type }: SchemaDifference): boolean =>
  difference !== 'foreign' || !['table', 'index'].includes(type)

/** Such as `the trigger "x" on "labels" is not Lobule's`. */
export function describeDifference({ difference, type, name, table }: SchemaDifference): string {
  const place = table === name ? '' : ` on "${table}"`
  const states = { foreign: "is not Lobule's", missing: 'is missing', changed: 'was changed' }
  return `the ${type} "${name}"${place} ${states[difference]}`
}

const formatOf = (database: Preparing): number =>
  (database.prepare('SELECT user_version AS version FROM pragma_user_version').get() as { version: number })
    .version

const expectedByVersion = new Map<number, ReadonlyMap<string, SchemaObject>>()

/** What the migrations make, by name. */
function expectedSchema(version: number): ReadonlyMap<string, SchemaObject> {
  const known = expectedByVersion.get(version)
  if (known !== undefined) return known
  const database = new Sqlite(':memory:')
  try {
    migrate(database, version)
    const objects = new Map(readSchema(database).map((object) => [object.name, object]))
    expectedByVersion.set(version, objects)
    return objects
  } finally {
    database.close()
  }
}

/** Statistics of SQLite's ANALYZE do not count. A virtual table has a type of its own, since it runs code. */
const readSchema = (database: Preparing): SchemaObject[] =>
  database
    .prepare<[], SchemaObject>(
      `SELECT CASE WHEN type = 'table' AND sql LIKE 'CREATE VIRTUAL%' THEN 'virtual table' ELSE type END AS type,
        name, tbl_name AS "table", sql
       FROM sqlite_schema WHERE NOT (type = 'table' AND name GLOB 'sqlite_stat[0-9]') ORDER BY type, name`,
    )
    .all()

const isSame = (a: SchemaObject, b: SchemaObject): boolean =>
  a.type === b.type && a.table === b.table && wordsOf(a.sql) === wordsOf(b.sql)

/** A text, a comment, a word or a sign of SQL. */
const token = /'(?:[^']|'')*'|--[^\n]*|\/\*.*?\*\/|\w+|[^\s\w"]/gs

/** The text without comments, spaces and quotes of names, which versions of SQLite and of Lobule write differently. */
const wordsOf = (sql: string | null): string | undefined =>
  sql
    ?.match(token)
    ?.filter((part) => !part.startsWith('--') && !part.startsWith('/*'))
    .join(' ')
