import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { allJobs } from '../../../electron/application/all-jobs.ts'
import type { ComputeClient } from '../../../electron/compute/client.ts'
import { draftMapFile } from '../../../electron/engine/slides/map-file.ts'
import { demoJob } from '../../../electron/features/images/make-demo.ts'
import { Session } from '../../../electron/session/session.ts'
import { inProcessBounded } from '../../support/in-process-bounded.ts'

let session: Session
let root: string
/** What the compute process does. */
let work: () => void
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-drafts-'))
  const run = (): Promise<{ images: number }> => {
    work()
    return Promise.resolve({ images: 1 })
  }
  session = new Session(
    'test',
    () => undefined,
    () => 'ada',
    allJobs,
    () => ({
      homeDirectory: root,
      version: 'test',
      emit: () => undefined,
      compute: { run } as unknown as ComputeClient,
      bounded: inProcessBounded(),
      workspace: session.workspace,
    }),
  )
  await session.create(join(root, 'w'), 'Benign,Malignant*')
})
afterEach(async () => {
  await session.dispose()
  rmSync(root, { recursive: true, force: true })
})

/** A job of the session that runs this function. */
async function runJob(what: () => void): Promise<void> {
  work = what
  const size = { perClass: 1, seed: 1, widthPx: 64, heightPx: 64 }
  session.queue.submit(demoJob, { directory: root, ...size })
  await session.queue.idle()
}

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
  'slide-maps/ab.map.8e497f81.tmp',
  draftMapFile('slide-maps', 'ab', 1),
]
/** Complete files, and files of other programs. */
const others = [
  'images/ab.png',
  'boosters/ab.txt',
  'boosters/units/ab.json',
  'descriptors/x/ab.npy',
  'explanations/1-ab.json',
  'slide-maps/ab.map',
  'slide-maps/drafts/key/0.block',
  'notes/mine.tmp',
]

it('drafts of a killed program are removed before the first job starts, and nothing else', async () => {
  for (const name of [...drafts, ...others]) put(name)
  let seen: string[] = []
  await runJob(() => (seen = there([...drafts, ...others])))
  expect(seen).toEqual(others)
})

it('drafts of a running job stay when another starts', async () => {
  await runJob(() => drafts.forEach(put))
  let seen: string[] = []
  await runJob(() => (seen = there(drafts)))
  expect(seen).toEqual(drafts)
})
