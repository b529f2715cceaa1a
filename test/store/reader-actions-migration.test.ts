import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { atOnce } from '../../electron/base/slices.ts'
import { undoState } from '../../electron/features/undo/undo-stack.ts'
import { getImage, listLabels, openWorkspace } from '../../electron/store/index.ts'
import { oldImage, oldTime, oldWorkspace } from '../support/old-workspace.ts'
import { makeStep, undoLabels } from '../support/at-once.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-actions-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** A label with a comment, as format 13 has it. */
const labelled = `
  INSERT INTO labels (image_id, reader_id, class_id, at, comment) VALUES (1, 1, 1, '${oldTime}', 'sure');`

it('0014 keeps labels with their comments, has no steps at first, and adds only', () => {
  const store = openWorkspace(oldWorkspace(root, 13, oldImage(1) + labelled), 'test')
  const { database } = store
  const before = getImage(database, 1)
  expect(before.readings.all).toMatchObject([{ reader: 'ada', comment: 'sure', at: oldTime }])
  expect(undoState(database, 'ada')).toEqual({ undo: null, redo: null })

  // What was there before can still be undone image by image, which is a step.
  undoLabels(database, [1], { reader: 'ada', comment: null })
  expect(getImage(database, 1).readings.all).toEqual([])
  expect(undoState(database, 'ada').undo).toMatchObject({ kind: 'entry-undo', image: { imageId: 1 } })
  const step = { direction: 'undo', reader: 'ada', isBlinded: false } as const
  makeStep(database, step, { action: null, confirmBlind: false })
  expect(getImage(database, 1)).toEqual(before)
  expect(atOnce(listLabels(database, 1)).map(({ undoes }) => undoes)).toEqual([null, 1, 2])

  for (const table of ['reader_actions', 'reader_action_entries', 'label_comments']) {
    if (table === 'label_comments')
      database
        .prepare(
          `INSERT INTO label_comments (label_id, reader_id, comment, at) VALUES (1, 1, 'x', '${oldTime}')`,
        )
        .run()
    expect(() => database.prepare(`UPDATE ${table} SET id = id`).run(), table).toThrow(/append-only/)
    expect(() => database.prepare(`DELETE FROM ${table}`).run(), table).toThrow(/append-only/)
  }
  store.close()
})
