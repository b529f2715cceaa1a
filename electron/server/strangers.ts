import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How long a connection may take to show that it is our page's, ms. */
const patienceMs = 3000

/** How long a file of the page may take, ms: it is read and sent within a fraction of a second. */
const fileMs = 60_000

/** Number of connections that may be about to show it; above it, the oldest is closed. A browser opens about six. */
const maxStrangers = 128

/** All connections together. Most systems give a program 1024 files, and the rest of Lobule needs some. */
const maxConnections = 512

/**
 * Closes the connections of programs that were not let in: anybody on this machine may connect, and each connection is
 * an open file of this process. A connection that was let in has no limit, since it may send a slide of many gigabytes.
 */
export class Strangers {
  /** Oldest first. */
  readonly #timers = new Map<Socket, NodeJS.Timeout>()

  constructor(http: Server) {
    http.maxConnections = maxConnections
    http.on('connection', (socket: Socket) => {
      socket.once('close', () => this.#forget(socket))
      this.#watch(socket, patienceMs)
    })
  }

  /** Our page has shown itself on this connection. */
  letIn(socket: Socket): void {
    this.#forget(socket)
  }

  /** Gives a browser that has only the cookie the time for one file of the page. */
  waitFor(response: ServerResponse, socket: Socket): void {
    if (!this.#timers.has(socket)) return
    this.#watch(socket, fileMs)
    response.once('close', () => {
      if (this.#timers.has(socket)) this.#watch(socket, patienceMs)
    })
  }

  #watch(socket: Socket, limitMs: number): void {
    this.#forget(socket)
    // If this process was busy, the request of our page may have arrived without having been read. It is read before
    // the second timer ends.
    const timer = setTimeout(() => setImmediate(() => this.#closeAfter(socket, timer)), limitMs)
    this.#timers.set(socket, timer)
    const [oldest] = this.#timers.keys()
    if (this.#timers.size <= maxStrangers || oldest === undefined) return
    this.#forget(oldest)
    oldest.destroy()
  }

  #closeAfter(socket: Socket, timer: NodeJS.Timeout): void {
    if (this.#timers.get(socket) === timer) socket.destroy()
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#timers.get(socket))
    this.#timers.delete(socket)
  }
}
