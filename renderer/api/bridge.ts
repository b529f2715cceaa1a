import type { PageBridge } from './page-bridge.ts'
import { SocketBridge } from './socket-bridge.ts'

declare global {
  interface Window {
    /** Set by the preload script in Electron, or by a test. */
    lobule?: PageBridge
  }
}

/** The bridge to the application: Electron's, or a WebSocket to the server. */
export function openBridge(): PageBridge {
  if (window.lobule !== undefined) return window.lobule
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return new SocketBridge(() => new WebSocket(`${scheme}://${location.host}/socket`))
}
