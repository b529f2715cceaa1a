import type { Database } from 'better-sqlite3'

/** A change of the database with another tool. */
export interface Tampering {
  /** What is changed. */
  name: string
  sql: string
  /** What the verification must report. */
  place: RegExp
}

/** Where a problem in a table is named. A change of a name or number also shows where it is used. */
const places: Record<string, RegExp> = {
  workspace: /name and date of the workspace/,
  classes: /list of classes/,
  former_class_names: /list of former names of classes|regions of the change|label entry/,
  cases: /case \d/,
  readers: /reader|label entry/,
  images: /image \d/,
  labels: /label entry/,
  recipes: /recipe/,
  models: /model \d/,
  model_reports: /report of the model \d/,
  boosters: /list of boosters of the model \d/,
  folds: /list of folds of the model \d/,
  trained_regions: /list of trained regions of the model \d/,
  imported_folds: /list of imported folds of the model \d/,
  operating_points: /operating point \d/,
  promotions: /promotion \d/,
  test_sets: /test set \d/,
  test_set_cases: /list of cases of the test set \d/,
  test_set_images: /list of images of the test set \d/,
  test_set_openings: /opening \d+ of a test set/,
  checklist_answers: /answer \d+ to a checklist/,
  slide_analyses: /analysis \d+ of a slide/,
  slide_thresholds: /threshold \d+ for slides/,
  verdicts: /predictions/,
  jobs: /job \d/,
  regions: /regions/,
  region_changes: /change \d+ of regions/,
  region_entries: /regions of the change \d/,
  assignments: /assignment \d/,
  assigned_images: /list of images of the assignment \d/,
  user_changes: /change \d+ of a user/,
  reading_imports: /import \d+ of readings/,
  label_comments: /comment \d/,
  image_settings: /setting \d/,
  reader_actions: /step \d/,
  reader_action_entries: /list of entries of the step \d/,
  audit_events: /Event/,
  pinned_rows: /pinned/,
}

/**
 * What a verification cannot find, with the reason; docs/audit.md has the same list. A column that is neither found nor
 * here fails the test: compare it (store/audited-tables.ts, features/audit), or say why not, here and in the docs.
 */
export const notCovered: Record<string, string> = {
  'image_flags.image_id': 'measured again with the next descriptors',
  'image_flags.flags': 'measured again with the next descriptors',
  'image_flags.at': 'measured again with the next descriptors',
  'readers.created_at': 'the time of their first event says it',
  'a row of image_flags removed': 'measured again with the next descriptors',
  'a row of image_flags added': 'measured again with the next descriptors',
  'a row of jobs added': 'a job that never ran has no event either, and does nothing by itself',
  'jobs.kind': 'the events have their own kind',
  'jobs.progress': 'of interest only while the job runs',
  'jobs.error': 'the event holds the code of the error',
  'jobs.created_at': 'the time of the first event says it',
  'jobs.ended_at': 'the time of the last event says it',
}

/** Values that are no simple change of the text or number. */
const others: Record<string, string> = {
  'boosters.kind': "'logistic'",
  'labels.kind': "CASE kind WHEN 'reading' THEN 'adjudication' ELSE 'reading' END",
  'user_changes.role': "'technician'",
  'jobs.input': "json_set(input, '$.effort', 'quick')",
  'jobs.report': "json_set(report, '$.classified', 9)",
  'jobs.state': "'failed'",
  'jobs.progress': `'{"x":1}'`,
  'jobs.error': `'{"code":"x"}'`,
  'audit_events.object': "json_set(object, '$.name', 'x')",
}

/** Which row is changed; default: the first. Jobs without events are not compared: what they did is. */
const rows: Record<string, string> = { jobs: "kind = 'classify'", readers: "name = 'ben'" }

interface Column {
  name: string
  type: string
  /** Place in the primary key, from 1; 0: not part of it. */
  pk: number
}

const tablesOf = (database: Database): string[] =>
  database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all()
const columnsOf = (database: Database, table: string): Column[] =>
  database.prepare<[string], Column>('SELECT name, type, pk FROM pragma_table_info(?)').all(table)

/** SQL of another value of a column: for a reference, another row that is there. */
function otherValue(database: Database, table: string, { name, type }: Column): string {
  const given = others[`${table}.${name}`]
  if (given !== undefined) return given
  const parent = database
    .prepare<[string, string], { table: string; to: string }>(
      'SELECT "table", "to" FROM pragma_foreign_key_list(?) WHERE "from" = ?',
    )
    .get(table, name)
  const changed =
    type === 'TEXT'
      ? `coalesce(${name}, '') || 'x'`
      : `coalesce(${name}, 0) + ${type === 'REAL' ? '0.125' : '1000'}`
  if (parent === undefined || uniqueColumns(database, table).has(name)) return changed
  return `coalesce((SELECT p.${parent.to} FROM ${parent.table} p WHERE p.${parent.to} IS NOT t.${name} LIMIT 1), ${changed})`
}

/** The columns of the primary key and of other unique indexes. */
const uniqueColumns = (database: Database, table: string): Set<string> =>
  new Set([
    ...columnsOf(database, table).flatMap(({ name, pk }) => (pk > 0 ? name : [])),
    ...database
      .prepare<[string], string>(
        `SELECT c.name FROM pragma_index_list(?) l JOIN pragma_index_info(l.name) c WHERE l."unique"`,
      )
      .pluck()
      .all(table),
  ])

const rowOf = (database: Database, table: string): string => {
  const key = columnsOf(database, table)
    .filter(({ pk }) => pk > 0)
    .map(({ name }) => name)
    .join(', ')
  return `WHERE (${key}) = (SELECT ${key} FROM ${table} WHERE ${rows[table] ?? 'true'} ORDER BY ${key} LIMIT 1)`
}

/** Another value in each column of each table. */
export const columnTamperings = (database: Database): Tampering[] =>
  tablesOf(database).flatMap((table) =>
    columnsOf(database, table).map((column) => {
      const value = otherValue(database, table, column)
      return {
        name: `${table}.${column.name}`,
        sql: `UPDATE ${table} AS t SET ${column.name} = ${value} ${rowOf(database, table)}`,
        place: places[table] ?? /no place/,
      }
    }),
  )

/** A row less, and a row more, in each table. */
export function rowTamperings(database: Database): Tampering[] {
  return tablesOf(database).flatMap((table) => {
    const columns = columnsOf(database, table)
    const unique = uniqueColumns(database, table)
    const values = columns.map((column) => {
      if (column.pk === 0 && !unique.has(column.name)) return column.name
      return column.type === 'TEXT' ? `${column.name} || 'x'` : `${column.name} + 1000`
    })
    const names = columns.map(({ name }) => name).join(', ')
    const place = places[table] ?? /no place/
    return [
      { name: `a row of ${table} removed`, sql: `DELETE FROM ${table} ${rowOf(database, table)}`, place },
      {
        name: `a row of ${table} added`,
        sql: `INSERT INTO ${table} (${names}) SELECT ${values.join(', ')} FROM ${table} ${rowOf(database, table)}`,
        place,
      },
    ]
  })
}
