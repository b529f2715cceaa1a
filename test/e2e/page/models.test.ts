import type { Locator } from 'playwright-core'
import { beforeEach, expect, it } from 'vitest'
import { researchUseSentence } from '../../../electron/contract/index.ts'
import { screenshotPath } from '../../support/browser.ts'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, useMockPage } from './mock/mock-page.ts'

/** The screen of models in real Chromium; figures are worked out by the engine from made-up verdicts. */
useMockPage({ timeoutMs: 60_000 })
beforeEach(async () => {
  await open({ images: 48, isClassified: true, jobMs: 300 }, '#/models')
  await report().getByText('Out-of-fold accuracy').waitFor()
})

const look = (name: string): Promise<void> => lookInBothThemes(page, `models-${name}`)

const report = (): Locator => page.getByTestId('model-report')
const tab = (name: string): Promise<void> => page.getByRole('tab', { name, exact: true }).click()
const model = (name: RegExp): Locator =>
  page.getByRole('list', { name: 'Models' }).getByRole('button', { name })
const handle = (): Locator => page.getByRole('slider', { name: 'Operating point on the curve' })
const numbers = async (locator: Locator): Promise<number[]> =>
  (await locator.allTextContents()).map((text) => parseFloat(text))

/** Whether the first chart is drawn in the theme's own colour. */
function hasThemeColour(): boolean {
  const probe = document.createElement('span')
  document.body.append(probe)
  probe.style.setProperty('color', 'var(--accent-text)')
  const [red, green, blue] = getComputedStyle(probe).color.match(/\d+/g)?.map(Number) ?? []
  probe.remove()
  const canvas = document.querySelector('canvas')
  const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i] === red && pixels[i + 1] === green && pixels[i + 2] === blue) return true
  }
  return false
}

it('lists models with what they are worth, and reports each', async () => {
  await model(/^model-2/)
    .getByText('UNTRAINED')
    .waitFor()
  expect(await model(/^model-2/).getAttribute('aria-current')).toBe('true')
  await report().getByText(researchUseSentence).waitFor()
  await report().getByText('All images of a case were kept in one fold.').waitFor()
  await report().getByText('Encoders: ResNet-50 (weights: Untrained).').waitFor()
  const fusion = page.getByTestId('fold-table').getByRole('row').filter({ hasText: 'Model fusion' })
  const figures = await numbers(fusion.getByRole('cell'))
  const [folds, [mean = NaN, std = NaN]] = [figures.slice(0, 5), figures.slice(5)]
  expect(folds.reduce((sum, value) => sum + value, 0) / 5).toBeCloseTo(mean, 1)
  expect(Math.sqrt(folds.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 5)).toBeCloseTo(std, 0)
  await look('figures')

  await model(/^first look/).click()
  await page.getByRole('heading', { name: 'first look', level: 2 }).waitFor()
  await expect.poll(() => report().getByText('UNTRAINED').count()).toBe(0)
  await tab('Calibration')
  await look('calibration')
  await page.getByText('As a table').first().click()
  await page.getByTestId('conformal').getByRole('row', { name: /^95/ }).waitFor()
  expect(problems).toEqual([])
})

it('tries an operating point by keys, by mouse and by number, and says what would change', async () => {
  await tab('Operating point')
  const figures = page.getByTestId('point-figures')
  const sensitivity = figures.getByRole('row', { name: /^Sensitivity/ })
  await figures.getByText('At 0.50').waitFor()
  expect(await button('Save as the operating point').isDisabled()).toBe(true)

  await handle().focus()
  const before = Number(await handle().getAttribute('aria-valuenow'))
  for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowRight')
  await page.getByText('Tried out, not saved. Kept: 0.50.').waitFor()
  expect(Number(await handle().getAttribute('aria-valuenow'))).toBeGreaterThanOrEqual(before)
  await page.keyboard.press('End')
  await sensitivity.getByText('100.0%').first().waitFor()
  await page.keyboard.press('Home')
  await sensitivity.getByText('0.0%').first().waitFor()

  const field = await page.getByTestId('roc-field').boundingBox()
  if (field === null) throw new Error('no plot')
  await page.mouse.move(field.x + 0.5 * field.width, field.y + 0.5 * field.height)
  await page.mouse.down()
  await page.mouse.move(field.x + 0.2 * field.width, field.y + 0.02 * field.height, { steps: 5 })
  await page.mouse.up()
  const dragged = Number(await handle().getAttribute('aria-valuenow'))
  expect(dragged).toBeGreaterThan(50)
  const change = page.getByTestId('point-changes')
  await change.getByText(/change side between 0.50 and 0\.\d+/).waitFor()
  await look('point-dragged')
  expect(await page.evaluate(hasThemeColour)).toBe(true)

  const threshold = page.getByLabel('Carcinoma from a score of')
  await threshold.fill('1.5')
  await page.getByText('A number from 0 to 1').waitFor()
  await threshold.fill('0.25')
  await figures.getByText('At 0.25').waitFor()
  await change.getByRole('heading', { name: /^Would turn to the carcinoma side/ }).waitFor()
  await change.getByRole('button', { name: /\.png/ }).first().click()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.keyboard.press('Escape')
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-image-id')))
    .toMatch(/\d/)
  await button('Discard').click()
  await figures.getByText('At 0.50').waitFor()
  await threshold.fill('0.25')
  await button('Save as the operating point').click()
  await page.getByText('This is the point as it is kept.').waitFor()
  await page.reload()
  await tab('Operating point')
  await figures.getByText('At 0.25').waitFor()
  expect(problems).toEqual([])
})

it('opens the images of a cell of the confusion matrix', async () => {
  await tab('Confusion and misses')
  const images = page.getByTestId('confusion-images')
  await images.getByRole('heading', { name: /^All misses/ }).waitFor()
  const cell = page.getByTestId('confusion').getByRole('button', { name: /label Benign, suggested Benign/ })
  const count = parseInt((await cell.textContent()) ?? '', 10)
  await cell.click()
  expect(await cell.getAttribute('aria-pressed')).toBe('true')
  await images.getByRole('heading', { name: `Label Benign, suggested Benign (${count})` }).waitFor()
  await expect.poll(() => images.getByRole('listitem').count()).toBe(count)
  await look('confusion')
  await images.getByRole('button', { name: /\.png/ }).nth(1).click()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.getByText(`2 of ${count}`).waitFor()
  await page.keyboard.press('Escape')
  await cell.waitFor()
  await button(/^Carcinoma below 0.50/).click()
  await images.getByRole('heading', { name: /^Carcinoma below 0.50/ }).waitFor()
  await tab('Figures')
  const missed = report().getByRole('button', { name: /^case\d/ })
  if ((await missed.count()) > 0) {
    await missed.first().click()
    await images.getByRole('heading', { name: /^Images of case/ }).waitFor()
  }
  expect(problems).toEqual([])
})

it('compares, promotes with a reason and takes it back', async () => {
  await tab('Compare')
  const flips = page.getByTestId('flips')
  await flips.getByRole('heading', { name: /^Images with another suggestion/ }).waitFor()
  await button(/^Neither right/, flips).click()
  await look('compare')
  await model(/^first look/).click()
  await button('Put in use…').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('in place of model-2').waitFor()
  expect(await button('Put in use', dialog).isDisabled()).toBe(true)
  await dialog.getByLabel('Reason').fill('trained encoders')
  await page.keyboard.press('Enter')
  await page.getByText('In use: first look.').waitFor()
  await model(/^first look/)
    .getByText('In use')
    .waitFor()
  await button('Take the last promotion back…').click()
  await dialog.getByText('model-2 will be in use again').waitFor()
  await dialog.getByLabel('Reason').fill('by mistake')
  await button('Take back', dialog).click()
  await model(/^model-2/)
    .getByText('In use')
    .waitFor()
  await tab('History')
  const row = page.getByTestId('promotions').getByRole('row').filter({ hasText: 'trained encoders' })
  await row.getByText('by mistake').waitFor()
  await row.getByText('Anna').first().waitFor()
  await button('Export…').click()
  await dialog.getByLabel('Name of the file').fill('a/b')
  await dialog.getByText('A name without').waitFor()
  await dialog.getByLabel('Name of the file').fill('report')
  await dialog
    .getByText('Will be written to /home/anna/studies/first/report.html.', { exact: false })
    .waitFor()
  await look('export')
  await button('Write', dialog).click()
  await page.getByText('Written to /home/anna/studies/first/report.html').waitFor()

  await button('Import a model…').click()
  await dialog.getByRole('textbox', { name: 'Path' }).fill('/home/anna/gone.zip')
  await page.keyboard.press('Enter')
  await dialog.getByLabel('Name in this workspace').fill('FIRST look')
  await dialog.getByText('There is a model of this name already.').waitFor()
  await dialog.getByLabel('Name in this workspace').fill('from afar')
  await button('Import', dialog).click()
  await page.getByRole('alert').getByText('/home/anna/gone.zip does not exist').waitFor()
  expect(problems).toEqual([])
})

it('says before a training what its data and settings are worth', async () => {
  await button('Train a model').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByTestId('training-data').getByText('by Anna').waitFor()
  await dialog.getByText('Unknown: the speed of this machine was not measured').waitFor()
  await button('Measure', dialog).click()
  await dialog.getByText('About 1 min, as measured on this machine').waitFor()
  await dialog.getByText('Settings of the recipe').click()
  await dialog.getByLabel('Folds', { exact: true }).fill('50')
  await dialog
    .getByText(/has \d+ cases, fewer than the 50 folds/)
    .first()
    .waitFor()
  expect(await button('Train', dialog).isDisabled()).toBe(true)
  await dialog.getByLabel('Folds', { exact: true }).fill('x')
  await dialog.getByText('A whole number from 2 to 100').waitFor()
  await dialog.getByText('The settings of the recipe are not usable').waitFor()
  await look('train-settings')
  await dialog.getByLabel('Folds', { exact: true }).fill('4')
  await dialog.getByLabel('Augmentations').fill('8')
  await dialog.getByText('Changed for this training.').waitFor()
  await dialog.getByText('About 3 min, as measured on this machine').waitFor()
  await dialog.getByText('By image', { exact: true }).click()
  await dialog.getByText(/Folds by image in spite of/).waitFor()
  await button('Train', dialog).click()
  await page
    .getByTestId('job-strip')
    .getByText(/Out-of-fold accuracy/)
    .waitFor()
  await model(/^model-3/).waitFor()
  expect(problems).toEqual([])
})

it('stays whole with letters twice as large', async () => {
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
  for (const name of ['Figures', 'Operating point', 'Confusion and misses']) {
    await tab(name)
    const isCut = await page.getByTestId('models-screen').evaluate((box) => box.scrollWidth > box.clientWidth)
    expect(isCut, name).toBe(false)
    await page.screenshot({ path: screenshotPath(`models-large-${name.toLowerCase().replaceAll(' ', '-')}`) })
  }
  expect(problems).toEqual([])
})
