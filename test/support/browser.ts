import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { waitLimitMs } from './limits.ts'

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The machine's own Chromium, without its background network calls; null if there is none (with a warning). */
export async function launchBrowser(): Promise<Browser | null> {
  const executablePath = process.env['LOBULE_CHROMIUM'] ?? candidates.find((path) => existsSync(path))
  if (executablePath === undefined) {
    console.warn('SKIPPED: no Chromium on this machine. Debian: apt-get install chromium')
    return null
  }
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  browser.on('context', (context) => context.setDefaultTimeout(waitLimitMs))
  return browser
}

/** From its next start, the page stays on an image that was labelled: a test turns to the next one itself. */
export async function stayOnImages(page: Page): Promise<void> {
  await page.addInitScript(() => localStorage.setItem('lobule advance', 'no'))
}

/**
 * Waits for the pictures that a page asked for. Once blindness begins, the image has another id: a picture that is still on its
 * way is refused, as it must be, and the browser reports that as an error.
 */
export async function picturesArrived(page: Page): Promise<void> {
  await page.waitForFunction(() => [...document.images].every((picture) => picture.complete))
}

/** Problems that a page reports from now on: uncaught errors, and errors in its console. The list grows. */
export function problemsOf(page: Page): string[] {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  return problems
}

const output = fileURLToPath(new URL('../output/', import.meta.url))

/** The folder for screenshots that people inspect. */
export function screenshotPath(name: string): string {
  mkdirSync(output, { recursive: true })
  return `${output}${name}.png`
}
