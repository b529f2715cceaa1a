import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, useMockPage } from './mock/mock-page.ts'

/** The training dialog: starts with one press, follows its settings, and says why nothing can be trained. */
useMockPage()

const dialog = (): Locator => page.getByRole('dialog')
const line = (): Locator => dialog().getByTestId('training-line')
const openTraining = async (): Promise<void> => {
  await page.getByRole('toolbar').getByRole('button', { name: 'Train', exact: true }).click()
  await dialog().waitFor()
}

it('starts with one press where there are few cases', async () => {
  await open({ images: 16, isClassified: true, jobMs: 200 })
  await openTraining()
  await line()
    .filter({ hasText: /ResNet-50 .*(\d) folds: the rarest class, \w+, has \1 cases\./ })
    .waitFor()
  await dialog()
    .getByText(/ResNet-50, 1 crop size, dense, 4 augmentations, \d folds\./)
    .waitFor()
  await lookInBothThemes(page, 'training-few-cases')
  await button('Train', dialog()).click()
  await page
    .getByTestId('job-strip')
    .getByText(/Out-of-fold accuracy/)
    .waitFor()
  expect(problems).toEqual([])
})

it('follows the settings, and keeps them while encoders are looked at', async () => {
  await open({ images: 48, jobMs: 200 })
  await openTraining()
  await dialog().getByText('Recipe settings').click()
  await dialog().getByLabel('Folds', { exact: true }).fill('3')
  await dialog().getByLabel('Augmentations').fill('2')
  await dialog()
    .getByText('EfficientNet-Lite0, 2 crop sizes, dense, 2 augmentations, 3 folds, boosted trees and')
    .waitFor()
  await dialog().getByLabel('VGG-16').check()
  await dialog().getByLabel('EfficientNet-Lite0').uncheck()
  await button('Encoders…', dialog()).click()
  await dialog().getByText('Recipe settings').waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await dialog()
    .getByText('VGG-16, 2 crop sizes, dense, 2 augmentations, 3 folds, boosted trees and')
    .waitFor()
  expect(problems).toEqual([])
})

it('offers logistic regression, alone or beside boosted trees', async () => {
  await open({ images: 48, isClassified: true, jobMs: 200 })
  await openTraining()
  await dialog().getByText('Recipe settings').click()
  const classifier = dialog().getByRole('combobox', { name: 'Classifier' })
  expect(await classifier.textContent()).toContain('Boosted trees')
  await dialog().getByText('with images of few cases, logistic regression is often better').waitFor()
  await classifier.click()
  await page.getByRole('option', { name: 'Both, averaged' }).click()
  await dialog()
    .getByText(/folds, boosted trees and logistic regression, averaged\./)
    .waitFor()
  await lookInBothThemes(page, 'training-classifier')
  await classifier.click()
  await page.getByRole('option', { name: 'Logistic regression' }).click()
  await dialog()
    .getByText(/folds, logistic regression\./)
    .waitFor()
  await button('Train', dialog()).click()
  await page
    .getByTestId('job-strip')
    .getByText(/Out-of-fold accuracy/)
    .waitFor()
  expect(problems).toEqual([])
})

it('converts colours by their profiles, unless that is switched off', async () => {
  await open({ images: 48, isClassified: true, jobMs: 200 })
  await openTraining()
  await dialog().getByText('Recipe settings').click()
  const colours = dialog().getByRole('combobox', { name: 'Colour profiles' })
  expect(await colours.textContent()).toContain('Converted to sRGB')
  await lookInBothThemes(page, 'training-colours')
  await colours.click()
  await page.getByRole('option', { name: 'Not used' }).click()
  await dialog()
    .getByText(/crop sizes?, colours as in the file, dense,/)
    .waitFor()
  await button('Train', dialog()).click()
  await page
    .getByTestId('job-strip')
    .getByText(/Out-of-fold accuracy/)
    .waitFor()
  expect(problems).toEqual([])
})

it('says what is left out where labelled regions give no fields, and trains on the images', async () => {
  await open({ images: 48, jobMs: 200 })
  await openTraining()
  const regions = dialog().getByLabel('Also train on labelled regions and places')
  expect(await regions.isChecked()).toBe(false)
  await regions.check()
  const plan = dialog().getByTestId('training-fields')
  await plan.getByText('No labelled region can be used.').waitFor()
  await plan.getByText('1 labelled region was left out: other regions share the tissue').waitFor()
  expect(await dialog().getByRole('columnheader', { name: 'Fields' }).count()).toBe(1)
  await regions.uncheck()
  await plan.waitFor({ state: 'detached' })
  expect(await dialog().getByRole('columnheader', { name: 'Fields' }).count()).toBe(0)
  expect(problems).toEqual([])
})

it('says why nothing can be trained, and what to do', async () => {
  await open({ images: 1 })
  await openTraining()
  await dialog()
    .getByText('Only Normal has labelled images. Label images of at least one more class.')
    .waitFor()
  expect(await button('Train', dialog()).isDisabled()).toBe(true)
  await open({ images: 4 })
  await openTraining()
  await dialog()
    .getByText(/has only 1 case\. Each class needs at least 2/)
    .waitFor()
  await lookInBothThemes(page, 'training-impossible')
  expect(problems).toEqual([])
})

it('compares encoders, says in one sentence what differs, and trains with the chosen one', async () => {
  await open({ images: 24, isClassified: true, hasStarter: true, jobMs: 300 }, '#/models')
  await button('Which encoder?…').click()
  const text = dialog()
  await text.getByText('Nothing was compared yet.').waitFor()
  await text.getByLabel('Boosted trees').uncheck()
  await text.getByRole('button', { name: 'Compare', exact: true }).click()
  await text.getByText(/^Comparing/).waitFor()
  const table = text.getByTestId('encoder-pairs')
  await table.waitFor()
  await text
    .getByText(
      /^By more than chance \(8 cases, all 4 considered at once\), 2 do worse than EfficientNet-Lite0/,
    )
    .waitFor()
  expect(await table.getByRole('rowheader').allInnerTexts()).toEqual([
    'EfficientNet-Lite0, both classifiers',
    'EfficientNet-Lite0, logistic regression',
    'ResNet-50, both classifiers UNTRAINED',
    'ResNet-50, logistic regression UNTRAINED',
  ])
  expect(
    await table.locator('.term').filter({ hasText: 'Adjusted p' }).getAttribute('aria-description'),
  ).toMatch(/more than chance/)
  await lookInBothThemes(page, 'encoder-comparison')
  await text.getByRole('combobox', { name: 'Train with' }).click()
  await page.getByRole('option', { name: 'EfficientNet-Lite0, logistic regression' }).click()
  await button('Train a model…', text).click()
  await text
    .getByText(/^EfficientNet-Lite0, 2 crop sizes, dense, 4 augmentations, 5 folds, logistic regression\./)
    .waitFor()
  expect(problems).toEqual([])
})
