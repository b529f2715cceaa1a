import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, useMockPage } from './mock/mock-page.ts'

/** What no other test visits: dialogs, steps of dialogs, and active tools. */
useMockPage()

const look = (name: string): Promise<void> => lookInBothThemes(page, `screens-${name}`)
const dialog = (): Locator => page.getByRole('dialog')

it('models: promoting, undoing, the history and a package', async () => {
  await open({ images: 48, isClassified: true }, '#/models')
  await page.getByTestId('model-report').getByText('Out-of-fold accuracy').waitFor()
  await page
    .getByRole('list', { name: 'Models' })
    .getByRole('button', { name: /^first look/ })
    .click()
  await button('Use this model…').click()
  await dialog().getByText('replaces model-2').waitFor()
  await look('promote')
  await dialog().getByLabel('Reason').fill('trained encoders')
  await page.keyboard.press('Enter')
  await page.getByText('In use: first look.').waitFor()
  await button('Undo last promotion…').click()
  await dialog().getByText('model-2 becomes the default model again').waitFor()
  await look('take-back')
  await dialog().getByLabel('Reason').fill('by mistake')
  await button('Undo promotion', dialog()).click()
  await page.getByRole('tab', { name: 'History' }).click()
  await page.getByTestId('promotions').getByText('by mistake').waitFor()
  await look('history')
  await button('Import model…').click()
  await dialog().getByRole('textbox', { name: 'Path' }).waitFor()
  await look('import-model')
  expect(problems).toEqual([])
})

it('import: empty, and with every choice', async () => {
  await open({ images: 0 })
  await button('Import images…').click()
  await dialog().getByText('Choose files or a folder first.').waitFor()
  await look('import-empty')
  await dialog().getByLabel('Path of a file or folder').fill('/home/anna/images')
  await page.keyboard.press('Enter')
  await dialog().getByText('5 files, ', { exact: false }).waitFor()
  const step = (): Locator => dialog().locator('[aria-current=step]')
  await look('import-chosen')
  // Enter goes on, Escape goes back, and what was chosen stays.
  await page.keyboard.press('Enter')
  await step().getByText('Labels').waitFor()
  await dialog().getByRole('radio', { name: 'From a table (CSV)' }).check()
  await look('import-labels')
  await page.keyboard.press('Enter')
  await step().getByText('Cases').waitFor()
  await dialog().getByRole('radio', { name: 'Another part of the name' }).check()
  await dialog().getByLabel('Regular expression', { exact: true }).waitFor()
  await look('import-cases')
  await page.keyboard.press('Escape')
  expect(await dialog().getByRole('radio', { name: 'From a table (CSV)' }).isChecked()).toBe(true)
  await button(/^Files/, dialog()).click()
  await dialog().getByRole('radio', { name: 'One page, by number' }).check()
  await dialog().getByLabel('Copy the files into the workspace').check()
  await look('import-files')
  expect(problems).toEqual([])
})

it('viewer: each tool, the heat map with its lists, another image pinned', async () => {
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist-row').first().locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  for (const [key, name] of [
    ['b', 'rectangle'],
    ['p', 'polygon'],
    ['d', 'point'],
    ['m', 'ruler'],
  ] as const) {
    await page.keyboard.press(key)
    await look(`tool-${name}`)
    await page.keyboard.press('Escape')
  }
  await page.getByTestId('viewer').waitFor()
  await page.keyboard.press('n')
  await page.getByLabel('Comment').first().waitFor()
  await look('comment')
  await page.keyboard.press('Escape')
  await page.getByTestId('viewer').waitFor()
  await page.keyboard.press('t')
  await page.getByTestId('stain-note').waitFor()
  await look('stain')
  await page.keyboard.press('t')
  await page.keyboard.press('h')
  const panel = page.getByTestId('heat-map-panel')
  for (const name of ['Class', 'Compare with']) {
    await panel.getByRole('combobox', { name }).click()
    await page.getByRole('option').first().waitFor()
    await look(`heat-map-${name.toLowerCase().replace(' ', '-')}`)
    await page.keyboard.press('Escape')
    await page.getByRole('option').first().waitFor({ state: 'detached' })
  }
  await button('Hide the heat map', panel).click()
  await page.getByRole('region', { name: 'Viewer' }).focus()
  await page.keyboard.press('v')
  await page.keyboard.press('ArrowRight')
  await page.getByTestId('pinned').waitFor()
  await look('pinned')
  expect(problems).toEqual([])
})
