import type { BrowserWindowConstructorOptions, Session, WebContents } from 'electron'
import { isLocalRequest, isPageAddress } from './address.ts'

/** Options of the window: everything that could give the page more than its bridge is turned off. */
export const windowOptions = (preload: string, devTools: boolean): BrowserWindowConstructorOptions => ({
  width: 1400,
  height: 900,
  minWidth: 800,
  minHeight: 600,
  show: false,
  title: 'Lobule',
  webPreferences: {
    preload,
    devTools,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    navigateOnDragDrop: false,
    // It would download its dictionaries.
    spellcheck: false,
  },
})

/** Developer tools: while developing, and in a packaged application only with `--devtools`. */
export const mayUseDevTools = (isPackaged: boolean, parameters: readonly string[]): boolean =>
  !isPackaged || parameters.includes('--devtools')

/** The page cannot leave its address, open a window, embed a page or download. */
export function guardContents(contents: Pick<WebContents, 'on' | 'setWindowOpenHandler'>): void {
  contents.on('will-frame-navigate', (details) => {
    if (!details.isMainFrame || !isPageAddress(details.url)) details.preventDefault()
  })
  contents.on('will-redirect', (details) => details.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

type GuardedSession = Pick<
  Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'on'
> & { webRequest: Pick<Session['webRequest'], 'onBeforeRequest'> }

/** No permission, no device, no download, and no request that leaves this machine. */
export function guardSession(session: GuardedSession): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !isLocalRequest(url) }))
}
