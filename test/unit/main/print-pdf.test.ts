import { beforeEach, expect, test } from 'vitest'
import { reportPrinter, type PrintingParts } from '../../../electron/main/print-pdf.ts'
import { StandInSession } from './stand-in-electron.ts'

type Serve = (request: { url: string }) => Response

/** A session with a separate protocol. */
class PrintSession extends StandInSession {
  serve: Serve | null = null
  readonly protocol = {
    handle: (scheme: string, serve: Serve): void => {
      if (this.serve !== null) throw new Error(`${scheme} is served twice`)
      this.serve = serve
    },
  }
}

let session: PrintSession
let partitions: string[]
let windows: { options: Electron.BrowserWindowConstructorOptions; isDestroyed: boolean }[]
let open = 0
let fails = false

const parts = (): PrintingParts =>
  ({
    session: {
      fromPartition: (partition: string) => {
        partitions.push(partition)
        return session
      },
    },
    BrowserWindow: class {
      isDestroyed = false
      readonly options: Electron.BrowserWindowConstructorOptions
      html = ''
      readonly webContents = {
        printToPDF: (options: object) =>
          fails
            ? Promise.reject(new Error('no printer'))
            : Promise.resolve(Buffer.from(`%PDF ${JSON.stringify(options)} ${this.html}`)),
      }
      constructor(options: Electron.BrowserWindowConstructorOptions) {
        open++
        this.options = options
        windows.push(this)
      }
      async loadURL(url: string): Promise<void> {
        expect(open).toBe(1)
        this.html = (await session.serve?.({ url }).text()) ?? ''
      }
      destroy(): void {
        open--
        this.isDestroyed = true
      }
    },
  }) as unknown as PrintingParts

beforeEach(() => {
  session = new PrintSession()
  partitions = []
  windows = []
  open = 0
  fails = false
})

test('prints documents one by one, hidden, without script, in a separate guarded session', async () => {
  const print = reportPrinter(parts())
  const [first, second] = await Promise.all([print('<p>one</p>'), print('<p>two</p>')])
  expect(Buffer.from(first).toString()).toMatch(/^%PDF .*"preferCSSPageSize":true.* <p>one<\/p>$/)
  expect(Buffer.from(second).toString()).toContain('<p>two</p>')
  expect(partitions.every((partition) => !partition.startsWith('persist:'))).toBe(true)
  expect(windows.map(({ isDestroyed }) => isDestroyed)).toEqual([true, true])
  expect(windows[0]?.options).toMatchObject({
    show: false,
    webPreferences: { javascript: false, sandbox: true, contextIsolation: true, nodeIntegration: false },
  })
  let isCancelled: boolean | undefined
  session.before?.({ url: 'https://example.com/' }, ({ cancel }) => (isCancelled = cancel))
  expect(isCancelled).toBe(true)
  // Nothing else is served, and nothing after the printing.
  expect(session.serve?.({ url: 'app://lobule/index.html' }).status).toBe(404)
  expect(await session.serve?.({ url: 'app://lobule/report.html' }).text()).toBe('')
})

test('a failed print closes its window, and the next one works', async () => {
  const print = reportPrinter(parts())
  fails = true
  await expect(print('<p>one</p>')).rejects.toThrow('no printer')
  expect(open).toBe(0)
  fails = false
  expect(Buffer.from(await print('<p>two</p>')).toString()).toContain('<p>two</p>')
})
