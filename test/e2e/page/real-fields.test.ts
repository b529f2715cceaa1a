import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, problemsOf, stayOnImages } from '../../support/browser.ts'
import {
  patients,
  realFields,
  slideOf,
  smallVgg,
  splitFields,
  wrongCases,
} from '../../support/real-fields.ts'
import { lobuleJson } from '../../support/run-lobule.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { lookInBothThemes } from './accessibility.ts'

/** test/e2e/cli/real-fields.test.ts in the page: what a person sees of a model that promised too much. */
const fields = realFields()
const minutes = (n: number): { timeout: number } => ({ timeout: n * 60_000 })

let home: string
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null
let page: Page

const button = (name: string | RegExp, within: Page | Locator = page): Locator =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
const dialog = (): Locator => page.getByRole('dialog')
const rows = (): Locator => page.getByTestId('worklist-row')
const panel = (): Locator => page.getByTestId('verdict-panel')
const chip = (): Locator => page.getByTestId('in-use-chip')
const shown = (): Promise<string | null> => page.getByTestId('viewer').getAttribute('data-image-id')
const goTo = (screen: string): Promise<void> => page.getByRole('link', { name: screen, exact: true }).click()
const look = (name: string): Promise<void> => lookInBothThemes(page, `real-${name}`)

// Real tissue and a trained encoder: the project has neither.
describe.skipIf(fields === null)('real fields and a trained encoder', () => {
  beforeAll(async () => {
    browser = await launchBrowser()
    home = mkdtempSync(join(tmpdir(), 'lobule-real-page-'))
    const workspace = join(home, 'breast')
    if (fields === null || browser === null) return
    splitFields(fields.folder, home)
    const run = (...parameters: string[]): Promise<unknown> => lobuleJson(parameters, { home })
    await run('encoders', 'import', '--allow-unofficial', fields.weights)
    await run('init', '-w', workspace, '--classes', 'benign,malignant*')
    await run('import', join(home, 'first'), '-w', workspace, '--labels', 'folder', '--cases', wrongCases)
    await run('train', '-w', workspace, '--name', 'first', '--recipe', 'quick', '--set', ...smallVgg)
    await run('import', join(home, 'later'), '-w', workspace, '--cases', patients)
    await run('classify', join(home, 'later'), '-w', workspace)
    const settings = {
      acknowledged: true,
      reader: 'Ada',
      recent: [{ path: workspace, name: 'breast' }],
      tourSeen: true,
    }
    writeFileSync(join(home, 'settings.json'), JSON.stringify(settings))
    server = await serveLobule(home)
  }, 1_800_000)
  afterAll(async () => {
    await browser?.close()
    await server.stop()
    rmSync(home, { recursive: true })
  })

  /** Reads what the search shows, one key an image; the folder of the slide says the class. */
  async function readAll(search: string, key: string, count: number): Promise<void> {
    const field = page.getByPlaceholder('Search file, case, label')
    await field.fill(search)
    await expect.poll(() => rows().count(), minutes(1)).toBe(count)
    await look(`worklist-${search}`)
    await page.getByTestId('worklist').focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    for (let place = 1; place <= count; place++) {
      await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
      const imageId = (await shown()) ?? ''
      expect(slideOf((await page.getByRole('heading', { level: 1 }).textContent()) ?? '')).toBe(search)
      if (place === 1) {
        await panel()
          .getByText(/^Prediction set/)
          .first()
          .waitFor()
        await look(`viewer-${search}`)
      }
      await page.keyboard.press(key)
      if (place === count) break
      await page.keyboard.press('ArrowRight')
      await expect.poll(shown, minutes(1)).not.toBe(imageId)
    }
    await page.keyboard.press('Escape')
    await field.fill('')
  }

  it(
    'shows calibrated suggestions, that this is less than promised, and a second model as a candidate',
    minutes(30),
    async ({ skip }) => {
      if (browser === null) return skip('no Chromium')
      page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
      await stayOnImages(page)
      const problems = problemsOf(page)
      await page.goto(server.url)
      await button(/breast/)
        .first()
        .click()
      await rows().first().waitFor()
      await readAll('29315EF', '1', 11)
      await chip().getByText('first: 9 more labels until it is shown').waitFor()
      await readAll('13412', '2', 12)
      await chip()
        .getByText(/^first: \d+ of 23 agreed since .*, promised \d+%$/)
        .waitFor()
      await look('promise')

      await goTo('Models')
      await page
        .getByTestId('in-use-line')
        .getByText(/less than promised; with so few cases it may be chance/)
        .waitFor()
      await look('report')
      await button('Train a model').click()
      await dialog().getByLabel('Name of the model').fill('second')
      await look('train')
      await button('Train', dialog()).click()
      const card = page.getByTestId('candidate-card')
      await page
        .getByRole('list', { name: 'Models' })
        .getByRole('button', { name: /^second/ })
        .click(minutes(10))
      await card.getByText('first stays in use until you decide.').waitFor()
      await page.getByTestId('trust-box').getByText('Better than guessing?').waitFor()
      await look('candidate')
      expect(problems).toEqual([])
    },
  )
})
