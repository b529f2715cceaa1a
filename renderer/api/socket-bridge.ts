import {
  AppError,
  toErrorView,
  wholeAnswer,
  type Answer,
  type AnswerFrame,
  type AnyEvent,
} from '../../electron/contract/index.ts'
import type { Connection, PageBridge, Upload } from './page-bridge.ts'

/** The part of WebSocket that is used; a test passes its own. */
export interface Socket {
  onopen: ((event: Event) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  onmessage: ((event: MessageEvent<string>) => void) | null
  readonly readyState: number
  send(text: string): void
}

/** How the bridge reaches the server; a test passes its own. */
export interface SocketDoor {
  connect: () => Socket
  /** Whether the server refuses this page; asked when a connection could not be opened. */
  isRefused: () => Promise<boolean>
  upload: Upload
}

interface Pending {
  frame: string
  /** The beginning of a long list; the answer brings the rest. */
  items: unknown[]
  resolve: (answer: Answer) => void
}

type Frame = AnswerFrame<number> | { event: AnyEvent }

const firstDelayMs = 500
const maxDelayMs = 10_000
const openState = 1
const lost: Answer = { ok: false, error: toErrorView(new AppError('connection.lost', {})) }

/**
 * The bridge to the server: JSON text frames over one WebSocket. Sends `{ id, name, input }`; receives `{ id, answer }`,
 * before it `{ id, items }` where it is a long list, and pushed `{ event }`. Calls made before the first connection wait for
 * it. Calls that are pending when the socket closes, or are made while it is closed, answer `connection.lost`. Reconnects
 * automatically; each pause is twice as long as the last, up to ten seconds. A page that the server refuses waits for
 * `retryNow`.
 */
export class SocketBridge implements PageBridge {
  readonly upload: Upload
  readonly #door: SocketDoor
  readonly #pending = new Map<number, Pending>()
  readonly #eventListeners = new Set<(event: AnyEvent) => void>()
  readonly #connectionListeners = new Set<(connection: Connection) => void>()
  #socket: Socket
  #connection: Connection = { state: 'connecting' }
  #everOpen = false
  #nextId = 1
  #delayMs = firstDelayMs
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(door: SocketDoor) {
    this.#door = door
    this.upload = door.upload
    this.#socket = this.#connect()
  }

  call(name: string, input: unknown): Promise<Answer> {
    const isOpen = this.#socket.readyState === openState
    const { state } = this.#connection
    const isLost = this.#everOpen || state === 'waiting' || state === 'refused'
    if (!isOpen && isLost) return Promise.resolve(lost)
    return new Promise((resolve) => {
      const id = this.#nextId++
      const frame = JSON.stringify({ id, name, input })
      this.#pending.set(id, { frame, items: [], resolve })
      if (isOpen) this.#socket.send(frame)
    })
  }

  onEvent(listener: (event: AnyEvent) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  onConnection(listener: (connection: Connection) => void): () => void {
    this.#connectionListeners.add(listener)
    listener(this.#connection)
    return () => this.#connectionListeners.delete(listener)
  }

  /** A browser never tells a page the path of a file. */
  pathOf(): null {
    return null
  }

  retryNow(): void {
    const { state } = this.#connection
    if (state !== 'waiting' && state !== 'refused') return
    clearTimeout(this.#timer)
    this.#socket = this.#connect()
  }

  #connect(): Socket {
    this.#report({ state: 'connecting' })
    const socket = this.#door.connect()
    let wasOpen = false
    socket.onopen = () => {
      wasOpen = true
      this.#everOpen = true
      this.#delayMs = firstDelayMs
      for (const { frame } of this.#pending.values()) socket.send(frame)
      this.#report({ state: 'open' })
    }
    socket.onmessage = (message) => this.#receive(JSON.parse(message.data) as Frame)
    socket.onclose = () => void this.#lose(wasOpen)
    return socket
  }

  #receive(frame: Frame): void {
    if ('event' in frame) {
      for (const listener of this.#eventListeners) listener(frame.event)
      return
    }
    const pending = this.#pending.get(frame.id)
    if ('items' in frame) {
      pending?.items.push(...frame.items)
      return
    }
    pending?.resolve(wholeAnswer(pending.items, frame.answer))
    this.#pending.delete(frame.id)
  }

  async #lose(wasOpen: boolean): Promise<void> {
    this.#failPending()
    const isRefused = !wasOpen && (await this.#door.isRefused())
    this.#failPending()
    if (isRefused) {
      this.#report({ state: 'refused' })
      return
    }
    const delayMs = this.#delayMs
    this.#delayMs = Math.min(delayMs * 2, maxDelayMs)
    this.#timer = setTimeout(() => (this.#socket = this.#connect()), delayMs)
    this.#report({ state: 'waiting', retryAt: Date.now() + delayMs })
  }

  #failPending(): void {
    for (const { resolve } of this.#pending.values()) resolve(lost)
    this.#pending.clear()
  }

  #report(connection: Connection): void {
    this.#connection = connection
    for (const listener of this.#connectionListeners) listener(connection)
  }
}
