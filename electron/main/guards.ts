import type { BrowserWindowConstructorOptions, Session, WebContents } from 'electron'
import { isLocalRequest, isPageAddress } from './address.ts'

/** Options of the window: everything that could give the page more than its bridge is turned off. */
export const windowOptions = (
  preload: string,
  devTools: boolean,
  icon: string | null,
): BrowserWindowConstructorOptions => ({
  ...(icon === null ? {} : { icon }),
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

/**
 * Switches of Chromium and Node with which another program could look into the packaged one, steer it or run its own code
 * in it. The fuses (electron-builder.yml) cover only those of Node that come before the program starts.
 */
const refusedSwitches: ReadonlySet<string> = new Set([
  'auto-open-devtools-for-tabs',
  'browser-subprocess-path',
  'debug',
  'debug-brk',
  'devtools',
  'disable-extensions-except',
  'disable-web-security',
  'gpu-launcher',
  'inspect',
  'inspect-brk',
  'inspect-brk-node',
  'inspect-port',
  'inspect-publish-uid',
  'inspect-wait',
  'js-flags',
  'load-extension',
  'remote-allow-origins',
  'remote-debugging-address',
  'remote-debugging-io-pipes',
  'remote-debugging-pipe',
  'remote-debugging-port',
  'remote-debugging-targets',
  'renderer-cmd-prefix',
  'utility-cmd-prefix',
])

/** The first parameter that the packaged program refuses, or null. Windows takes `/` for `--`, and ignores case. */
export const refusedParameter = (parameters: readonly string[]): string | null =>
  parameters.find((parameter) => {
    const name = /^(?:--?|\/)([a-z-]+)(?:=|$)/i.exec(parameter)?.[1]
    return name !== undefined && refusedSwitches.has(name.toLowerCase())
  }) ?? null

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
