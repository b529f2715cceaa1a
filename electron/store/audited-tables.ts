import { canonicalJson } from '../base/canonical-json.ts'
import { sha256 } from '../base/sha256.ts'
import { firstClassName } from './class-names.ts'
import type { Readable } from './database.ts'

/** How the rows of a table are hashed. Rows with the same key belong together and have one hash. */
interface AuditedTable {
  /** SQL of the key of a row; the table is `t`. */
  readonly key: string
  /** SQL of the order of rows with the same key. */
  readonly order: string
  /** In messages; `#` is the key. */
  readonly title: string
  /** The columns that count; default: all, also those that later formats add. */
  readonly only?: readonly string[]
  /** SQL that replaces a column: what a number refers to. */
  readonly names?: Readonly<Record<string, string>>
}

const regionName = "(SELECT uuid || ' ' || image_id FROM regions WHERE id = t.region_id)"
const readerName = '(SELECT name FROM readers WHERE id = t.reader_id)'

/**
 * The tables whose rows the audit trail holds hashes of: in the event of each change (`rows` of `appendEvent`), and for
 * what was there before, in a pin (row-pins.ts). Labels are compared field by field, predictions by `verdict-ranges.ts`.
 */
export const auditedTables = {
  workspace: { key: 't.id', order: 't.id', title: 'name and date of the workspace' },
  classes: { key: "'all'", order: 't.position', title: 'list of classes' },
  former_class_names: { key: "'all'", order: 't.id', title: 'list of former names of classes' },
  /** The name alone: a label of a new reader adds the reader too. */
  readers: { key: 't.id', order: 't.id', title: 'reader #', only: ['name'] },
  cases: { key: 't.id', order: 't.id', title: 'case #' },
  images: {
    key: 't.id',
    order: 't.id',
    title: 'image #',
    names: { case_id: '(SELECT name FROM cases WHERE id = t.case_id)' },
  },
  recipes: { key: 't.fingerprint', order: 't.fingerprint', title: 'recipe #' },
  models: { key: 't.id', order: 't.id', title: 'model #' },
  model_reports: { key: 't.model_id', order: 't.model_id', title: 'report of the model #' },
  boosters: { key: 't.model_id', order: 't.id', title: 'list of boosters of the model #' },
  folds: { key: 't.model_id', order: 't.image_id', title: 'list of folds of the model #' },
  trained_regions: {
    key: 't.model_id',
    order: 't.region_id',
    title: 'list of trained regions of the model #',
    names: { region_id: regionName },
  },
  imported_folds: { key: 't.model_id', order: 't.sha256', title: 'list of imported folds of the model #' },
  operating_points: { key: 't.id', order: 't.id', title: 'operating point #' },
  promotions: { key: 't.id', order: 't.id', title: 'promotion #' },
  test_sets: { key: 't.id', order: 't.id', title: 'test set #' },
  test_set_cases: {
    key: 't.test_set_id',
    order: 't.case_id',
    title: 'list of cases of the test set #',
    names: { case_id: '(SELECT name FROM cases WHERE id = t.case_id)' },
  },
  test_set_images: {
    key: 't.test_set_id',
    order: 't.image_id',
    title: 'list of images of the test set #',
    names: { image_id: '(SELECT sha256 FROM images WHERE id = t.image_id)' },
  },
  test_set_openings: { key: 't.id', order: 't.id', title: 'opening # of a test set' },
  user_changes: {
    key: 't.id',
    order: 't.id',
    title: 'change # of a user',
    names: { reader_id: readerName },
  },
  assignments: {
    key: 't.id',
    order: 't.id',
    title: 'assignment #',
    names: { reader_id: readerName },
  },
  assigned_images: {
    key: 't.assignment_id',
    order: 't.image_id',
    title: 'list of images of the assignment #',
    names: { image_id: '(SELECT sha256 FROM images WHERE id = t.image_id)' },
  },
  reading_imports: { key: 't.id', order: 't.id', title: 'import # of readings' },
  checklist_answers: { key: 't.id', order: 't.id', title: 'answer # to a checklist' },
  slide_analyses: { key: 't.id', order: 't.id', title: 'analysis # of a slide' },
  slide_thresholds: { key: 't.id', order: 't.id', title: 'threshold # for slides' },
  region_changes: {
    key: 't.id',
    order: 't.id',
    title: 'change # of regions',
    names: { reader_id: readerName },
  },
  region_entries: {
    key: 't.change_id',
    order: 't.id',
    title: 'regions of the change #',
    names: {
      class_id: firstClassName('t.class_id'),
      region_id: regionName,
    },
  },
  label_comments: { key: 't.id', order: 't.id', title: 'comment #', names: { reader_id: readerName } },
  image_settings: {
    key: 't.id',
    order: 't.id',
    title: 'setting #',
    names: {
      reader_id: readerName,
      case_before: '(SELECT name FROM cases WHERE id = t.case_before)',
      case_after: '(SELECT name FROM cases WHERE id = t.case_after)',
    },
  },
  reader_actions: { key: 't.id', order: 't.id', title: 'step #', names: { reader_id: readerName } },
  reader_action_entries: { key: 't.action_id', order: 't.id', title: 'list of entries of the step #' },
} as const satisfies Record<string, AuditedTable>

export type AuditedTableName = keyof typeof auditedTables
export const auditedTableNames = Object.keys(auditedTables) as AuditedTableName[]

/** Such as `image 12`. */
export const titleOf = (name: AuditedTableName, key: string): string =>
  auditedTables[name].title.replace('#', key)

/** The key of each row, or of rows that belong together. */
export const listRowKeys = (database: Readable, name: AuditedTableName): string[] =>
  database
    .prepare<[], { key: string }>(
      `SELECT DISTINCT CAST(${auditedTables[name].key} AS TEXT) AS key FROM ${name} t`,
    )
    .all()
    .map(({ key }) => key)

type RowStatement = ReturnType<typeof prepareRows>
const statements = new WeakMap<Readable, Map<AuditedTableName, RowStatement>>()

/**
 * sha256 over the rows with a key: for each row the canonical JSON of its columns, and a line feed. Columns that are null
 * are left out, so that a column that a later format adds does not change the hash of older rows. null: there are none.
 */
export function hashRows(database: Readable, name: AuditedTableName, key: string | number): string | null {
  const known = statements.get(database) ?? new Map<AuditedTableName, RowStatement>()
  statements.set(database, known)
  const statement = known.get(name) ?? prepareRows(database, name)
  known.set(name, statement)
  const rows = statement.all(String(key))
  return rows.length === 0 ? null : sha256(rows.map(rowText).join(''))
}

/** The canonical JSON of a row without the columns that are null, and a line feed. */
export function rowText(row: Readonly<Record<string, unknown>>): string {
  let members = ''
  for (const key of Object.keys(row).sort()) {
    const value = row[key]
    if (value === null || value === undefined) continue
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(value)}`
  }
  return `{${members}}\n`
}

function prepareRows(database: Readable, name: AuditedTableName) {
  const table: AuditedTable = auditedTables[name]
  const columns = listColumns(database, name).filter((column) => table.only?.includes(column) ?? true)
  const values = columns.map((column) => `${table.names?.[column] ?? `t.${column}`} AS ${column}`)
  return database.prepare<[string], Record<string, unknown>>(
    `SELECT ${values.join(', ')} FROM ${name} t WHERE ${table.key} = ? ORDER BY ${table.order}`,
  )
}

const listColumns = (database: Readable, table: string): string[] =>
  database
    .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => name)
