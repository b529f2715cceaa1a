import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { launchBrowser, problemsOf } from '../../../support/browser.ts'
import type { FakeOptions } from './options.ts'
import { serveMock, type MockServer } from './serve-mock.ts'

/** The page of the test under way; a new one for each test. Like `server` and `problems`, read only within a test. */
export let page: Page
/** The server of the page: the newest that `serve` or `open` started. */
export let server: MockServer
/** The problems that the page has reported so far; see `problemsOf`. */
export let problems: string[]

const started: MockServer[] = []

interface MockPageOptions {
  /** What its context has beside a size of 1440 × 900 and reduced motion. */
  context?: BrowserContextOptions
  /** Whether the user is new here, so that the tour is offered. */
  isNewUser?: boolean
}

/**
 * To be called once at the top of a file of tests: the page by itself, in this machine's Chromium, with a made-up
 * application behind the server door's protocol. Tests are skipped where there is no Chromium.
 */
export function useMockPage({ context: options = {}, isNewUser = false }: MockPageOptions = {}): void {
  let browser: Browser | null
  let context: BrowserContext
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
  })
  beforeEach(async ({ skip }) => {
    if (browser === null) return skip('no Chromium')
    const size = { width: 1440, height: 900 }
    context = await browser.newContext({ viewport: size, reducedMotion: 'reduce', ...options })
    if (!isNewUser) await context.addInitScript(() => localStorage.setItem('lobule tour', 'seen'))
    page = await context.newPage()
    problems = problemsOf(page)
  })
  afterEach(async () => {
    if (browser === null) return
    await context.close()
    await Promise.all(started.splice(0).map((one) => one.stop()))
  })
}

/** Starts a made-up application, at any port unless one is named. It is stopped after the test. */
export async function serve(options: Partial<FakeOptions>, port?: number): Promise<void> {
  server = await serveMock(options, port)
  started.push(server)
}

/** Starts a made-up application and goes to its page, to the screen at `address` (as "#/models"). */
export async function open(options: Partial<FakeOptions>, address = ''): Promise<void> {
  await serve(options)
  await page.goto(server.url + address)
}

/** A button by its whole name, or by an expression that matches its name. */
export const button = (name: string | RegExp, within: Page | Locator = page): Locator =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
