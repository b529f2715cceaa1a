import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openWorkspace } from '../../electron/store/index.ts'
import { oldImage, oldLabels, oldTime, oldWorkspace } from '../support/old-workspace.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-readings-'))))
afterEach(() => rmSync(root, { recursive: true }))

it('0007 turns every label of format 6 into a reading that is sure and not blind, and refuses contradictions', () => {
  const store = openWorkspace(oldWorkspace(root, 6, oldImage(1) + oldLabels), 'test')
  const { database } = store
  expect(database.prepare('SELECT * FROM labels ORDER BY id').all()).toMatchObject([
    { id: 1, class_id: 1, comment: 'sure', undoes: null, kind: 'reading', is_unsure: 0, is_blind: 0 },
    { id: 2, class_id: null, comment: null, undoes: 1, kind: 'reading', is_unsure: 0, is_blind: 0 },
  ])
  const insert = database.prepare(
    `INSERT INTO labels (image_id, reader_id, class_id, at, kind, is_unsure, is_blind)
     VALUES (1, 1, ?, '${oldTime}', ?, ?, ?)`,
  )
  insert.run(null, 'reading', 1, 1)
  insert.run(2, 'adjudication', 0, 0)
  const refused: [number | null, string, number, number][] = [
    [1, 'reading', 1, 0],
    [null, 'adjudication', 1, 0],
    [1, 'adjudication', 0, 1],
    [1, 'guess', 0, 0],
    [1, 'reading', 2, 0],
  ]
  for (const row of refused) expect(() => insert.run(...row), row.join()).toThrow(/CHECK/)
  expect(() => database.prepare("UPDATE labels SET kind = 'adjudication'").run()).toThrow(/append-only/)
  store.close()
})
