import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import { open, page, problems, useMockPage } from './mock/mock-page.ts'

/** The command palette, and the list of keys, which come from the same table of actions. */
useMockPage()

const options = (): Locator => page.getByRole('option')
const option = (title: string): Locator => options().filter({ hasText: title })
const searchField = (): Locator => page.getByRole('combobox', { name: 'Type what you want to do' })

it('finds possible actions, shows their keys, and runs them', async () => {
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('Control+k')
  await searchField().waitFor()
  await option('Group by case').getByText('G', { exact: true }).waitFor()
  expect(await option('Zoom in').count()).toBe(0)
  await lookInBothThemes(page, 'palette')

  await page.keyboard.type('benign label')
  expect(await options().allInnerTexts()).toEqual([expect.stringMatching(/^Label: Benign/)])
  await page.keyboard.press('Enter')
  await page.getByText('1 image labelled Benign', { exact: false }).first().waitFor()
  await expect
    .poll(() => page.getByTestId('worklist').evaluate((list) => list === document.activeElement))
    .toBe(true)

  await page.keyboard.press('Control+k')
  await searchField().waitFor()
  await page.keyboard.press('ArrowUp')
  expect(await page.getByRole('option', { selected: true }).innerText()).toMatch(/^Close the workspace/)
  await page.keyboard.type('nothing of this name')
  await page.getByText('No action matches.').waitFor()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await searchField().waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

it('has other actions in the viewer, and leaves typed text alone', async () => {
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist-row').first().locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.keyboard.press('Control+k')
  await searchField().waitFor()
  expect(await option('Group by case').count()).toBe(0)
  await page.keyboard.type('next image')
  await page.keyboard.press('Enter')
  await page.locator('[data-testid=viewer][data-image-id="2"]').waitFor()
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Compare with another model’s heat map').waitFor()
  await dialog.getByText('Find an action').waitFor()
  await lookInBothThemes(page, 'keys')
  expect(problems).toEqual([])
})
