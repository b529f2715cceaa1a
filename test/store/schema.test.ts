import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AppError, parseClassScheme } from '../../electron/contract/index.ts'
import { migrate, knownVersion } from '../../electron/store/migrations/index.ts'
import {
  compareSchema,
  createWorkspace,
  insertImage,
  listEvents,
  mendWorkspace,
  openWorkspace,
} from '../../electron/store/index.ts'
import { newImage } from '../support/rows.ts'
import { oldImage, oldWorkspace } from '../support/old-workspace.ts'

let root: string
let path: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-schema-'))
  path = join(root, 'w')
  const store = createWorkspace(path, parseClassScheme('A,B*'), 'test')
  insertImage(store.database, newImage('a'.repeat(64)))
  store.close()
})
afterEach(() => rmSync(root, { recursive: true }))

const file = (): string => join(path, 'workspace.sqlite')
function change(sql: string): void {
  const database = new Sqlite(file())
  database.unsafeMode()
  database.exec(sql)
  database.close()
}
const rewrite = (set: string, where: string): string =>
  `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET ${set} WHERE ${where}; PRAGMA writable_schema = RESET;`

function refusal(): AppError<'workspace.foreign-schema'> {
  try {
    openWorkspace(path, 'test').close()
  } catch (error) {
    if (error instanceof AppError && error.code === 'workspace.foreign-schema')
      return error as AppError<'workspace.foreign-schema'>
    throw error
  }
  throw new Error('it was opened')
}
const mend = () =>
  mendWorkspace(path, { program: 'test', reader: 'ada', reason: 'because', admit: () => ({ reader: 'ada' }) })

const harmful: [name: string, sql: string, difference: string][] = [
  [
    'a foreign trigger',
    "CREATE TRIGGER x AFTER INSERT ON verdicts BEGIN UPDATE verdicts SET suggested = 'B'; END",
    'the trigger "x" on "verdicts" is not Lobule\'s',
  ],
  ['a view', 'CREATE VIEW x AS SELECT * FROM labels', 'the view "x" is not Lobule\'s'],
  ['a virtual table', 'CREATE VIRTUAL TABLE x USING fts5 (y)', 'the virtual table "x" is not Lobule\'s'],
  [
    'a trigger removed',
    'DROP TRIGGER labels_no_update',
    'the trigger "labels_no_update" on "labels" is missing',
  ],
  [
    'a trigger changed',
    'DROP TRIGGER labels_no_update; CREATE TRIGGER labels_no_update BEFORE UPDATE ON labels BEGIN SELECT 1; END',
    'the trigger "labels_no_update" on "labels" was changed',
  ],
  [
    'a trigger with other letters in a text',
    "DROP TRIGGER labels_no_update; CREATE TRIGGER labels_no_update BEFORE UPDATE ON labels BEGIN SELECT RAISE (ABORT, 'labels  are append-only'); END",
    'the trigger "labels_no_update" on "labels" was changed',
  ],
  ['an index removed', 'DROP INDEX labels_image', 'the index "labels_image" on "labels" is missing'],
]

it.each(harmful)(
  'refuses to open a database with %s, unchanged, until it is mended',
  async (_name, sql, difference) => {
    change(sql)
    const before = readFileSync(file())
    const error = refusal()
    expect(error.details.differences).toContain(difference)
    expect(error.message).toContain(difference)
    expect(readFileSync(file()).equals(before)).toBe(true)

    const { mended, copy } = await mend()
    expect(mended).toContain(difference)
    expect(readFileSync(copy).length).toBeGreaterThan(0)
    const store = openWorkspace(path, 'test')
    expect(compareSchema(store.database)).toEqual([])
    const { events } = listEvents(
      store.database,
      { kinds: null, reader: null, imageId: null, text: null, from: null, to: null },
      { olderThan: null, limit: 1 },
    )
    expect(events).toMatchObject([{ kind: 'chain', reader: 'ada', reason: 'because', after: { mended } }])
    store.close()
  },
)

it.each([
  ['a check removed', rewrite("sql = replace(sql, ' CHECK (length(sha256) = 64)', '')", "name = 'images'")],
  ['a column added', 'ALTER TABLE labels ADD COLUMN x TEXT'],
  ['a table removed', 'DROP TABLE image_flags'],
])('refuses a database with %s, and cannot mend it', async (_name, sql) => {
  change(sql)
  expect(refusal().details.differences).toHaveLength(1)
  await expect(mend()).rejects.toMatchObject({ code: 'workspace.corrupt' })
  expect(refusal().details.differences).toHaveLength(1)
})

it('opens a database with tables, indexes and statistics beside its own, and names the first two', async () => {
  change('CREATE TABLE x (y); CREATE INDEX z ON labels (at); ANALYZE')
  const store = openWorkspace(path, 'test')
  expect(compareSchema(store.database).map(({ difference, name }) => [difference, name])).toEqual([
    ['foreign', 'z'],
    ['foreign', 'x'],
  ])
  store.close()
  expect((await mend()).mended).toHaveLength(2)
  await expect(mend()).rejects.toMatchObject({ code: 'workspace.nothing-to-mend' })
})

it('ignores comments, spaces and quotes that another version wrote', () => {
  change(
    rewrite(
      `sql = replace(replace(sql, 'CREATE TABLE images', 'CREATE  TABLE "images"'), ',', ', -- x
')`,
      "name = 'images'",
    ),
  )
  openWorkspace(path, 'test').close()
})

it('compares a workspace of an earlier version with its own format, before it is migrated', async () => {
  for (let format = 1; format <= knownVersion; format++) {
    const database = new Sqlite(':memory:')
    migrate(database, format)
    expect(compareSchema(database)).toEqual([])
    database.close()
  }
  rmSync(path, { recursive: true })
  oldWorkspace(root, 6, `${oldImage(1)} CREATE TRIGGER x AFTER UPDATE ON images BEGIN SELECT 1; END;`)
  expect(refusal().details.differences).toEqual(['the trigger "x" on "images" is not Lobule\'s'])
  await mend()
  openWorkspace(path, 'test').close()
  expect(readdirSync(path).some((name) => name.startsWith('before-mending-'))).toBe(true)
})
