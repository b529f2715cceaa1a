import type { Bridge } from '../../electron/contract/index.ts'
import type { uploadFile } from './upload.ts'

/** `waiting`: the connection was lost; the next attempt is at `retryAt` (ms since 1970). */
export type Connection = { state: 'connecting' } | { state: 'open' } | { state: 'waiting'; retryAt: number }

/** A bridge whose connection may be lost. Electron's never is, and has none of the optional parts. */
export interface PageBridge extends Bridge {
  /** Reports the current state at once, then each change. Returns the function that stops listening. */
  onConnection?(listener: (connection: Connection) => void): () => void
  retryNow?(): void
  /** Sends a dropped file that has no path (contract/drops.ts). A window, which knows all paths, has none. */
  upload?: typeof uploadFile
}
