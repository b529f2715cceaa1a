import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, useMockPage } from './mock/mock-page.ts'

/** A page with the encoder that comes with Lobule, and no other. */
useMockPage()

it('offers no untrained encoder where a trained one is installed', async () => {
  await open({ images: 0, hasStarter: true })
  const list = page.locator('[data-encoder]')
  await list.first().waitFor()
  expect(await list.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-source')))).toEqual([
    'missing',
    'missing',
    'missing',
    'official',
  ])
  await button('Download missing weights').waitFor()
  expect(await button('Install missing as untrained').count()).toBe(0)
  expect(await page.getByText('UNTRAINED').count()).toBe(0)
  await lookInBothThemes(page, 'starter-empty')
  await button('Encoders').click()
  await page
    .getByRole('dialog', { name: 'Encoders' })
    .getByText('EfficientNet-Lite0 comes with Lobule')
    .waitFor()
  await lookInBothThemes(page, 'starter-encoders')
  expect(problems).toEqual([])
})

it('trains with starter unless another recipe is chosen', async () => {
  await open({ images: 48, hasStarter: true })
  await button('Train').click()
  const dialog = page.getByRole('dialog')
  await dialog
    .getByText('EfficientNet-Lite0, 2 crop sizes, dense, 4 augmentations, 5 folds, boosted trees and')
    .waitFor()
  const line = await dialog.getByTestId('training-line').textContent()
  expect(line).toMatch(/^\s*EfficientNet-Lite0, 5 folds: the rarest class/)
  expect(line).not.toMatch(/untrained|not installed/)
  await lookInBothThemes(page, 'starter-train')
  expect(problems).toEqual([])
})
