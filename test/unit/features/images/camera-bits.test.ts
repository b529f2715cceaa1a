import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import { tasks } from '../../../../electron/compute/tasks.ts'
import { parseClassScheme, type CameraBits, type ImportReport } from '../../../../electron/contract/index.ts'
import { importImages, importJob } from '../../../../electron/features/images/import-images.ts'
import { createWorkspace, listImages, type OpenWorkspace } from '../../../../electron/store/index.ts'
import { corpusPictures } from '../../../corpus/pictures.ts'
import { importInput } from '../../../support/import-input.ts'
import { inProcessBounded } from '../../../support/in-process-bounded.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { jobRun } from '../../../support/job-run.ts'

let root: string
let store: OpenWorkspace
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-camera-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
  mkdirSync(join(root, 'pictures'))
  for (const name of ['dim.tif', 'bright camera.tif', 'plain.png']) {
    const picture = corpusPictures.find((one) => one.name === name)
    if (picture !== undefined) writeFileSync(join(root, 'pictures', name), await picture.bytes())
  }
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const compute = inProcessCompute({ hash: tasks.hash, inspect: tasks.inspect })
const bounded = inProcessBounded()
const run = (cameraBits: CameraBits | null, isDryRun = false): Promise<ImportReport> =>
  importImages(
    importInput([join(root, 'pictures')], { cameraBits }),
    jobRun(importJob),
    { workspace: store, compute: new ComputeClient(compute.launch, () => undefined), bounded },
    { isDryRun },
  )
const bits = (): Record<string, CameraBits | null> =>
  Object.fromEntries(
    listImages(store.database).map(({ fileName, cameraBits = null }) => [fileName, cameraBits]),
  )
const kinds = ({ account }: ImportReport): unknown[] => (account?.notes ?? []).map(({ kind }) => kind)

it('reads pictures of 16 bits as the camera took them, refuses those with larger values, and leaves others', async () => {
  const tried = await run(12, true)
  const report = await run(12)
  expect(tried.account).toEqual(report.account)
  expect(report.failed.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /bright camera\.tif.*brightest value is \d+, but those of a camera of 12 bits end at 4095/,
    ),
  ])
  expect(bits()).toEqual({ 'dim.tif': 12, 'plain.png': null })
  expect(kinds(report)).toEqual(['camera-bits'])
  // Twice the same changes nothing, and neither does an import that does not say it.
  const again = await run(12)
  expect([again.account?.files.present, kinds(again)]).toEqual([2, []])
  expect((await run(null)).account?.files).toMatchObject({ imported: 1, present: 2, failed: 0 })
  expect(bits()).toMatchObject({ 'dim.tif': 12 })
})

it('sets the bits of an image that was imported without them, unless it was used', async () => {
  expect(kinds(await run(null))).toEqual(['dim'])
  // A second file with the content of the same image adds no second note.
  copyFileSync(join(root, 'pictures', 'dim.tif'), join(root, 'pictures', 'dim again.tif'))
  const tried = await run(14, true)
  expect(kinds(tried)).toEqual(['camera-bits'])
  expect(bits()).toMatchObject({ 'dim.tif': null })
  expect((await run(14)).account).toEqual(tried.account)
  expect(bits()).toMatchObject({ 'dim.tif': 14, 'plain.png': null })
  // Other bits are no correction that could be made silently.
  const other = await run(12)
  expect(other.failed.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/dim\.tif.*it is in the workspace with other values/),
  )
  expect(bits()).toMatchObject({ 'dim.tif': 14 })
})
