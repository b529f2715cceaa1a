import { EventEmitter } from 'node:events'
import { vi } from 'vitest'
import type { WebSocket } from 'ws'
import type { Answer, AnyEvent, Bridge } from '../../electron/contract/index.ts'
import type { SenderFrame } from '../../electron/main/address.ts'
import { pushEvents, serveBridge, type CallReceiver } from '../../electron/main/bridge.ts'
import type { RunningServer } from '../../electron/server/index.ts'
import type { Application } from '../../electron/application/application.ts'
import { connect, logIn, serve } from './running-server.ts'

/** One way from a page to an application. */
export interface Door {
  readonly name: string
  /** The page's end. */
  openPage(application: Application): Promise<Pick<Bridge, 'call' | 'onEvent'>>
  close(): Promise<void>
}

/** The browser's entry point with a real server and a real WebSocket. */
export function socketDoor(): Door {
  let server: RunningServer | null = null
  return {
    name: 'WebSocket',
    async openPage(application) {
      server = await serve(application)
      return socketPage(await connect(server, await logIn(server)))
    },
    close: () => server?.close() ?? Promise.resolve(),
  }
}

type Frame = { id: number; answer: Answer } | { event: AnyEvent }

function socketPage(socket: WebSocket): Pick<Bridge, 'call' | 'onEvent'> {
  const frames = new EventEmitter()
  let nextId = 1
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString('utf8')) as Frame
    if ('event' in frame) frames.emit('event', frame.event)
    else frames.emit(`answer ${frame.id}`, frame.answer)
  })
  return {
    call: (name, input) =>
      new Promise((resolve) => {
        const id = nextId++
        frames.once(`answer ${id}`, resolve)
        socket.send(JSON.stringify({ id, name, input }))
      }),
    onEvent(listener) {
      frames.on('event', listener)
      return () => frames.off('event', listener)
    },
  }
}

type Handler = Parameters<CallReceiver['handle']>[1]

/** Electron's IPC without Electron: messages are cloned, as between processes. */
export class StandInIpc {
  readonly #handlers = new Map<string, Handler>()
  readonly #toPage = new EventEmitter()
  senderFrame: SenderFrame | null = { url: 'app://lobule/', parent: null }

  readonly ipcMain = {
    handle: (channel: string, handler: Handler): void => void this.#handlers.set(channel, handler),
  }
  readonly webContents = {
    send: (channel: string, ...parameters: unknown[]): void =>
      void this.#toPage.emit(channel, {}, ...structuredClone(parameters)),
  }
  readonly ipcRenderer = {
    invoke: async (channel: string, name: unknown, input: unknown): Promise<unknown> => {
      const handler = this.#handlers.get(channel)
      if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
      return structuredClone(await handler({ senderFrame: this.senderFrame }, name, structuredClone(input)))
    },
    on: (channel: string, listener: (...parameters: unknown[]) => void): void =>
      void this.#toPage.on(channel, listener),
    off: (channel: string, listener: (...parameters: unknown[]) => void): void =>
      void this.#toPage.off(channel, listener),
  }
}

/** The window's entry point: the real preload script and the real IPC wrapper, joined by the stand-in. */
export function windowDoor(ipc = new StandInIpc()): Door & { ipc: StandInIpc; exposed(): Bridge } {
  let bridge: Bridge | null = null
  const exposed = (): Bridge => {
    if (bridge === null) throw new Error('the preload script exposed nothing')
    return bridge
  }
  return {
    name: 'Electron IPC',
    ipc,
    exposed,
    async openPage(application) {
      serveBridge(ipc.ipcMain, application)
      pushEvents(application, () => [ipc.webContents])
      vi.resetModules()
      vi.doMock('electron', () => ({
        ipcRenderer: ipc.ipcRenderer,
        contextBridge: {
          exposeInMainWorld: (name: string, value: Bridge) => {
            if (name === 'lobule') bridge = value
          },
        },
        webUtils: {
          getPathForFile: (file: { name: string }) => (file.name === '' ? '' : `/data/${file.name}`),
        },
      }))
      await import('../../electron/preload/bridge.ts')
      return exposed()
    },
    close: () => Promise.resolve(),
  }
}
