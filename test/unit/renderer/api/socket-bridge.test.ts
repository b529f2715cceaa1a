import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Answer, AnyEvent } from '../../../../electron/contract/index.ts'
import type { Connection } from '../../../../renderer/api/page-bridge.ts'
import { SocketBridge, type Socket } from '../../../../renderer/api/socket-bridge.ts'

/** A socket whose other end is the test. */
class TestSocket implements Socket {
  onopen: Socket['onopen'] = null
  onclose: Socket['onclose'] = null
  onmessage: Socket['onmessage'] = null
  readyState = 0
  readonly sent: { id: number; name: string; input: unknown }[] = []

  send(text: string): void {
    this.sent.push(JSON.parse(text) as TestSocket['sent'][number])
  }
  open(): void {
    this.readyState = 1
    this.onopen?.(new Event('open'))
  }
  close(): void {
    this.readyState = 3
    this.onclose?.(new Event('close') as CloseEvent)
  }
  receive(frame: unknown): void {
    this.onmessage?.(new MessageEvent('message', { data: JSON.stringify(frame) }))
  }
}

const lost = { ok: false, error: { code: 'connection.lost' } }
const answerOf = (value: unknown): Answer => ({ ok: true, value })

function open(isRefused = () => false) {
  const sockets: TestSocket[] = []
  const bridge = new SocketBridge({
    connect: () => {
      const socket = new TestSocket()
      sockets.push(socket)
      return socket
    },
    isRefused: () => Promise.resolve(isRefused()),
    upload: () => Promise.reject(new Error('nothing is uploaded here')),
  })
  const last = (): TestSocket => {
    const socket = sockets.at(-1)
    if (socket === undefined) throw new Error('no socket was opened')
    return socket
  }
  return { bridge, sockets, last }
}

/** Lets the bridge learn whether it was refused. */
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

describe('calls over the socket', () => {
  it('wait for the first connection and get the answer with their id, in any order', async () => {
    const { bridge, last } = open()
    const first = bridge.call('app.version', {})
    const second = bridge.call('image.get', { image: 7 })
    expect(last().sent).toEqual([])
    last().open()
    const [one, two] = last().sent
    expect([one, two]).toMatchObject([
      { name: 'app.version', input: {} },
      { name: 'image.get', input: { image: 7 } },
    ])
    expect(one?.id).not.toBe(two?.id)
    last().receive({ id: two?.id, answer: answerOf('second') })
    last().receive({ id: one?.id, answer: answerOf('first') })
    expect(await Promise.all([first, second])).toEqual([answerOf('first'), answerOf('second')])
  })

  it('get a long list that comes in parts, each call its own', async () => {
    const { bridge, last } = open()
    last().open()
    const [first, second, refused] = ['image.list', 'job.list', 'label.list'].map((name) =>
      bridge.call(name, {}),
    )
    const ids = last().sent.map(({ id }) => id)
    const no: Answer = { ok: false, error: { code: 'internal', message: 'x' } as never }
    for (const items of [['a', 'b'], ['c']]) last().receive({ id: ids[0], items })
    last().receive({ id: ids[1], items: [1] })
    last().receive({ id: ids[2], items: [2] })
    last().receive({ id: 1000, items: ['of no call'] })
    last().receive({ id: ids[1], answer: answerOf([]) })
    last().receive({ id: ids[0], answer: answerOf(['d']) })
    last().receive({ id: ids[2], answer: no })
    expect(await Promise.all([first, second, refused])).toEqual([
      answerOf(['a', 'b', 'c', 'd']),
      answerOf([1]),
      no,
    ])
  })

  it('fail if the socket closes, and if there is none', async () => {
    const { bridge, last } = open()
    last().open()
    const underWay = bridge.call('app.version', {})
    last().close()
    expect(await underWay).toMatchObject(lost)
    expect(await bridge.call('app.version', {})).toMatchObject(lost)
  })

  it('that failed are not sent again, and their late answers change nothing', async () => {
    const { bridge, sockets, last } = open()
    last().open()
    const underWay = bridge.call('app.version', {})
    const id = last().sent[0]?.id
    last().close()
    await settle()
    bridge.retryNow()
    last().open()
    expect(sockets).toHaveLength(2)
    expect(last().sent).toEqual([])
    last().receive({ id, answer: answerOf('late') })
    expect(await underWay).toMatchObject(lost)
  })

  it('wait for no connection once the first attempt has failed', async () => {
    const { bridge, last } = open()
    const early = bridge.call('app.version', {})
    last().close()
    expect(await early).toMatchObject(lost)
    expect(await bridge.call('app.version', {})).toMatchObject(lost)
  })
})

describe('a connection that is lost', () => {
  it('is opened again after 0.5 s, twice as long after each failure, at most 10 s', async () => {
    const { bridge, sockets, last } = open()
    const states: Connection[] = []
    bridge.onConnection((connection) => states.push(connection))
    const delays: number[] = []
    for (let i = 0; i < 7; i++) {
      last().close()
      await settle()
      const state = states.at(-1)
      if (state?.state !== 'waiting') throw new Error('it is not waiting')
      const delayMs = state.retryAt - Date.now()
      delays.push(delayMs)
      const count = sockets.length
      vi.advanceTimersByTime(delayMs - 1)
      expect(sockets).toHaveLength(count)
      vi.advanceTimersByTime(1)
      expect(sockets).toHaveLength(count + 1)
    }
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000])
    last().open()
    last().close()
    await settle()
    expect(states.slice(-2)).toEqual([{ state: 'open' }, { state: 'waiting', retryAt: Date.now() + 500 }])
  })

  it('is opened at once on request, and only once', async () => {
    const { bridge, sockets, last } = open()
    bridge.retryNow()
    expect(sockets).toHaveLength(1)
    last().close()
    await settle()
    bridge.retryNow()
    bridge.retryNow()
    expect(sockets).toHaveLength(2)
    vi.advanceTimersByTime(60_000)
    expect(sockets).toHaveLength(2)
  })

  it('reports its state to each listener until it stops listening', () => {
    const { bridge, last } = open()
    const states: string[] = []
    const stop = bridge.onConnection(({ state }) => states.push(state))
    last().open()
    stop()
    last().close()
    expect(states).toEqual(['connecting', 'open'])
  })
})

describe('a server that refuses the page', () => {
  it('is not asked again and again: the server was started again', async () => {
    let isRefused = false
    const { bridge, sockets, last } = open(() => isRefused)
    const states: string[] = []
    bridge.onConnection(({ state }) => states.push(state))
    last().open()
    isRefused = true
    // The connection is lost first, and the next attempt is refused.
    last().close()
    await vi.advanceTimersByTimeAsync(500)
    const underWay = bridge.call('app.version', {})
    last().close()
    await settle()
    expect(states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'refused'])
    expect(await underWay).toMatchObject(lost)
    expect(await bridge.call('app.version', {})).toMatchObject(lost)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sockets).toHaveLength(2)
  })

  it('accepts it once it has the new key', async () => {
    let isRefused = true
    const { bridge, last } = open(() => isRefused)
    const early = bridge.call('app.version', {})
    last().close()
    await settle()
    expect(await early).toMatchObject(lost)
    isRefused = false
    bridge.retryNow()
    last().open()
    const states: string[] = []
    bridge.onConnection(({ state }) => states.push(state))
    expect(states).toEqual(['open'])
  })
})

it('events reach each listener until it stops listening, also over a new socket', async () => {
  const { bridge, last } = open()
  const events: unknown[] = []
  const stop = bridge.onEvent((event: AnyEvent) => events.push(event))
  last().open()
  last().receive({ event: { name: 'one' } })
  last().close()
  await settle()
  bridge.retryNow()
  last().open()
  last().receive({ event: { name: 'two' } })
  stop()
  last().receive({ event: { name: 'three' } })
  expect(events).toEqual([{ name: 'one' }, { name: 'two' }])
})
