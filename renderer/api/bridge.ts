import { accessPath, keyHeader, socketProtocols } from '../../electron/contract/index.ts'
import type { PageBridge } from './page-bridge.ts'
import { PageKey } from './page-key.ts'
import { SocketBridge } from './socket-bridge.ts'
import { uploadFile } from './upload.ts'

declare global {
  interface Window {
    /** Set by the preload script in Electron, or by a test. */
    lobule?: PageBridge
  }
}

/** How long to wait for the answer whether this page has access, ms. */
const accessTimeoutMs = 5000

/** The bridge to the application: Electron's, or a WebSocket to the server. */
export function openBridge(): PageBridge {
  if (window.lobule !== undefined) return window.lobule
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const key = new PageKey()
  const bridge = new SocketBridge({
    connect: () => new WebSocket(`${scheme}://${location.host}/socket`, socketProtocols(key.value)),
    isRefused: async () => {
      const used = key.value
      // A new key may arrive in the meantime.
      return (await isRefused(used)) && key.value === used
    },
    upload: (address, file, options) => uploadFile(address, file, { ...options, key: key.value }),
  })
  key.onChange(() => bridge.retryNow())
  return bridge
}

/** Whether the server is there and refuses this page: a WebSocket does not say why it failed. */
async function isRefused(key: string | null): Promise<boolean> {
  try {
    const { status } = await fetch(accessPath, {
      headers: key === null ? {} : { [keyHeader]: key },
      signal: AbortSignal.timeout(accessTimeoutMs),
    })
    return status === 403
  } catch {
    return false
  }
}
