import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { screenshotPath } from '../../support/browser.ts'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, useMockPage } from './mock/mock-page.ts'
import { textProblems } from './text-fit.ts'

/** The settings and the import dialog alone, with a made-up application behind them. */
useMockPage()

const look = (name: string): Promise<void> => lookInBothThemes(page, `page-${name}`)

/**
 * Twice the size of text: a screenshot for people, and whether text is cut off. Overlapping lines are not tested,
 * because lines that a dialog has scrolled away would count.
 */
async function enlarge(name: string): Promise<void> {
  const size = (percent: number): Promise<unknown> =>
    page.evaluate((now) => (document.documentElement.style.fontSize = `${now}%`), percent)
  await size(200)
  await page.waitForTimeout(150)
  await page.screenshot({ path: screenshotPath(`text-200-${name}`) })
  const cut = (await textProblems(page)).filter((problem) => !problem.includes(' overlaps '))
  expect.soft(cut, name).toEqual([])
  await size(100)
}

async function openSettings(images: number): Promise<Locator> {
  await open({ images }, '#/settings')
  const settings = page.getByTestId('settings')
  await settings.waitFor()
  return settings
}

it('edits the classes with keys and clicks, and shows problems beside their field', async () => {
  const settings = await openSettings(0)
  const name = (index: number): Locator => settings.getByLabel(`Name of class ${index}`)
  const save = button('Save classes', settings)
  await button('Add a class', settings).click()
  await settings.getByText('A class needs a name.').waitFor()
  expect(await save.isDisabled()).toBe(true)
  await name(5).fill('benign')
  await settings.getByText('Another class has this name.').first().waitFor()
  await name(5).fill('Papillary')
  await settings.getByLabel('Key of Papillary').fill('u')
  await settings.getByText('Use one of 1 2 3', { exact: false }).waitFor()
  await settings.getByLabel('Key of Papillary').fill('1')
  await settings.getByText('Another class has this key.').first().waitFor()
  await settings.getByLabel('Key of Papillary').fill('K')
  await button('Colour of Papillary: Sky blue', settings).focus()
  await page.keyboard.press('Enter')
  await look('settings-colours')
  await button('Wine').click()
  await button('Colour of Papillary: Wine', settings).waitFor()
  await settings.getByLabel('Papillary counts as positive').check()
  await button('Move Papillary up', settings).click()
  expect(await name(4).inputValue()).toBe('Papillary')
  await button('Remove Benign', settings).click()
  await look('settings-classes')
  await enlarge('settings-classes')
  await save.click()
  await page.getByText('Classes saved.').waitFor()
  expect(await save.isDisabled()).toBe(true)
  await page.reload()
  await expect.poll(() => name(3).inputValue()).toBe('Papillary')
  expect(await settings.getByLabel('Key of Papillary').inputValue()).toBe('k')
  expect(problems).toEqual([])
})

it('explains why the classes are locked, cleans, checks, and finds moved files', async () => {
  const settings = await openSettings(24)
  await settings
    .getByText('Labels and regions of this workspace name a class 21 times', { exact: false })
    .waitFor()
  // Names, keys and colours can still be changed.
  expect(await settings.getByLabel('Name of class 1').isDisabled()).toBe(false)
  expect(await settings.getByLabel('Benign counts as positive').isDisabled()).toBe(true)
  expect(await button('Add a class', settings).count()).toBe(0)
  await button(/^Colour of Benign/, settings).click()
  await button('Wine').click()
  await button('Save classes', settings).click()
  await page.getByText('Classes saved.').waitFor()
  await look('settings-restyled')
  expect(await button('Clean Temporary files', settings).isDisabled()).toBe(true)
  await button('Clean Heat maps', settings).click()
  await page.getByText('2.6 MB freed.').waitFor()
  await button('Clean Descriptors', settings).click()
  await page.getByText('1.24 GB freed.').waitFor()
  expect(await button('Clean Descriptors', settings).isDisabled()).toBe(true)
  await button('Check the workspace', settings).click()
  await settings.getByText('Missing image files (2)').waitFor()
  await settings.getByText('case03-field2.tif').waitFor()
  await button('Choose a folder to search…', settings).click()
  await button('images').click()
  await button('Choose this folder').click()
  await settings.getByText('1 found, 0 still missing', { exact: false }).waitFor()
  await settings.getByText('Found (1)').click()
  await look('settings-workspace')
  expect(problems).toEqual([])
})

it('imports labels from a table, lists rows with problems, and keeps the entries', async () => {
  await open({ images: 0 })
  await button('Import images…').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Choose files or a folder first.').waitFor()
  await dialog.getByLabel('Path of a file or folder').fill('/home/anna/images')
  await page.keyboard.press('Enter')
  await dialog.getByText('5 files, ', { exact: false }).waitFor()
  await button(/^Labels/, dialog).click()
  await dialog.getByRole('radio', { name: 'From a table (CSV)' }).check()
  await dialog.getByText('Choose the table of labels.').waitFor()
  const table = dialog.getByLabel('Table of labels')
  await table.fill('/home/anna/broken.csv')
  await dialog.getByText('it has no column "file"', { exact: false }).waitFor()
  expect(await button('Import', dialog).isDisabled()).toBe(true)
  await button('Browse…', dialog).click()
  const paths = page.getByRole('dialog', { name: 'Choose a table of labels' })
  await button('labels.csv', paths).click()
  await button('Choose', paths).click()
  expect(await table.inputValue()).toBe('/home/anna/labels.csv')
  await dialog.getByRole('row').filter({ hasText: 'case99_a.tif' }).waitFor()
  await button(/^Cases/, dialog).click()
  await dialog.getByRole('radio', { name: 'Another part of the name' }).check()
  const expression = dialog.getByLabel('Regular expression', { exact: true })
  await expression.fill(String.raw`^SOB_[BM]_[A-Z]+-(\d+-\d+)`)
  await dialog.getByText('5 files, ', { exact: false }).waitFor()
  await button(/^Files/, dialog).click()
  await dialog.getByRole('radio', { name: 'One page, by number' }).check()
  await dialog.getByLabel('Page number').fill('0')
  await dialog.getByText('Enter a whole number from 1 to 4096.').waitFor()
  await dialog.getByLabel('Page number').fill('3')
  const bits = dialog.getByRole('combobox', { name: 'Files of 16 bits' })
  await bits.click()
  await page.getByRole('option', { name: 'From a camera of 12 bits' }).click()
  await dialog.getByLabel('Copy the files into the workspace').check()
  await dialog.getByText('Not enough disk space: 47 MB needed, 20 MB free.').first().waitFor()
  await look('import-table')
  await enlarge('import-table')
  await button('Close', dialog).click()
  await dialog.waitFor({ state: 'detached' })
  await button('Import images…').click()
  await button(/^Labels From a table/, dialog).click()
  expect(await table.inputValue()).toBe('/home/anna/labels.csv')
  await button(/^Files Copied/, dialog).click()
  expect(await dialog.getByLabel('Page number').inputValue()).toBe('3')
  expect(await bits.textContent()).toContain('12 bits')
  await bits.scrollIntoViewIfNeeded()
  await look('import-bits')
  await dialog.getByLabel('Copy the files into the workspace').uncheck()
  await page.keyboard.press('Control+Enter')
  await page.getByTestId('job-strip').getByText('48 images imported', { exact: false }).waitFor()
  expect(problems).toEqual([])
})

it('shows the self-test of each back-end, and why half precision is not used', async () => {
  const settings = await openSettings(0)
  await button('Test and measure all', settings).click()
  // Behind "Details", so that the settings are not a table of what other systems have.
  expect(await settings.getByRole('row').filter({ hasText: 'half precision' }).isVisible()).toBe(false)
  await settings.getByText(/^Details/).click()
  const half = settings.getByRole('row').filter({ hasText: 'half precision' })
  await half.getByText('under 1.2 half precision is not worth its error', { exact: false }).waitFor()
  expect(await half.textContent()).toMatch(
    /Failed self-test.*0\.9996300\s*1\.05 times as fast as full precision/s,
  )
  const full = settings.getByRole('row', { name: /^ONNX Runtime, WebGPU Ready/ })
  expect(await full.textContent()).not.toContain('times as fast')
  await half.scrollIntoViewIfNeeded()
  await look('settings-backends')
})
