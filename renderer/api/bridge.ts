import type { Bridge } from '../../electron/contract/index.ts'
import { SocketBridge } from './socket-bridge.ts'
import type { uploadFile } from './upload.ts'

/** `waiting`: the door was lost; the next attempt is at `retryAt` (ms since 1970). */
export type Connection = { state: 'connecting' } | { state: 'open' } | { state: 'waiting'; retryAt: number }

/** A bridge that may be lost. Electron's never is, and has none of the optional parts. */
export interface PageBridge extends Bridge {
  /** Tells the present state at once, then each change. Returns the function that stops listening. */
  onConnection?(listener: (connection: Connection) => void): () => void
  retryNow?(): void
  /** Sends a dropped file that has no path (contract/drops.ts). A window, which knows all paths, has none. */
  upload?: typeof uploadFile
}

declare global {
  interface Window {
    /** Set by the preload script in Electron, or by a test. */
    lobule?: PageBridge
  }
}

/** The door this page was opened through. */
export function openBridge(): PageBridge {
  if (window.lobule !== undefined) return window.lobule
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return new SocketBridge(() => new WebSocket(`${scheme}://${location.host}/socket`))
}
