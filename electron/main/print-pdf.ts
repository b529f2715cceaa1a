import type { BrowserWindow, BrowserWindowConstructorOptions, Session } from 'electron'
import { pageAddress } from './address.ts'
import { guardSession } from './guards.ts'

/** The parts of Electron that print; tests replace them. */
export interface PrintingParts {
  BrowserWindow: new (
    options: BrowserWindowConstructorOptions,
  ) => Pick<BrowserWindow, 'loadURL' | 'destroy' | 'webContents'>
  session: { fromPartition(partition: string): Session }
}

/** In memory only, separate from the page's session. */
const partition = 'lobule-report'
const reportAddress = `${pageAddress}report.html`

/**
 * Prints self-contained HTML to PDF bytes in a hidden window: without script, with a session of its
 * own that serves this one document and nothing else. Prints one report at a time.
 */
export function reportPrinter({
  BrowserWindow,
  session,
}: PrintingParts): (html: string) => Promise<Uint8Array> {
  let document = ''
  let isServed = false
  let last: Promise<unknown> = Promise.resolve()

  function sessionOfReports(): Session {
    const own = session.fromPartition(partition)
    if (!isServed) {
      guardSession(own)
      own.protocol.handle('app', ({ url }) => {
        const isReport = url === reportAddress
        return new Response(isReport ? document : null, {
          status: isReport ? 200 : 404,
          headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
        })
      })
      isServed = true
    }
    return own
  }

  async function print(html: string): Promise<Uint8Array> {
    document = html
    const window = new BrowserWindow({
      show: false,
      webPreferences: {
        session: sessionOfReports(),
        javascript: false,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        devTools: false,
        spellcheck: false,
      },
    })
    try {
      await window.loadURL(reportAddress)
      return await window.webContents.printToPDF({
        pageSize: 'A4',
        printBackground: true,
        preferCSSPageSize: true,
      })
    } finally {
      window.destroy()
      document = ''
    }
  }

  return (html) => {
    const printed = last.then(() => print(html))
    last = printed.catch(() => undefined)
    return printed
  }
}
