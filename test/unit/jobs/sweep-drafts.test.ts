import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseClassScheme } from '../../../electron/contract/index.ts'
import { JobQueue } from '../../../electron/jobs/queue.ts'
import { createWorkspace, type Store } from '../../../electron/store/index.ts'

let store: Store
let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-drafts-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true, force: true })
})

const put = (name: string): void => {
  const path = join(root, 'w', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, 'half')
}
const there = (names: readonly string[]): string[] =>
  names.filter((name) => existsSync(join(root, 'w', name)))

const drafts = [
  'images/ab.png.part',
  'boosters/ab.txt.8e497f81.tmp',
  'boosters/units/ab.json.8e497f81.tmp',
  'descriptors/x/ab.npy.8e497f81.tmp',
  'explanations/1-ab.json.8e497f81.tmp',
]
/** Whole files, and what is not ours. */
const others = [
  'images/ab.png',
  'boosters/ab.txt',
  'boosters/units/ab.json',
  'descriptors/x/ab.npy',
  'explanations/1-ab.json',
  'notes/mine.tmp',
]

it('what a killed program was writing is gone before the first job begins, and nothing else', async () => {
  for (const name of [...drafts, ...others]) put(name)
  const queue = new JobQueue(store, () => undefined)
  const seen = await new Promise<string[]>((resolve) => {
    queue.submit('demo', 'first', {}, () => {
      resolve(there([...drafts, ...others]))
      return Promise.resolve({ directory: '/x', images: 1 })
    })
  })
  expect(seen).toEqual(others)
  await queue.close()
})

it('what a job is writing stays while another begins', async () => {
  const queue = new JobQueue(store, () => undefined)
  const run = (work: () => void): Promise<void> =>
    new Promise((resolve) => {
      queue.submit('demo', 'a job', {}, () => {
        work()
        resolve()
        return Promise.resolve({ directory: '/x', images: 1 })
      })
    })
  await run(() => drafts.forEach(put))
  await run(() => expect(there(drafts)).toEqual(drafts))
  await queue.close()
})
