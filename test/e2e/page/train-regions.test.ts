import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { launchBrowser, problemsOf } from '../../support/browser.ts'
import { lobuleJson } from '../../support/run-lobule.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { starterWeightsFolder } from '../../support/starter-weights.ts'
import { lookInBothThemes } from './accessibility.ts'

/** From the regions of two slides to a model, and from the places of a third one to training fields. */
const bundled = starterWeightsFolder()
let home: string
let browser: Browser | null
let server: Awaited<ReturnType<typeof serveLobule>>
let page: Page

beforeAll(async () => {
  vi.stubEnv('LOBULE_BUNDLED_ENCODERS', bundled ?? '')
  home = mkdtempSync(join(tmpdir(), 'lobule-page-regions-'))
  const workspace = join(home, 'study')
  const json = (...parameters: string[]): Promise<unknown> => lobuleJson(parameters, { home })
  const slides = ['1', '2', '3'].map((seed) => join(home, `slide${seed}.tif`))
  for (const [index, slide] of slides.entries())
    await json('demo', '--slide', '--out', slide, '--width', '4000', '--height', '3000', '--seed', String(index + 1)) // prettier-ignore
  await json('init', '--workspace', workspace)
  await json('import', ...slides, '--workspace', workspace, '--labels', 'none', '--cases', '^slide.')
  for (const slide of slides.slice(0, 2))
    await json('regions', 'import', slide, slide.replace('.tif', '.geojson'), '--workspace', workspace, '--reader', 'Ada') // prettier-ignore
  const recent = [{ path: workspace, name: 'study' }]
  writeFileSync(
    join(home, 'settings.json'),
    JSON.stringify({ acknowledged: true, reader: 'Ada', recent, tourSeen: true }),
  )
  browser = await launchBrowser()
  server = await serveLobule(home)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server.stop()
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

const button = (name: string | RegExp, within: Page | Locator = page): Locator =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
const dialog = (): Locator => page.getByRole('dialog')
const look = (name: string): Promise<void> => lookInBothThemes(page, `train-regions-${name}`)
const openTraining = async (): Promise<void> => {
  await button('Train', page.getByRole('toolbar')).click()
  await dialog().waitFor()
}

it('trains on regions, and on the places that readers label on the map', async ({ skip }) => {
  if (browser === null || bundled === null) return skip('no Chromium, or no weights')
  page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
  const problems = problemsOf(page)
  await page.goto(server.url)
  await button(/study/).first().click()
  await page.getByTestId('worklist-row').first().waitFor()

  // No image has a label: regions alone are enough.
  await openTraining()
  await dialog().getByText('No image has a label yet. Label images of at least two classes.').waitFor()
  expect(await button('Train', dialog()).isEnabled()).toBe(false)
  await dialog().getByLabel('Also train on labelled regions and places').check()
  const plan = dialog().getByTestId('training-fields')
  await plan.getByText(/^Benign: \d+ training fields of 2 regions in 2 images of 2 cases\.$/).waitFor()
  expect(await plan.getByRole('listitem').count()).toBe(4)
  await dialog()
    .getByTestId('training-line')
    .getByText(/2 folds: the rarest class, \w+, has 2 cases\./)
    .waitFor()
  const benign = dialog().getByTestId('training-data').getByRole('row').filter({ hasText: 'Benign' })
  // Images, regions, fields, cases.
  expect((await benign.getByRole('cell').allTextContents()).slice(0, 2)).toEqual(['2', '2'])
  await look('dialog')
  await button('Train', dialog()).click()
  await page
    .getByTestId('job-strip')
    .getByText(/Out-of-fold accuracy/)
    .waitFor()

  // The third slide is analysed with the model, and one of its places labelled.
  await page.getByTestId('worklist-row').filter({ hasText: 'slide3.tif' }).locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.keyboard.press('o')
  await button(/^Analyse/)
    .first()
    .click()
  await button(/^Analyse/, dialog())
    .last()
    .click()
  await page.getByTestId('slide-place-row').first().waitFor()
  await page.getByTestId('slide-place-row').first().click()
  await page.getByTestId('slide-place').waitFor()
  await page.keyboard.press('4')
  await page.getByTestId('region-row').getByText('Invasive').waitFor()
  await page.getByText('A training can use labelled places as training fields.').waitFor()
  await look('place')

  // The next training begins with the same choice, and has the place.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByTestId('worklist-row').first().waitFor()
  await openTraining()
  expect(await dialog().getByLabel('Also train on labelled regions and places').isChecked()).toBe(true)
  await dialog()
    .getByTestId('training-fields')
    .getByText(/^Invasive: \d+ training fields of 3 regions in 3 images of 3 cases\.$/)
    .waitFor()
  await button('Cancel', dialog()).click()

  // The model's report names the regions.
  await page.getByRole('link', { name: 'Models' }).click()
  await page
    .getByText(/REGIONS: 8 labelled regions of 2 images/)
    .first()
    .waitFor()
  await look('report')
  expect(problems).toEqual([])
})
