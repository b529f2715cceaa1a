import { afterEach, beforeEach, expect, it } from 'vitest'
import { throwIfCancelled } from '../../../electron/base/cancellation.ts'
import type { JobKind } from '../../../electron/contract/index.ts'
import { isBrief, leavesRoom } from '../../../electron/jobs/brief-jobs.ts'
import { JobQueue } from '../../../electron/jobs/queue.ts'
import { openScratchStore, type Store } from '../../../electron/store/index.ts'

let store: Store
let queue: JobQueue
/** What runs, in the order in which it began; `title*` where another job ran at that moment. */
let running: string[]
/** Lets a running job end. */
let release: Map<string, () => void>
beforeEach(() => {
  store = openScratchStore()
  queue = new JobQueue(store, () => undefined)
  running = []
  release = new Map()
})
afterEach(() => store.close())

/** Queues a job that runs until it is released or stopped. */
const submit = (kind: JobKind, title: string, input: unknown = {}): number =>
  queue.submit(kind, title, input, async ({ signal, isBeside }) => {
    running.push(isBeside === true ? `${title}*` : title)
    await new Promise<void>((resolve) => {
      release.set(title, resolve)
      signal.addEventListener('abort', () => resolve())
    })
    running = running.filter((other) => other.replace('*', '') !== title)
    throwIfCancelled(signal)
    return {} as never
  }).id
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))
async function end(title: string): Promise<void> {
  release.get(title)?.()
  await settle()
}

it('knows what somebody waits for before the screen', () => {
  expect(isBrief('explain', {})).toBe(true)
  expect(isBrief('classify', { imageIds: [1, 2, 3, 4] })).toBe(true)
  expect(isBrief('classify', { imageIds: [1, 2, 3, 4, 5] })).toBe(false)
  expect(isBrief('classify', { imageIds: null })).toBe(false)
  expect(isBrief('train', { imageIds: [1] })).toBe(false)
  const roomless: JobKind[] = ['encoders', 'relink', 'check', 'import-model', 'export-model', 'explain']
  expect(roomless.filter(leavesRoom)).toEqual([])
})

it('runs a brief job beside a training, before what waits, and no second one beside it', async () => {
  submit('train', 'training')
  submit('classify', 'batch', { imageIds: null })
  submit('explain', 'first map')
  submit('explain', 'second map')
  submit('classify', 'few', { imageIds: [1] })
  await settle()
  expect(running).toEqual(['training', 'first map*'])
  await end('first map')
  expect(running).toEqual(['training', 'second map*'])
  await end('second map')
  expect(running).toEqual(['training', 'few*'])
  await end('few')
  expect(running).toEqual(['training'])
  await end('training')
  expect(running).toEqual(['batch'])
})

it('begins no long job beside a brief one, in whatever order they end', async () => {
  submit('train', 'training')
  submit('import', 'import')
  submit('explain', 'map')
  await settle()
  await end('training')
  expect(running).toEqual(['map*'])
  await end('map')
  expect(running).toEqual(['import'])
  await end('import')
  submit('explain', 'alone')
  submit('train', 'next training')
  await settle()
  expect(running).toEqual(['alone'])
  await end('alone')
  expect(running).toEqual(['next training'])
})

it('keeps a brief job waiting for what changes the files that it reads', async () => {
  submit('encoders', 'download')
  submit('explain', 'map')
  await settle()
  expect(running).toEqual(['download'])
  await end('download')
  expect(running).toEqual(['map'])
})

it('stops both at the end of the program, and both are offered again', async () => {
  const training = submit('train', 'training')
  const map = submit('explain', 'map')
  const waiting = submit('train', 'waiting')
  await settle()
  await queue.close()
  expect(running).toEqual([])
  expect([training, map, waiting].map((id) => queue.get(id).state)).toEqual([
    'interrupted',
    'interrupted',
    'interrupted',
  ])
})

it('cancels a brief job and leaves the training alone', async () => {
  const training = submit('train', 'training')
  const map = submit('explain', 'map')
  await settle()
  queue.cancel(map)
  await settle()
  expect([training, map].map((id) => queue.get(id).state)).toEqual(['running', 'cancelled'])
  expect(running).toEqual(['training'])
})
