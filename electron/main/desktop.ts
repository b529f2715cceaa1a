import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { makePrivateFolderSync } from '../base/private-files.ts'
import { toErrorView } from '../contract/index.ts'
import { openProgramLog } from '../session/open-log.ts'
import type { MachinePolicy } from '../session/policy.ts'
import type { Application } from '../application/application.ts'
import { createApplication } from '../application/create-application.ts'
import { dispatch } from '../application/dispatch.ts'
import { pageAddress, picturePrefix, schemes } from './address.ts'
import { pushEvents, serveBridge } from './bridge.ts'
import { guardContents, guardSession, refusedParameter, windowOptions } from './guards.ts'
import { addressOfFile, fileParameter, openedFile, type OpenedFile } from './opened-file.ts'
import { reportPrinter } from './print-pdf.ts'
import { serveProtocols } from './protocols.ts'
import {
  aboutPanel,
  chooseOptions,
  menuTemplate,
  pageGoneQuestion,
  pageHangsQuestion,
  refusedParameterText,
} from './sentences.ts'
import { utilityCompute } from './utility-compute.ts'

/** The parts of Electron that the desktop entry point uses; tests replace them. */
export type ElectronParts = Pick<
  typeof import('electron'),
  'app' | 'BrowserWindow' | 'Menu' | 'dialog' | 'ipcMain' | 'protocol' | 'session' | 'utilityProcess'
>

export interface DesktopOptions {
  homeDirectory: string
  policy: MachinePolicy
  /** Output of the build. */
  rendererDirectory: string
  preload: string
  computeScript: string
  /** Command line: `--workspace PATH` opens a workspace, the path of a model package or backup that file. */
  parameters: readonly string[]
  platform: NodeJS.Platform
  /** The picture of the window on Linux and of the about box; null: it was not drawn (electron/setup/icons.mjs). */
  icon: string | null
}

/** A workspace on an unreachable network drive must not prevent the program from quitting. */
const closeTimeoutMs = 10_000

/** The desktop entry point: one application, one window. To be called before Electron is ready. */
export function startDesktop(electron: ElectronParts, options: DesktopOptions): void {
  const { app, dialog, protocol } = electron
  // Before Electron is ready, which is when Chromium would open its debugging port.
  const refused = app.isPackaged ? refusedParameter(options.parameters) : null
  if (refused !== null) {
    dialog.showErrorBox('Lobule cannot start', refusedParameterText(refused))
    app.exit(2)
    return
  }
  protocol.registerSchemesAsPrivileged(schemes)
  app.enableSandbox()
  // Next to the settings, so that LOBULE_HOME applies to it too, and each home has its own instance.
  const windowData = join(options.homeDirectory, 'window')
  makePrivateFolderSync(windowData)
  app.setPath('userData', windowData)
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  // macOS names a file so, also before the window is there; the others give it as a parameter.
  const files = new OpenedFiles(fileParameter(options.parameters, process.cwd()))
  app.on('open-file', (event, path) => {
    event.preventDefault()
    files.open(openedFile(path, process.cwd()))
  })
  app
    .whenReady()
    .then(() => open(electron, options, files))
    .catch((error: unknown) => {
      electron.dialog.showErrorBox('Lobule cannot start', toErrorView(error).message)
      app.exit(1)
    })
}

async function open(electron: ElectronParts, options: DesktopOptions, files: OpenedFiles): Promise<void> {
  const { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, utilityProcess } = electron
  const devTools = !app.isPackaged
  app.setAboutPanelOptions(aboutPanel(app.getVersion(), options.icon))
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options.platform, devTools)))
  app.on('web-contents-created', (_event, contents) => guardContents(contents))
  guardSession(session.defaultSession)

  openProgramLog(options.homeDirectory, app.getVersion(), 'window')
  let window: BrowserWindow | null = null
  const application = createApplication({
    homeDirectory: options.homeDirectory,
    policy: options.policy,
    version: app.getVersion(),
    launchCompute: utilityCompute(utilityProcess, options.computeScript),
    door: {
      tiles: picturePrefix,
      choose: async (kind) => {
        if (window === null) return []
        const { canceled, filePaths } = await dialog.showOpenDialog(window, chooseOptions(kind))
        return canceled ? [] : filePaths
      },
      printPdf: reportPrinter({ BrowserWindow, session }),
    },
  })
  closeOnQuit(electron, application)
  serveProtocols(protocol, options.rendererDirectory, application)
  serveBridge(ipcMain, application)
  pushEvents(application, () =>
    window === null || window.webContents.isCrashed() ? [] : [window.webContents],
  )

  const opened = new BrowserWindow(windowOptions(options.preload, devTools, options.icon))
  window = opened
  opened.once('ready-to-show', () => opened.show())
  opened.once('closed', () => (window = null))
  survivePage(electron, opened)
  app.on('second-instance', (_event, parameters, folder) => {
    if (opened.isDestroyed()) return
    files.open(fileParameter(parameters.slice(1), folder))
    if (opened.isMinimized()) opened.restore()
    opened.focus()
  })
  await openWorkspace(electron, application, options.parameters)
  await opened.loadURL(files.take() ?? pageAddress)
  // Only the part after # differs: the page stays, and follows its address.
  files.showBy((address) => void opened.loadURL(address))
}

/** Files that the system opens: one before the page is there waits for it, later ones are shown at once. */
class OpenedFiles {
  #waiting: OpenedFile | null
  #show: ((address: string) => void) | null = null

  constructor(first: OpenedFile | null) {
    this.#waiting = first
  }

  /** The address of the file that waits, which then waits no longer; null: there is none. */
  take(): string | null {
    const file = this.#waiting
    this.#waiting = null
    return file === null ? null : addressOfFile(file)
  }

  open(file: OpenedFile | null): void {
    if (file === null) return
    if (this.#show === null) this.#waiting = file
    else this.#show(addressOfFile(file))
  }

  /** One that came while the page was loading is shown now. */
  showBy(show: (address: string) => void): void {
    this.#show = show
    const address = this.take()
    if (address !== null) show(address)
  }
}

/** If the page crashes or hangs, the user is asked whether to load it again; the application continues. */
function survivePage({ app, dialog }: ElectronParts, window: BrowserWindow): void {
  const { webContents } = window
  let isReplaced = false
  webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || isReplaced || window.isDestroyed()) return
    console.error(`the page's process ended: ${reason}`)
    void dialog.showMessageBox(window, pageGoneQuestion(reason)).then(({ response }) => {
      if (response === 0) webContents.reload()
      else app.quit()
    })
  })
  webContents.on('did-finish-load', () => (isReplaced = false))
  window.on('unresponsive', () => {
    void dialog.showMessageBox(window, pageHangsQuestion).then(({ response }) => {
      if (response === 0) return
      isReplaced = true
      webContents.forcefullyCrashRenderer()
      webContents.reload()
    })
  })
}

function closeOnQuit({ app }: ElectronParts, application: Application): void {
  let state: 'open' | 'closing' | 'closed' = 'open'
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    const timeout = new Promise((resolve) => setTimeout(resolve, closeTimeoutMs))
    void Promise.race([application.close(), timeout])
      .catch((error: unknown) => console.error('closing failed', error))
      .finally(() => {
        state = 'closed'
        app.quit()
      })
  })
}

/** The folder that `--workspace` names, or null. */
export function workspaceParameter(parameters: readonly string[]): string | null {
  const position = parameters.indexOf('--workspace')
  return position < 0 ? null : (parameters[position + 1] ?? null)
}

async function openWorkspace(
  { dialog }: ElectronParts,
  application: Application,
  parameters: readonly string[],
): Promise<void> {
  const path = workspaceParameter(parameters)
  if (path === null) return
  const answer = await dispatch(application.handlers, 'workspace.open', { path })
  if (!answer.ok) dialog.showErrorBox('The workspace cannot be opened', answer.error.message)
}
