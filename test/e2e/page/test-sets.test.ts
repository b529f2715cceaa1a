import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser, problemsOf } from '../../support/browser.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { seededWorkspace } from '../../unit/features/audit/seeded-workspace.ts'
import { lookInBothThemes } from './accessibility.ts'

/** Locked test sets through the page, with the real server. */
let seeded: Awaited<ReturnType<typeof seededWorkspace>>
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null
let page: Page
let problems: string[]

beforeAll(async () => {
  browser = await launchBrowser()
  seeded = await seededWorkspace()
  const home = join(seeded.root, 'home')
  const settings = {
    acknowledged: true,
    reader: 'Anna',
    recent: [{ path: seeded.path, name: 'w' }],
  }
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings))
  server = await serveLobule(home)
  if (browser === null) return
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  problems = problemsOf(page)
  await page.goto(server.url)
  await page.getByRole('button', { name: /^w\b/ }).first().click()
  await page.getByRole('link', { name: 'Models' }).click()
  await panel().waitFor()
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
  seeded.remove()
})

const panel = (): Locator => page.getByTestId('test-sets-panel')
const dialog = (): Locator => page.getByRole('dialog')
const press = (name: string): Promise<void> => dialog().getByRole('button', { name, exact: true }).click()

it.skipIf(process.env['LOBULE_CHROMIUM'] === undefined)(
  'shows what is locked, who opened it and what was found',
  async () => {
    await panel()
      .getByRole('button', { name: /site B/ })
      .waitFor()
    await lookInBothThemes(page, 'test-sets-panel')
    await panel()
      .getByRole('button', { name: /site B/ })
      .click()
    const facts = page.getByTestId('test-set-facts')
    await facts.getByText('opened once').waitFor()
    await facts.getByText('The other hospital.').waitFor()
    const row = page.getByTestId('test-set-openings').getByRole('row', { name: /^first/ })
    // One case that was wrong says little: Wilson's interval.
    await row.getByText('0.0% to 79.3%').waitFor()
    await lookInBothThemes(page, 'test-sets-dialog')

    await press('Open for a model…')
    await dialog().getByText('The model is tested on every labelled image').waitFor()
    // The model in use is proposed, and it was tested before.
    await dialog().getByText('It was opened for this model once already').waitFor()
    expect(await dialog().getByRole('button', { name: 'Open', exact: true }).isDisabled()).toBe(true)
    await lookInBothThemes(page, 'test-sets-open')
    await press('Cancel')
    await page.keyboard.press('Escape')

    const report = page.getByTestId('test-sets')
    await report.getByText('"site B": opened once.').waitFor()
    await report.scrollIntoViewIfNeeded()
    await lookInBothThemes(page, 'test-sets-report')
    expect(problems).toEqual([])
  },
)

it.skipIf(process.env['LOBULE_CHROMIUM'] === undefined)(
  'locks cases by name, refuses unknown ones, and releases for good',
  async () => {
    await panel().getByRole('button', { name: 'Lock a test set…' }).click()
    await dialog().getByLabel('Name', { exact: true }).fill('ward 7')
    await dialog()
      .getByRole('radio', { name: /^One site/ })
      .check()
    await dialog().getByRole('combobox', { name: 'Column' }).click()
    await page.getByRole('option', { name: 'File format' }).click()
    await dialog().getByRole('combobox', { name: 'Value' }).click()
    await page.getByRole('option', { name: 'png' }).click()
    await dialog()
      .getByText(/^\d+ cases, \d+ images$/)
      .waitFor()
    await lookInBothThemes(page, 'test-sets-lock-column')
    await dialog()
      .getByRole('radio', { name: /^These cases/ })
      .check()
    await dialog().getByLabel('Cases, one on each line').fill('B0\nunheard')
    await dialog().getByText('This workspace has no case unheard.').waitFor()
    await dialog().getByLabel('Cases, one on each line').fill('B0\nM1')
    await dialog().getByText('2 cases, 2 images').waitFor()
    await dialog().getByLabel('Reason').fill('Another ward.')
    await lookInBothThemes(page, 'test-sets-lock')
    await press('Lock')
    await page.getByText('ward 7 is locked: 2 images, 2 cases.').waitFor()

    await panel()
      .getByRole('button', { name: /ward 7/ })
      .click()
    await dialog().getByText('first was trained on 2 images').waitFor()
    await press('Release…')
    await dialog().getByLabel('Reason').fill('It was a mistake.')
    await press('Release for good')
    await dialog().getByText('It was a mistake.').waitFor()
    expect(await dialog().getByRole('button', { name: 'Open for a model…' }).count()).toBe(0)
    await page.keyboard.press('Escape')
    await panel()
      .getByRole('button', { name: /ward 7/ })
      .getByText('Released')
      .waitFor()
    expect(problems).toEqual([])
  },
)
