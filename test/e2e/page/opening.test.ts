import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { launchBrowser, problemsOf } from '../../support/browser.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { lookInBothThemes } from './accessibility.ts'
import { makeReadingWorkspace } from './reading-workspace.ts'

/** Opening, closing and starting again through the page, with the real server. */
let home: string
let workspace: string
let browser: Browser | null
let context: BrowserContext
let page: Page
let server: Awaited<ReturnType<typeof serveLobule>>
let problems: string[]

beforeAll(async () => {
  browser = await launchBrowser()
  home = mkdtempSync(join(tmpdir(), 'lobule-opening-'))
  workspace = join(home, 'study')
  await makeReadingWorkspace(home, workspace, 3, 'field')
  mkdirSync(join(home, 'damaged'))
  writeFileSync(join(home, 'damaged', 'workspace.sqlite'), 'not a database. '.repeat(500))
  const settings = { acknowledged: true, reader: 'Anna', recent: [{ path: workspace, name: 'study' }] }
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings))
})
afterAll(async () => {
  await browser?.close()
  rmSync(home, { recursive: true })
})
beforeEach(async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  server = await serveLobule(home)
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  page = await context.newPage()
  problems = problemsOf(page)
})
afterEach(async () => {
  if (browser === null) return
  await context.close()
  await server.stop()
})

const button = (name: string, within: Page | Locator = page): Locator =>
  within.getByRole('button', { name, exact: true })
const row = (n: number, within = page): Locator =>
  within.getByTestId('worklist-row').filter({ hasText: `field-0${n}.png` })

async function openStudy(): Promise<void> {
  await page.goto(server.url)
  await button(`study ${workspace}`)
    .or(page.getByRole('button', { name: 'study' }))
    .first()
    .click()
  await row(1).waitFor()
}

it('a folder that cannot be opened leaves the page and the workspace as they were', async () => {
  await openStudy()
  for (const [folder, message] of [
    ['pictures', /pictures is not a Lobule workspace/],
    ['damaged', /damaged/],
  ] as const) {
    await page.getByRole('button', { name: /^Workspace: study/ }).click()
    await page.getByRole('menuitem', { name: 'Open another…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Path', { exact: true }).fill(join(home, folder))
    await page.keyboard.press('Enter')
    await dialog.getByText('This folder contains no other folder. You can choose it.').waitFor()
    await button('Choose this folder', dialog).click()
    await page.getByRole('alert').filter({ hasText: message }).waitFor()
    await button('Dismiss').first().click()
  }
  // A path that does not exist leaves nothing to choose.
  await page.getByRole('button', { name: /^Workspace: study/ }).click()
  await page.getByRole('menuitem', { name: 'Open another…' }).click()
  await page.getByLabel('Path', { exact: true }).fill(join(home, 'none'))
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('alert').waitFor()
  expect(await button('Choose this folder').isDisabled()).toBe(true)
  await page.keyboard.press('Escape')
  // The workspace still works: a label, an image, and the facts in Settings.
  await row(1).locator('img').first().click()
  await page.keyboard.press('2')
  await page.getByText('1 image labelled Benign.').waitFor()
  await page.keyboard.press('Enter')
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByTestId('settings').getByRole('table').first().waitFor()
  await expect.poll(() => page.getByText('Loading…').count()).toBe(0)
  expect(problems).toEqual([])
})

it('a second tab of the browser works without the address, and so does a reload', async () => {
  await openStudy()
  expect(page.url()).not.toMatch(/key=|token=/)
  const second = await context.newPage()
  await second.goto(new URL(page.url()).origin)
  await row(1, second).waitFor()
  await expect
    .poll(() =>
      row(1, second)
        .locator('img')
        .first()
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    )
    .toBeGreaterThan(0)
  await second.reload()
  await row(1, second).waitFor()
  expect(problems).toEqual([])
})

it('a tab that outlives its server says what to do, and comes back by itself after the new address was opened', async () => {
  await openStudy()
  const { port } = new URL(server.url)
  await server.stop()
  await page.getByRole('alert').filter({ hasText: 'Reconnecting in' }).waitFor()
  server = await serveLobule(home, Number(port))
  const refused = page.getByRole('alert').filter({ hasText: 'Lobule was started again' })
  await refused.waitFor()
  expect(await page.getByText('Reconnecting in').count()).toBe(0)
  await lookInBothThemes(page, 'restarted')

  // Reloading it gives a page that says the same.
  const other = await context.newPage()
  expect((await other.goto(new URL(server.url).origin))?.status()).toBe(403)
  await other.getByRole('heading', { name: 'This tab has no access to Lobule' }).waitFor()
  await other.getByText('open the address that Lobule printed').waitFor()
  await lookInBothThemes(other, 'refused')
  expect((await other.goto(new URL('/?token=wrong', server.url).href))?.status()).toBe(403)
  await other.getByRole('heading', { name: 'This address does not work' }).waitFor()
  await lookInBothThemes(other, 'used-address')

  await other.goto(server.url)
  await other.getByRole('heading', { name: 'Recent workspaces' }).waitFor()
  await refused.waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: 'Recent workspaces' }).waitFor()
})

it('a cookie without the key opens nothing', async () => {
  await openStudy()
  const stolen = await browser?.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  })
  if (stolen === undefined) return
  await stolen.addCookies(await context.cookies())
  const thief = await stolen.newPage()
  const heard: string[] = []
  thief.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(String(payload))))
  await thief.goto(new URL(page.url()).origin)
  await thief.getByRole('heading', { name: 'This tab has no access to Lobule' }).waitFor()
  await lookInBothThemes(thief, 'no-key')
  expect(heard).toEqual([])
  await stolen.close()
})
