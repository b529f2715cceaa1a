import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { button, open, page, problems, server, useMockPage } from './mock/mock-page.ts'
import { fitsEverywhere } from './windows.ts'

/** The main screens, with a model in place, in the windows of `windows.ts`. */
useMockPage()

const screens: [name: string, address: string, isReady: () => Locator][] = [
  ['worklist', '', () => page.getByTestId('worklist-row').first()],
  ['models', '#/models', () => page.getByTestId('model-figures')],
  ['audit', '#/audit', () => page.getByTestId('audit-event').first()],
  ['settings', '#/settings', () => page.getByRole('row').first()],
  ['viewer', '#/image/1', () => page.locator('[data-testid=viewer][data-ready=true]')],
]

it.each(screens)('shows every word in every window: %s', async (name, address, isReady) => {
  await open({ images: 48, isClassified: true }, address)
  await isReady().waitFor()
  await fitsEverywhere(page, name)
  expect(problems).toEqual([])
})

it('shows every word in every window: the import', async () => {
  await open({ images: 24, isClassified: true })
  await button('Import').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Path of a file or folder').fill('/home/anna/images')
  await page.keyboard.press('Enter')
  await dialog.getByText('5 files, ', { exact: false }).waitFor()
  await fitsEverywhere(page, 'import')
})

it('brings its typeface, with figures of one width, and asks no other server for it', async () => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await open({ images: 12, isClassified: true }, '#/models')
  await page.getByTestId('model-figures').waitFor()
  expect(await page.evaluate(() => document.fonts.ready.then(() => document.fonts.check('13px Inter')))).toBe(
    true,
  )
  const [ones, eights] = await page
    .getByTestId('model-figures')
    .locator('.value')
    .first()
    .evaluate((element) =>
      ['111.1', '888.8'].map((text) => {
        element.textContent = text
        return element.getBoundingClientRect().width
      }),
    )
  expect(ones).toBe(eights)
  const fonts = asked.filter((url) => url.endsWith('.woff2'))
  expect(fonts).not.toEqual([])
  expect(fonts.every((url) => url.startsWith(server.url))).toBe(true)
  expect(problems).toEqual([])
})

it('has its tools in one row from 1280 px on, and up to 125 % at 1366 px', async () => {
  await open({ images: 48, isClassified: true })
  await page.getByTestId('worklist-row').first().waitFor()
  for (const width of [1280, 1366, Math.round(1366 / 1.25)]) {
    await page.setViewportSize({ width, height: 720 })
    for (const bar of [page.locator('header').first(), page.getByRole('toolbar', { name: 'Worklist' })]) {
      const { height = NaN } = (await bar.boundingBox()) ?? {}
      // Two rows of buttons need 60 px.
      expect.soft(height, `${width} px`).toBeLessThan(60)
    }
  }
})
