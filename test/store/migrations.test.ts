import Sqlite from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { atOnce } from '../../electron/base/slices.ts'
import { pagesCopiesComments } from '../../electron/store/migrations/0002-pages-copies-comments.ts'
import { listImages, listLabels, openWorkspace, readWorkspaceInfo } from '../../electron/store/index.ts'
import { oldImage, oldTime, oldWorkspace } from '../support/old-workspace.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-migrations-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** As the first version wrote it: one image with two labels. */
const firstVersion = (): string =>
  oldWorkspace(
    root,
    1,
    `${oldImage(1)} INSERT INTO labels VALUES (1, 1, 1, 1, '${oldTime}'), (2, 1, 1, 2, '${oldTime}');`,
  )

it('0002 keeps the data of version 1, gives images a page, and still refuses to change labels', () => {
  const store = openWorkspace(firstVersion(), 'test')
  const { database } = store
  expect(listImages(database)).toMatchObject([
    {
      path: '/pictures/1.png',
      originalPath: '/pictures/1.png',
      page: 1,
      copied: false,
      label: { className: 'Malignant', comment: null },
    },
  ])
  expect(atOnce(listLabels(database, null))).toMatchObject([
    { id: 1, comment: null, undoes: null, current: false },
    { id: 2, comment: null, undoes: null, current: true },
  ])
  expect(readWorkspaceInfo(database)).toMatchObject({
    images: 1,
    labelled: 1,
    labelEntries: 2,
    classEntries: 2,
    copied: 0,
  })
  expect(() => database.prepare("UPDATE labels SET comment = 'x'").run()).toThrow(/append-only/)
  expect(() => database.prepare('UPDATE images SET page = 0').run()).toThrow(/CHECK/)
  store.close()
})

it('0002 is rolled back completely if it fails', () => {
  const database = new Sqlite(join(firstVersion(), 'workspace.sqlite'))
  const broken = `${pagesCopiesComments.sql} INSERT INTO nowhere VALUES (1);`
  expect(() => database.transaction(() => database.exec(broken))()).toThrow(/nowhere/)
  expect(
    database.prepare("SELECT 1 FROM pragma_table_info('images') WHERE name = 'page'").get(),
  ).toBeUndefined()
  database.close()
})
