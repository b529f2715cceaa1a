import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, useMockPage } from './mock/mock-page.ts'

/** Leaks: the dialog, the line before a training, and the way to both images of a pair. */
useMockPage()

it('compares all images, lists pairs, and opens both images of one', async () => {
  await open({ images: 24, isClassified: true, jobMs: 600 }, '#/models')
  await button('Leaks…').click()
  const lines = page.getByTestId('leak-lines')
  await lines.getByText('The cases S21-0142A, S21-0142B may be one patient.').waitFor()
  await lines.getByText('The images were not compared with each other yet.').waitFor()
  await button('Look for leaks').click()
  await page.getByText(/^Comparing images/).waitFor()
  await lines.getByText('1 pair of images of different cases shows the same tissue.').waitFor()
  await page.getByText('the whole smaller image is in the other, mirrored, 2.0 times the size').waitFor()
  await lookInBothThemes(page, 'leaks')
  await page.getByRole('list', { name: 'Images of different cases' }).getByRole('button').click()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.getByText('1 of 2').waitFor()
  expect(problems).toEqual([])
})

it('says before a training that leaks are suspected, shows them, and leads back to its settings', async () => {
  await open({ images: 24, isClassified: true }, '#/models')
  await page.getByTestId('models-screen').getByRole('button', { name: 'Train a model' }).click()
  await page.getByText('1 leak is suspected.', { exact: false }).waitFor()
  await lookInBothThemes(page, 'leaks-train')
  await page.getByText('Recipe settings').click()
  const folds = page.getByLabel('Folds', { exact: true })
  await folds.fill('7')
  await button('Show leaks').click()
  await page.getByRole('dialog', { name: 'Leaks' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Train a model' }).waitFor()
  expect(await folds.inputValue()).toBe('7')
  expect(problems).toEqual([])
})
