import { EventEmitter } from 'node:events'
import type { MessageBoxOptions, MenuItemConstructorOptions } from 'electron'
import type { ElectronParts } from '../../../electron/main/desktop.ts'

type Decide<T> = (answer: T) => void

export class StandInContents extends EventEmitter {
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null
  readonly sent: unknown[][] = []
  isGone = false
  reloads = 0
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler
  }
  send(...parameters: unknown[]): void {
    this.sent.push(parameters)
  }
  isCrashed(): boolean {
    return this.isGone
  }
  reload(): void {
    this.isGone = false
    this.reloads++
  }
  forcefullyCrashRenderer(): void {
    this.isGone = true
    this.emit('render-process-gone', {}, { reason: 'killed' })
  }
}

export class StandInWindow extends EventEmitter {
  readonly webContents = new StandInContents()
  readonly options: Electron.BrowserWindowConstructorOptions
  address = ''
  focused = 0
  isShown = false
  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super()
    this.options = options
  }
  loadURL(address: string): Promise<void> {
    this.address = address
    return Promise.resolve()
  }
  show(): void {
    this.isShown = true
  }
  focus(): void {
    this.focused++
  }
  restore(): void {
    this.emit('restored')
  }
  isMinimized(): boolean {
    return false
  }
  isDestroyed(): boolean {
    return false
  }
}

/** The handlers of permissions and requests that a session receives. */
export class StandInSession extends EventEmitter {
  request: ((contents: null, permission: string, decide: Decide<boolean>) => void) | null = null
  check: (() => boolean) | null = null
  device: (() => boolean) | null = null
  before: ((details: { url: string }, decide: Decide<{ cancel: boolean }>) => void) | null = null
  readonly webRequest = {
    onBeforeRequest: (handler: StandInSession['before']): void => void (this.before = handler),
  }
  setPermissionRequestHandler(handler: StandInSession['request']): void {
    this.request = handler
  }
  setPermissionCheckHandler(handler: StandInSession['check']): void {
    this.check = handler
  }
  setDevicePermissionHandler(handler: StandInSession['device']): void {
    this.device = handler
  }
}

class StandInApp extends EventEmitter {
  readonly log: string[]
  isPackaged = true
  hasLock = true
  exitCode: number | null = null
  constructor(log: string[]) {
    super()
    this.log = log
  }
  enableSandbox(): void {
    this.log.push('sandbox')
  }
  setPath(name: string): void {
    this.log.push(`path ${name}`)
  }
  requestSingleInstanceLock(): boolean {
    return this.hasLock
  }
  whenReady(): Promise<void> {
    this.log.push('ready')
    return Promise.resolve()
  }
  getVersion(): string {
    return '1.2.3'
  }
  setAboutPanelOptions(options: { copyright?: string }): void {
    this.log.push(`about ${options.copyright ?? ''}`)
  }
  /** As Electron does: a prevented `before-quit` keeps the program alive. */
  quit(): void {
    const event = new Event('before-quit', { cancelable: true })
    this.emit('before-quit', event)
    if (!event.defaultPrevented) this.log.push('quit')
  }
  exit(code: number): void {
    this.exitCode = code
  }
}

/** The parts of Electron that the window uses, in memory. */
export class StandInElectron {
  readonly log: string[] = []
  readonly app = new StandInApp(this.log)
  readonly windows: StandInWindow[] = []
  readonly session = new StandInSession()
  readonly questions: MessageBoxOptions[] = []
  readonly errors: string[] = []
  readonly protocols = new Map<string, (request: Request) => Promise<Response>>()
  readonly handlers = new Map<string, (event: unknown, ...parameters: unknown[]) => Promise<unknown>>()
  menu: MenuItemConstructorOptions[] = []
  /** The user's answers: the button of a question, the files of a dialog. */
  response = 0
  chosen: string[] = []

  get window(): StandInWindow {
    const [window] = this.windows
    if (window === undefined) throw new Error('no window was opened')
    return window
  }

  /** The one place where the stand-in replaces Electron. */
  get parts(): ElectronParts {
    const { windows, app } = this
    return {
      app,
      BrowserWindow: class extends StandInWindow {
        constructor(options: Electron.BrowserWindowConstructorOptions) {
          super(options)
          windows.push(this)
          app.emit('web-contents-created', {}, this.webContents)
        }
      },
      Menu: {
        buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
        setApplicationMenu: (menu: MenuItemConstructorOptions[]) => (this.menu = menu),
      },
      dialog: {
        showOpenDialog: () => Promise.resolve({ canceled: this.chosen.length === 0, filePaths: this.chosen }),
        showMessageBox: (_window: unknown, question: MessageBoxOptions) => {
          this.questions.push(question)
          return Promise.resolve({ response: this.response })
        },
        showErrorBox: (title: string, content: string) => this.errors.push(`${title}: ${content}`),
      },
      ipcMain: {
        handle: (channel: string, handler: (event: unknown) => Promise<unknown>) =>
          this.handlers.set(channel, handler),
      },
      protocol: {
        registerSchemesAsPrivileged: (schemes: { scheme: string }[]) =>
          this.log.push(`schemes ${schemes.map(({ scheme }) => scheme).join(' ')}`),
        handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
          this.protocols.set(scheme, handler),
      },
      session: { defaultSession: this.session },
      utilityProcess: {},
    } as unknown as ElectronParts
  }
}
