import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { researchUseSentence } from '../../../electron/contract/index.ts'
import { launchBrowser, screenshotPath } from '../../support/browser.ts'
import { serveLobule } from '../../support/serve-lobule.ts'

/** Two images a case: five cases in each class, as many as `quick` has folds. */
const perClass = 10

let home: string
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'lobule-page-'))
  browser = await launchBrowser()
  server = await serveLobule(home)
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
  rmSync(home, { recursive: true })
})

const minutes = (n: number): { timeout: number } => ({ timeout: n * 60_000 })
const button = (page: Page, name: string | RegExp): ReturnType<Page['getByRole']> =>
  page.getByRole('button', { name, exact: typeof name === 'string' })
const shoot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: screenshotPath(`story-${name}`) })

it('goes from the empty state to a verdict in the viewer, and remembers all of it', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })

  await page.goto(server.url)
  await page.getByText(researchUseSentence).first().waitFor()
  await shoot(page, '1-notice')
  await button(page, 'I understand').click()

  await page.getByLabel('Name', { exact: true }).fill('first-steps')
  await page.getByText(`Will be made at ${join(home, 'first-steps')}`).waitFor()
  await shoot(page, '2-start')
  await button(page, 'Create workspace').click()

  const empty = page.getByTestId('empty-state')
  await empty.waitFor()
  await shoot(page, '3-empty')
  await button(page, 'Install untrained where missing').click()
  await page.getByText('Untrained').first().waitFor(minutes(2))
  await page.getByLabel('Images for each class').fill(String(perClass))
  await button(page, 'Draw and import').click()
  await shoot(page, '4-drawing')

  const rows = page.getByTestId('worklist-row')
  await rows.first().waitFor(minutes(5))
  await page
    .getByText(`${perClass * 4} images`)
    .first()
    .waitFor(minutes(1))
  await shoot(page, '5-worklist')

  await button(page, 'Train').click()
  await page.getByLabel('Name of the model').fill('tutorial')
  await shoot(page, '6-train')
  await page.getByRole('dialog').getByRole('button', { name: 'Train', exact: true }).click()
  await page
    .getByText(/Encoding images: \d+ of 40/)
    .first()
    .waitFor(minutes(2))
  await shoot(page, '7-training')
  await page
    .getByText(/Out-of-fold accuracy/)
    .first()
    .waitFor(minutes(15))
  await shoot(page, '8-trained')

  await button(page, 'Classify').click()
  await page
    .getByText(`${perClass * 4} images classified`)
    .first()
    .waitFor(minutes(5))
  await shoot(page, '9-classified')

  await rows.first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor(minutes(1))
  const panel = page.getByTestId('verdict-panel')
  await panel.getByText('UNTRAINED ENCODER').waitFor()
  await panel.getByText('only boosters that never saw it were asked').waitFor()
  await page.getByTestId('scale-bar').waitFor()
  await page.getByText(researchUseSentence).first().waitFor()
  await shoot(page, '10-viewer')
  const title = (): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent()
  const first = await title()

  // Labelled by key, then the next image and back.
  await page.keyboard.press('4')
  await page.getByText('1 image labelled Invasive.').waitFor()
  await page.keyboard.press('ArrowRight')
  await expect.poll(title).not.toBe(first)
  await page.keyboard.press('Escape')
  await rows.first().waitFor()

  await page.reload()
  await rows.first().waitFor()
  await page.getByText(`${perClass * 4} labelled, ${perClass * 4} with a suggestion`).waitFor()
  const relabelled = rows.filter({ hasText: first ?? 'nothing' })
  await relabelled.getByText('Invasive').first().waitFor()
  await shoot(page, '11-reloaded')
  expect(problems).toEqual([])
})

it('lets nobody in a second time by the same address', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  const stranger = await (await browser.newContext()).newPage()
  const response = await stranger.goto(server.url)
  expect(response?.status()).toBe(403)
})
