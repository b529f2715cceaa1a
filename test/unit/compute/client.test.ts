import { expect, it } from 'vitest'
import { AppError, hasCode } from '../../../electron/contract/index.ts'
import { ComputeClient } from '../../../electron/compute/client.ts'
import type { Tasks } from '../../../electron/compute/tasks.ts'
import { inProcessCompute } from '../../support/in-process-compute.ts'

const demo = { directory: '/x', perClass: 1, seed: 0, widthPx: 64, heightPx: 64 }
const software: Tasks['software'] = () => Promise.resolve({ lightgbm: '4' })

it('answers, reports progress, and carries a typed error over the wire', async () => {
  const compute = inProcessCompute({
    software,
    demo: async (_input, { report }) => {
      report(1, 2)
      await Promise.resolve()
      return { images: 2 }
    },
    inspect: ({ path }) => Promise.reject(new AppError('image.empty-file', { path })),
    thumbnail: () => Promise.reject(new Error('a bug')),
  })
  const client = new ComputeClient(compute.launch, () => undefined)
  expect(compute.launches()).toBe(0)
  expect(await client.run('software', { homeDirectory: '/none' })).toEqual({ lightgbm: '4' })
  const seen: number[][] = []
  const onProgress = (done: number, total: number): void => void seen.push([done, total])
  expect(await client.run('demo', demo, { onProgress })).toEqual({ images: 2 })
  expect(seen).toEqual([[1, 2]])
  await expect(client.run('inspect', { path: '/a b', pages: 'ask' })).rejects.toThrow(
    '/a b is empty (0 bytes).',
  )
  await expect(
    client.run('thumbnail', { image: { path: '', page: 1, sha256: '', pixelSizeUm: null } }),
  ).rejects.toThrow(/Unexpected error \(a bug\)/)
  expect(compute.launches()).toBe(1)
})

it('cancels with the signal', async () => {
  const compute = inProcessCompute({
    demo: async (_input, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      throw new Error('stopped')
    },
  })
  const client = new ComputeClient(compute.launch, () => undefined)
  const controller = new AbortController()
  const running = client.run('demo', demo, { signal: controller.signal })
  setTimeout(() => controller.abort(), 5)
  await expect(running).rejects.toSatisfy((error) => hasCode(error, 'job.cancelled'))
  await expect(client.run('demo', demo, { signal: controller.signal })).rejects.toThrow('Cancelled.')
})

it('fails the running tasks when the process dies, reports it once, and starts another process', async () => {
  const compute = inProcessCompute({ software, demo: () => new Promise(() => undefined) })
  const crashes: string[] = []
  const client = new ComputeClient(compute.launch, (reason) => crashes.push(reason))
  const lost = client.run('demo', demo)
  setTimeout(() => compute.crash('SIGSEGV'), 5)
  await expect(lost).rejects.toThrow(/compute process stopped unexpectedly \(SIGSEGV\)/)
  expect(crashes).toEqual(['SIGSEGV'])
  expect(await client.run('software', { homeDirectory: '/none' })).toEqual({ lightgbm: '4' })
  expect(compute.launches()).toBe(2)
})

it('stops its process until the next task, and starts nothing after it is closed', async () => {
  const compute = inProcessCompute({ software, demo: () => new Promise(() => undefined) })
  const crashes: string[] = []
  const client = new ComputeClient(compute.launch, (reason) => crashes.push(reason))
  const dropped = client.run('demo', demo)
  client.stopProcess()
  await expect(dropped).rejects.toSatisfy((error) => hasCode(error, 'job.cancelled'))
  expect(await client.run('software', { homeDirectory: '/none' })).toEqual({ lightgbm: '4' })
  expect(compute.launches()).toBe(2)

  // A waiting image starts when the previous one fails, such as a thumbnail of a list when the program ends.
  const next = client.run('demo', demo).catch(() => client.run('software', { homeDirectory: '/none' }))
  client.close()
  await expect(next).rejects.toSatisfy((error) => hasCode(error, 'job.cancelled'))
  expect(compute.launches()).toBe(2)
  expect(crashes).toEqual([])
})
