import type { Bridge } from '../../electron/contract/index.ts'
import type { UploadOptions } from './upload.ts'

/**
 * `waiting`: the connection was lost; the next attempt is at `retryAt` (ms since 1970). `refused`: the server is there
 * and does not accept this page, so no further attempt is made.
 */
export type Connection =
  { state: 'connecting' } | { state: 'open' } | { state: 'waiting'; retryAt: number } | { state: 'refused' }

/** Sends a file and returns its new path; see `uploadFile`. */
export type Upload = (address: string, file: Blob, options: UploadOptions) => Promise<string>

/** A bridge whose connection may be lost. Electron's never is, and has none of the optional parts. */
export interface PageBridge extends Bridge {
  /** Reports the current state at once, then each change. Returns the function that stops listening. */
  onConnection?(listener: (connection: Connection) => void): () => void
  retryNow?(): void
  /** Sends a dropped file that has no path (contract/drops.ts). A window, which knows all paths, has none. */
  upload?: Upload
}
