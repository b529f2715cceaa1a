import { expect, test } from 'vitest'
import type { JobView } from '../../../electron/contract/index.ts'
import type { Jobs } from '../../../renderer/state/jobs.svelte.ts'
import { Images } from '../../../renderer/state/images.svelte.ts'
import { JobControl } from '../../../renderer/state/job-control.ts'
import { stubClient } from '../support/stub-client.ts'

/** Jobs that end at once: the first ones done, those with these ids failed. */
function controlOf(failing: readonly number[] = []) {
  let jobId = 0
  const start = (): { jobId: number } => ({ jobId: ++jobId })
  const stub = stubClient({ 'demo.create': start, 'demo.slide': start, 'image.import': start })
  const end = (id: number): Promise<JobView> =>
    Promise.resolve({
      kind: 'demo',
      state: failing.includes(id) ? 'failed' : 'done',
      report: { directory: '/w/synthetic', images: 4 },
    } as JobView)
  const alerts = { attempt: <T>(work: Promise<T>) => work }
  const page = { alerts, images: new Images(stub.client), jobs: { end } as unknown as Jobs }
  return { stub, control: new JobControl(page as never) }
}

test('synthetic tissue is generated and imported; with a slide, that is imported alone and without a label', async () => {
  const { stub, control } = controlOf()
  await control.trySyntheticTissue(12, false)
  expect(stub.asked.map(([name]) => name)).toEqual(['demo.create', 'image.import'])
  stub.asked.length = 0
  await control.trySyntheticTissue(12, true)
  expect(stub.asked).toMatchObject([
    ['demo.create', { perClass: 12 }],
    ['image.import', { paths: ['/w/synthetic'], labels: 'folder' }],
    ['demo.slide', { fileName: 'synthetic-slide.tif', widthPx: 8192 }],
    ['image.import', { paths: ['/w/synthetic/synthetic-slide.tif'], labels: 'none', casesPattern: null }],
  ])
})

test('a slide that could not be made is not imported', async () => {
  const { stub, control } = controlOf([3])
  await control.trySyntheticTissue(12, true)
  expect(stub.asked.map(([name]) => name)).toEqual(['demo.create', 'image.import', 'demo.slide'])
})
