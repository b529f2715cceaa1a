import Sqlite from 'better-sqlite3'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { initial } from '../../electron/store/migrations/0001-initial.ts'
import { pagesCopiesComments } from '../../electron/store/migrations/0002-pages-copies-comments.ts'
import { listImages, listLabels, openWorkspace, readWorkspaceInfo } from '../../electron/store/index.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-migrations-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** A workspace as the first version wrote it, with one image that was labelled twice. */
function firstVersion(): string {
  const workspace = join(root, 'w')
  mkdirSync(workspace)
  const database = new Sqlite(join(workspace, 'workspace.sqlite'))
  database.pragma('application_id = 0x4c4f4255')
  database.exec(initial.sql)
  database.pragma('user_version = 1')
  const at = "'2026-01-01T00:00:00.000Z'"
  database.exec(`
    INSERT INTO workspace VALUES (1, 'w', ${at});
    INSERT INTO classes VALUES (1, 0, 'Benign', 0, '1', '#0072b2'), (2, 1, 'Malignant', 1, '2', '#009e73');
    INSERT INTO readers VALUES (1, 'ada', ${at});
    INSERT INTO images VALUES (1, '${'a'.repeat(64)}', '/pictures/a.png', 10, 'png', 4, 3, NULL, 'none', 0, NULL, ${at});
    INSERT INTO labels VALUES (1, 1, 1, 1, ${at}), (2, 1, 1, 2, ${at});`)
  database.close()
  return workspace
}

it('0002 keeps what version 1 knew, gives images a page, and still refuses to change labels', () => {
  const store = openWorkspace(firstVersion(), 'test')
  const { database } = store
  expect(listImages(database)).toMatchObject([
    {
      path: '/pictures/a.png',
      originalPath: '/pictures/a.png',
      page: 1,
      copied: false,
      label: { className: 'Malignant', comment: null },
    },
  ])
  expect(listLabels(database, null)).toMatchObject([
    { id: 1, comment: null, undoes: null, current: false },
    { id: 2, comment: null, undoes: null, current: true },
  ])
  expect(readWorkspaceInfo(database)).toMatchObject({ images: 1, labelled: 1, labelEntries: 2, copied: 0 })
  expect(() => database.prepare("UPDATE labels SET comment = 'x'").run()).toThrow(/append-only/)
  expect(() => database.prepare('UPDATE images SET page = 0').run()).toThrow(/CHECK/)
  store.close()
})

it('0002 is undone whole when it cannot be done', () => {
  const database = new Sqlite(join(firstVersion(), 'workspace.sqlite'))
  const broken = `${pagesCopiesComments.sql} INSERT INTO nowhere VALUES (1);`
  expect(() => database.transaction(() => database.exec(broken))()).toThrow(/nowhere/)
  expect(
    database.prepare("SELECT 1 FROM pragma_table_info('images') WHERE name = 'page'").get(),
  ).toBeUndefined()
  database.close()
})
