import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { openWorkspace, readEvents, type Store } from '../../../../electron/store/index.ts'
import { tamper } from './damaged-trail.ts'

const files = new URL('../../../references/workspace-0.1/files.zip', import.meta.url)

let root: string
let path: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-pins-'))
  path = join(root, 'study')
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(files)))) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), bytes)
  }
})
afterEach(() => rmSync(root, { recursive: true }))

const messagesOf = async (store: Store): Promise<string[]> => {
  try {
    return (await verifyChain(store.database)).problems.map(({ message }) => message)
  } finally {
    store.close()
  }
}

it('pins what a workspace of an earlier version holds, once, and its trail is whole', async () => {
  const before = openWorkspace(path, 'test')
  const events = readEvents(before.database, 0, 1000)
  const pins = events.filter(({ after }) => after.includes('"pinned"'))
  expect(pins.map(({ id, kind }) => [id, kind])).toEqual([[events.length, 'chain']])
  expect(await messagesOf(before)).toEqual([])
  const again = openWorkspace(path, 'test')
  expect(readEvents(again.database, 0, 1000)).toHaveLength(events.length)
  again.close()
})

it.each([
  ['an image without its case', 'UPDATE images SET case_id = NULL WHERE id = 3', /image 3 differs/],
  ['another pixel size', 'UPDATE images SET pixel_size_um = 9 WHERE id = 3', /image 3 differs/],
  ['folds turned round', 'UPDATE folds SET fold = fold + 1', /list of folds of the model \d+ differs/],
  ['another suggestion', "UPDATE verdicts SET suggested = 'x' WHERE id = 2", /predictions 1 to \d+ differ/],
  ['a class made carcinoma', 'UPDATE classes SET is_positive = 1 - is_positive', /list of classes differs/],
  [
    'a pinned hash',
    `UPDATE pinned_rows SET sha256 = '${'f'.repeat(64)}' WHERE name = 'images'`,
    /were changed/,
  ],
  ['all pinned hashes removed', 'DELETE FROM pinned_rows', /pinned were changed/],
])('finds %s that was changed after that', async (_name, sql, message) => {
  openWorkspace(path, 'test').close()
  const messages = await messagesOf(tamper(path, (database) => database.exec(sql)))
  expect(messages.join('\n')).toMatch(message)
})

it('finds what the events of earlier versions say in words, also if it was changed before', async () => {
  const change =
    "UPDATE models SET accuracy = 0.99; UPDATE model_reports SET content = json_set(content, '$.x', 1)"
  const messages = await messagesOf(tamper(path, (database) => database.exec(change)))
  expect(messages.join('\n')).toMatch(/The model \d+ differs from event \d+ \(accuracy, reportSha256\)/)
})
