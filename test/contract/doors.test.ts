import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError, answerSchema, calls, type AnyEvent, type Bridge } from '../../electron/contract/index.ts'
import { socketDoor, windowDoor, type Door } from './doors.ts'
import { stubApplication } from './stub-application.ts'

const recent = [{ path: '/data/läb ☃', name: 'läb ☃' }]

const newApplication = (): ReturnType<typeof stubApplication> =>
  stubApplication({
    'workspace.recent': () => recent,
    'job.get': ({ jobId }) => {
      throw new AppError('job.not-found', { job: String(jobId) })
    },
    'app.doctor': () => Promise.reject(new TypeError('a bug')),
    'image.get': async ({ imageId }) => {
      // The first call is answered last.
      await new Promise((resolve) => setTimeout(resolve, 30 / imageId))
      throw new AppError('image.not-found', { image: String(imageId) })
    },
  })

describe.each<[string, () => Door]>([
  ['WebSocket', socketDoor],
  ['Electron IPC', windowDoor],
])('both entry points behave the same for the page: %s', (_name, openDoor) => {
  let door: Door
  let page: Pick<Bridge, 'call' | 'onEvent'>
  let application: ReturnType<typeof newApplication>

  beforeEach(async () => {
    door = openDoor()
    application = newApplication()
    page = await door.openPage(application)
  })
  afterEach(() => door.close())

  test('a valid call answers its value', async () => {
    expect(await page.call('workspace.recent', {})).toEqual({ ok: true, value: recent })
  })

  test('an expected failure keeps its code, sentence and details', async () => {
    expect(await page.call('job.get', { jobId: 7 })).toEqual({
      ok: false,
      error: { code: 'job.not-found', message: 'There is no job 7.', details: { job: '7' } },
    })
  })

  test.each(['no.such-call', '__proto__', 'constructor', ''])(
    'an unknown call is refused: %s',
    async (name) => {
      expect(await page.call(name, {})).toEqual({
        ok: false,
        error: {
          code: 'call.unknown',
          message: `This version of Lobule has no call "${name}".`,
          details: { name },
        },
      })
    },
  )

  test.each([
    ['job.get', { jobId: 'seven' }],
    ['job.get', { jobId: 7, more: 1 }],
    ['job.get', undefined],
    ['job.get', null],
    ['workspace.recent', []],
    ['model.classify', { imageIds: [], model: null }],
  ])('bad arguments are refused: %s %j', async (name, input) => {
    const answer = await page.call(name, input)
    expect(answer).toMatchObject({ ok: false, error: { code: 'call.invalid-input', details: { name } } })
  })

  test('a bug is unexpected, with a reference, and the next call works', async () => {
    const logged = vi.spyOn(console, 'error').mockReturnValue()
    const answer = await page.call('app.doctor', {})
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal.unexpected' } })
    expect(logged).toHaveBeenCalledOnce()
    logged.mockRestore()
    expect(await page.call('workspace.recent', {})).toMatchObject({ ok: true })
  })

  test('answers reach their calls in any order', async () => {
    const answers = await Promise.all([1, 2, 3].map((imageId) => page.call('image.get', { imageId })))
    expect(answers.map((answer) => (answer.ok ? null : answer.error.details['image']))).toEqual([
      '1',
      '2',
      '3',
    ])
  })

  test('every call of the contract is answered in the declared form', async () => {
    for (const name of Object.keys(calls)) {
      const answer = await page.call(name, { nonsense: true })
      expect(answerSchema.safeParse(answer).success, name).toBe(true)
    }
  })

  test('events arrive as long as there is a listener', async () => {
    const seen: AnyEvent[] = []
    const stop = page.onEvent((event) => seen.push(event))
    const crashed: AnyEvent = { name: 'compute.crashed', payload: { reason: 'SIGKILL' } }
    application.emit(crashed)
    application.emit({ name: 'models.changed', payload: {} })
    await page.call('workspace.recent', {})
    expect(seen).toEqual([crashed, { name: 'models.changed', payload: {} }])
    stop()
    application.emit(crashed)
    await page.call('workspace.recent', {})
    expect(seen).toHaveLength(2)
  })
})

describe('foreign senders of the window', () => {
  test.each([
    ['another site', { url: 'https://evil.example/', parent: null }],
    ['a name that begins like ours', { url: 'app://lobule.evil/', parent: null }],
    ['another scheme', { url: 'file:///lobule/index.html', parent: null }],
    ['the pictures', { url: 'slide://image/1/thumbnail.jpg', parent: null }],
    ['a frame within our page', { url: 'app://lobule/', parent: {} }],
    ['an empty frame', { url: '', parent: null }],
    ['a frame that is gone', null],
  ])('%s is refused', async (_who, senderFrame) => {
    const door = windowDoor()
    const called = vi.fn(() => recent)
    const page = await door.openPage(stubApplication({ 'workspace.recent': called }))
    door.ipc.senderFrame = senderFrame
    const answer = await page.call('workspace.recent', {})
    expect(answer).toMatchObject({
      ok: false,
      error: {
        code: 'call.foreign-sender',
        details: { sender: senderFrame === null ? 'a page that no longer exists' : senderFrame.url },
      },
    })
    expect(called).not.toHaveBeenCalled()
  })
})

test('the preload script provides only the bridge, which gives the path of a dropped file', async () => {
  const door = windowDoor()
  await door.openPage(stubApplication())
  expect(Object.keys(door.exposed()).sort()).toEqual(['call', 'onEvent', 'pathOf'])
  expect(door.exposed().pathOf({ name: 'a.tif' })).toBe('/data/a.tif')
  // A file created by the page has no path.
  expect(door.exposed().pathOf({ name: '' })).toBeNull()
})
