import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, useMockPage } from './mock/mock-page.ts'

/** Accuracy in use, in the worklist and as the first line of a model's report. */
useMockPage()

const chip = (): Locator => page.getByTestId('in-use-chip')
const line = (): Locator => page.getByTestId('in-use-line')

it('warns in the worklist if the promise is broken, and opens the report', async () => {
  await open({ images: 48, isClassified: true, labelsInUse: 40 })
  await chip()
    .getByText(/^model-2: 4 of 40 agreed since Oct 12, 2026, promised \d+%$/)
    .waitFor()
  await page.getByText(/^model-2 does not keep its promise: 4 of 40 agreed/).waitFor()
  await lookInBothThemes(page, 'in-use-worklist')
  await button('Open the report').click()
  await line()
    .getByText(/^Accuracy in use: since Oct 12, 2026, 4 of 40 suggestions agreed .* do not rely on it/)
    .waitFor()
  const section = page.getByTestId('in-use-section')
  await section.getByRole('row', { name: /^Given blind 14/ }).waitFor()
  await section.getByRole('row', { name: /^Oct 19, 2026 / }).waitFor()
  await lookInBothThemes(page, 'in-use-report')
  expect(problems).toEqual([])
})

it('says how many labels are missing, and says nothing without any', async () => {
  await open({ images: 48, isClassified: true, labelsInUse: 7 })
  await chip().getByText('model-2: 13 more labels until it is shown').click()
  await line()
    .getByText(/7 labels so far given after a suggestion on new images; 13 more are needed/)
    .waitFor()
  expect(await page.getByTestId('in-use-section').count()).toBe(0)
  await open({ images: 48, isClassified: true }, '#/models')
  await line()
    .getByText(/0 labels so far/)
    .waitFor()
  await open({ images: 48, isClassified: true })
  await page.getByRole('grid').waitFor()
  await page.waitForTimeout(1000)
  expect(await chip().count()).toBe(0)
  expect(problems).toEqual([])
})
