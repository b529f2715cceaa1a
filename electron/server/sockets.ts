import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { pause } from '../base/slices.ts'
import { reportUnexpected } from '../base/terminal-text.ts'
import { AppError, socketProtocol, toErrorView } from '../contract/index.ts'
import type { Application } from '../application/application.ts'
import { dispatch } from '../application/dispatch.ts'
import { frameTexts, maxFrameBytes, parseFrame, type ServerFrame } from './frames.ts'

/** Where the page connects. */
export const socketPath = '/socket'

/** Maximum of unsent bytes. The connection of a page that does not read is closed above it; the page connects again. */
const maxUnsentBytes = 64 * 1024 * 1024

/** 1008: policy violation, the close code for a page that violates the protocol (RFC 6455, 7.4.1). */
const policyViolation = 1008
const goingAway = 1001

/**
 * Serves calls and events over WebSockets: `{id, name, input}` in, `{id, items}`, `{id, answer}` and `{event}` out.
 * `mayConnect` decides before anything is read.
 */
export class Sockets {
  readonly #application: Application
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    // Never the protocol that holds the key.
    handleProtocols: () => socketProtocol,
  })
  readonly #stopListening: () => void

  constructor(http: Server, application: Application, mayConnect: (request: IncomingMessage) => boolean) {
    this.#application = application
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy())
      if (!mayConnect(request)) {
        const refusal = 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
        socket.end(refusal, () => socket.destroy())
        return
      }
      this.#server.handleUpgrade(request, socket, head, (accepted) => this.#serve(accepted))
    })
    this.#stopListening = application.onEvent((event) => {
      for (const socket of this.#server.clients) send(socket, { event })
    })
  }

  close(): void {
    this.#stopListening()
    for (const socket of this.#server.clients) {
      socket.close(goingAway)
      setTimeout(() => socket.terminate(), 500).unref()
    }
    this.#server.close()
  }

  #serve(socket: WebSocket): void {
    // The frame is too long or not valid UTF-8: ws has already closed the connection with the right code.
    socket.on('error', () => undefined)
    socket.on('message', (data, isBinary) => {
      void this.#application.foreground.during(() => this.#answer(socket, data, isBinary))
    })
  }

  async #answer(socket: WebSocket, data: RawData, isBinary: boolean): Promise<void> {
    const frame = parseFrame(isBinary ? '' : asText(data))
    if (frame instanceof AppError) {
      send(socket, { id: null, answer: { ok: false, error: toErrorView(frame) } })
      socket.close(policyViolation)
      return
    }
    const { id, name, input } = frame
    const answer = await dispatch(this.#application.handlers, name, input)
    try {
      for (const text of frameTexts({ id, answer })) {
        sendText(socket, text)
        await pause()
      }
    } catch (error) {
      reportUnexpected(`the answer of ${name} cannot be sent as JSON`, error)
      send(socket, { id, answer: { ok: false, error: toErrorView(error) } })
    }
  }
}

const asText = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString('utf8')

function send(socket: WebSocket, frame: ServerFrame): void {
  for (const text of frameTexts(frame)) sendText(socket, text)
}

function sendText(socket: WebSocket, text: string): void {
  if (socket.readyState !== socket.OPEN) return
  if (socket.bufferedAmount > maxUnsentBytes) socket.terminate()
  else socket.send(text)
}
