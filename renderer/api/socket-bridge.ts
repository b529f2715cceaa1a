import { AppError, toErrorView, type Answer, type AnyEvent } from '../../electron/contract/index.ts'
import type { Connection, PageBridge } from './page-bridge.ts'
import { uploadFile } from './upload.ts'

/** The part of WebSocket that is used; a test passes its own. */
export interface Socket {
  onopen: ((event: Event) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  onmessage: ((event: MessageEvent<string>) => void) | null
  readonly readyState: number
  send(text: string): void
}

interface Pending {
  frame: string
  resolve: (answer: Answer) => void
}

type Frame = { id: number; answer: Answer } | { event: AnyEvent }

const firstDelayMs = 500
const maxDelayMs = 10_000
const openState = 1
const lost: Answer = { ok: false, error: toErrorView(new AppError('connection.lost', {})) }

/**
 * The bridge to the server: JSON text frames over one WebSocket. Sends `{ id, name, input }`; receives `{ id, answer
 * }` and pushed `{ event }`. Calls made before the first connection wait for it. Calls that are pending when the
 * socket closes, or are made while it is closed, answer `connection.lost`. Reconnects automatically; each pause is
 * twice as long as the last, up to ten seconds.
 */
export class SocketBridge implements PageBridge {
  readonly upload = uploadFile
  readonly #createSocket: () => Socket
  readonly #pending = new Map<number, Pending>()
  readonly #eventListeners = new Set<(event: AnyEvent) => void>()
  readonly #connectionListeners = new Set<(connection: Connection) => void>()
  #socket: Socket
  #connection: Connection = { state: 'connecting' }
  #everOpen = false
  #nextId = 1
  #delayMs = firstDelayMs
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(createSocket: () => Socket) {
    this.#createSocket = createSocket
    this.#socket = this.#connect()
  }

  call(name: string, input: unknown): Promise<Answer> {
    const isOpen = this.#socket.readyState === openState
    if (!isOpen && (this.#everOpen || this.#connection.state === 'waiting')) return Promise.resolve(lost)
    return new Promise((resolve) => {
      const id = this.#nextId++
      const frame = JSON.stringify({ id, name, input })
      this.#pending.set(id, { frame, resolve })
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
    if (this.#connection.state !== 'waiting') return
    clearTimeout(this.#timer)
    this.#socket = this.#connect()
  }

  #connect(): Socket {
    this.#report({ state: 'connecting' })
    const socket = this.#createSocket()
    socket.onopen = () => {
      this.#everOpen = true
      this.#delayMs = firstDelayMs
      for (const { frame } of this.#pending.values()) socket.send(frame)
      this.#report({ state: 'open' })
    }
    socket.onmessage = (message) => this.#receive(JSON.parse(message.data) as Frame)
    socket.onclose = () => this.#lose()
    return socket
  }

  #receive(frame: Frame): void {
    if ('event' in frame) {
      for (const listener of this.#eventListeners) listener(frame.event)
      return
    }
    this.#pending.get(frame.id)?.resolve(frame.answer)
    this.#pending.delete(frame.id)
  }

  #lose(): void {
    for (const { resolve } of this.#pending.values()) resolve(lost)
    this.#pending.clear()
    const delayMs = this.#delayMs
    this.#delayMs = Math.min(delayMs * 2, maxDelayMs)
    this.#timer = setTimeout(() => (this.#socket = this.#connect()), delayMs)
    this.#report({ state: 'waiting', retryAt: Date.now() + delayMs })
  }

  #report(connection: Connection): void {
    this.#connection = connection
    for (const listener of this.#connectionListeners) listener(connection)
  }
}
