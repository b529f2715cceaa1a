import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser } from '../../support/browser.ts'
import { serveMock, type MockServer } from './mock/serve-mock.ts'

/**
 * Makes the screenshots of docs/guide.md and README.md again:
 * LOBULE_GUIDE=1 npx vitest run --project e2e test/e2e/page/guide-pictures.test.ts
 * They show synthetic tissue and made-up figures, and say so.
 */
const isAsked = process.env['LOBULE_GUIDE'] !== undefined
const directory = fileURLToPath(new URL('../../../docs/images/', import.meta.url))
const maxBytes = 200_000

let browser: Browser | null
let server: MockServer
beforeAll(async () => {
  if (!isAsked) return
  browser = await launchBrowser()
  server = await serveMock({ images: 48, isClassified: true, jobMs: 40_000 })
})
afterAll(async () => {
  if (!isAsked) return
  await browser?.close()
  await server.stop()
})

/** Few colours keep a screenshot small; tissue needs no more. */
async function keep(page: Page, name: string, widthPx = 1200): Promise<void> {
  const taken = sharp(await page.screenshot()).resize(widthPx)
  const picture = await taken.png({ palette: true, colours: 48, dither: 0, effort: 10 }).toBuffer()
  expect(picture.length).toBeLessThan(maxBytes)
  mkdirSync(directory, { recursive: true })
  writeFileSync(`${directory}${name}.png`, picture)
}

it.runIf(isAsked)('takes the screenshots of the guide', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  const page = await browser.newPage({
    viewport: { width: 1200, height: 750 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  // Not the offer of the tour, which a new user sees once.
  await page.addInitScript(() => localStorage.setItem('lobule tour', 'seen'))
  await page.goto(server.url)
  await page.getByTestId('worklist-row').first().waitFor()
  await page.waitForLoadState('networkidle')
  await keep(page, 'worklist')
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('g')
  await page.keyboard.press('Shift+C')
  await page.getByText('3 selected').waitFor()
  await keep(page, 'case')
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('Control+a')
  await page.keyboard.press('c')
  await page.getByText('Waiting…').first().waitFor()
  await page.getByText(/Encoding: [5-9] of 48/).waitFor()
  await keep(page, 'batch')
  await page.getByRole('button', { name: 'Pause Classify' }).click()
  await page.getByRole('button', { name: 'Discard Classify' }).click()
  await page.getByRole('button', { name: 'Dismiss Classify' }).click()
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitemradio', { name: 'High contrast' }).click()
  await keep(page, 'contrast')
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitemradio', { name: 'System default' }).click()
  await page.getByRole('menu').waitFor({ state: 'detached' })
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('g')
  await page.keyboard.press('g')
  await page.keyboard.press('Enter')
  const isDrawn = page.locator('[data-testid=viewer][data-ready=true]')
  await isDrawn.waitFor()
  // Less tissue, or the screenshot gets too large.
  const atFive = page.getByRole('button', { name: /^Zoom: 5×/ })
  for (let steps = 0; steps < 3 && (await atFive.count()) === 0; steps++) {
    await page.keyboard.press('PageDown')
    await page.waitForTimeout(500)
  }
  await atFive.waitFor()
  await page.keyboard.press('m')
  await page.mouse.click(300, 300)
  await page.mouse.click(480, 390)
  await page.mouse.move(60, 600)
  await isDrawn.waitFor()
  await keep(page, 'viewer', 1000)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  await page.getByRole('dialog').getByText('The encoder is untrained').waitFor()
  await keep(page, 'train')
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Models' }).click()
  await page.getByRole('button', { name: /^first look/ }).click()
  await page.getByRole('tab', { name: 'Operating point' }).click()
  await page.getByRole('slider', { name: 'Operating point on the curve' }).focus()
  for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight')
  await page.getByText('Not saved yet').waitFor()
  await keep(page, 'models')
  await page.getByRole('link', { name: 'Audit trail' }).click()
  await page.getByTestId('audit-state').getByText('Intact: ').waitFor()
  await page.getByTestId('audit-event').nth(3).click()
  await page.getByTestId('audit-details').waitFor()
  await keep(page, 'audit')
})
