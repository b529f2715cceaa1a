import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AppError, parseClassScheme } from '../../../electron/contract/index.ts'
import { ComputeClient } from '../../../electron/jobs/compute-client.ts'
import type { InspectedImage } from '../../../electron/jobs/compute-protocol.ts'
import { importImages } from '../../../electron/jobs/import-images.ts'
import { hashFile } from '../../../electron/engine/image/index.ts'
import { createWorkspace, listImages, type Store } from '../../../electron/store/index.ts'
import { inProcessCompute, type InProcessCompute } from '../../support/in-process-compute.ts'

let root: string
let store: Store
let compute: InProcessCompute
let crashAt: string | null
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-import-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
  crashAt = null
  compute = inProcessCompute({
    inspect: async ({ path }): Promise<InspectedImage> => {
      if (basename(path) === crashAt) {
        compute.crash('SIGSEGV')
        await new Promise(() => undefined)
      }
      if (path.endsWith('bad.png')) throw new AppError('image.truncated', { path, reason: 'cut' })
      const sha256 = await hashFile(path)
      const size = { widthPx: 2, heightPx: 2, byteCount: 1 }
      return { sha256, format: 'png', ...size, pixelSizeUm: null, pixelSizeSource: 'none', synthetic: false }
    },
  })
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const write = (path: string, content: string): void => {
  mkdirSync(join(root, 'pictures', path, '..'), { recursive: true })
  writeFileSync(join(root, 'pictures', path), content)
}
const run = (signal = new AbortController().signal): ReturnType<typeof importImages> =>
  importImages(
    store.database,
    new ComputeClient(compute.launch, () => undefined),
    { paths: [join(root, 'pictures')], labels: 'folder', casesPattern: '^([a-z]+)-', reader: 'ada' },
    { signal, report: () => undefined },
  )

it('imports the good, lists the bad, counts what is there already by its content', async () => {
  write('benign/x-1.png', '1')
  write('malignant/sub/y-1.png', '2')
  write('malignant/copy.png', '1')
  write('benign/bad.png', '3')
  expect(await run()).toMatchObject({ imported: 2, duplicates: 1, failed: [{ code: 'image.truncated' }] })
  const rows = listImages(store.database).map((i) => [
    i.fileName,
    i.caseName,
    i.label?.className,
    i.label?.reader,
  ])
  expect(rows).toEqual([
    ['x-1.png', 'x', 'Benign', 'ada'],
    ['y-1.png', 'y', 'Malignant', 'ada'],
  ])
  expect(await run()).toMatchObject({ imported: 0, duplicates: 3 })
})

it('keeps what was imported before a cancel', async () => {
  for (let i = 0; i < 20; i++) write(`benign/a-${i}.png`, String(i))
  const controller = new AbortController()
  const stopped = importImages(
    store.database,
    new ComputeClient(compute.launch, () => undefined),
    { paths: [join(root, 'pictures')], labels: 'none', casesPattern: null, reader: 'ada' },
    {
      signal: controller.signal,
      report: () => {
        if (listImages(store.database).length >= 3) controller.abort()
      },
    },
  )
  // The meter reports at most ten times a second, so the abort may come with the last one only.
  await stopped.catch((error: unknown) => expect(error).toMatchObject({ code: 'job.cancelled' }))
  const kept = listImages(store.database).length
  expect(await run()).toMatchObject({ imported: 20 - kept, duplicates: kept })
})

it('survives a file that brings the decoder down', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) write(`benign/${name}-1.png`, name)
  crashAt = 'c-1.png'
  const report = await run()
  expect(report.imported).toBe(5)
  expect(report.failed).toMatchObject([{ code: 'compute.crashed' }])
  expect(basename(report.failed[0]?.path ?? '')).toBe('c-1.png')
})
