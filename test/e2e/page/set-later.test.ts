import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, useMockPage } from './mock/mock-page.ts'

/** The case and the pixel size of selected images, set after their import. */
useMockPage()

it('sets the case of the selected images, and says what it means for models', async () => {
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('Control+a')
  await button('More for the selected images').click()
  await page.getByRole('menuitem', { name: 'Set the case…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Case of 12 images' })
  await dialog.getByLabel('Case', { exact: true }).fill('S21-0142')
  await lookInBothThemes(page, 'set-case')
  await dialog.getByLabel('Case', { exact: true }).press('Enter')
  await page
    .getByText('12 images changed. Trained with the old cases: first look.', { exact: false })
    .waitFor()
  await page.getByTestId('worklist-row').first().getByText('S21-0142').waitFor()
  expect(problems).toEqual([])
})

it('asks before it removes the selected images, and keeps a cursor', async () => {
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist').focus()
  for (const key of ['Home', 'Shift+ArrowDown']) await page.keyboard.press(key)
  await button('More for the selected images').click()
  await page.getByRole('menuitem', { name: 'Remove from the workspace…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove 2 images' })
  await dialog.getByText('2 of them with a label', { exact: false }).waitFor()
  await lookInBothThemes(page, 'remove-images')
  await button('Remove', dialog).click()
  await page.getByText('2 images removed. Trained on them: first look.', { exact: false }).waitFor()
  await expect.poll(() => page.getByTestId('worklist-row').count()).toBe(10)
  await page.getByText('10 images', { exact: false }).first().waitFor()
  expect(problems).toEqual([])
})

it('states the pixel size of the selected images', async () => {
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('Control+a')
  await button('More for the selected images').click()
  await page.getByRole('menuitem', { name: 'Set the pixel size…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Pixel size of 12 images' })
  await dialog.getByLabel('Micrometres per pixel (µm)').fill('42')
  await dialog.getByText('Enter a number from 0.05 to 20', { exact: false }).waitFor()
  await dialog.getByLabel('Micrometres per pixel (µm)').fill('0,42')
  await lookInBothThemes(page, 'set-pixel-size')
  await dialog.getByLabel('Micrometres per pixel (µm)').press('Enter')
  await page.getByText('12 images with a value in the file.', { exact: false }).waitFor()
  expect(problems).toEqual([])
})

it('reports unknown pixel sizes once, and counts what a filter would list beside the others', async () => {
  await open({ images: 24 })
  const notice = page.getByTestId('pixel-size-notice')
  await lookInBothThemes(page, 'pixel-size-notice')
  const action = button(/^Set the pixel size of \d+ images?…$/, notice)
  const count = Number(/\d+/.exec((await action.textContent()) ?? '')?.[0])
  expect(count).toBeGreaterThan(0)
  await action.click()
  await page.getByRole('dialog', { name: `Pixel size of ${count} image` }).waitFor()
  await page.keyboard.press('Escape')
  await button('Not now', notice).click()
  await expect.poll(() => notice.count()).toBe(0)
  const filters = page.getByRole('complementary', { name: 'Filters' })
  await filters
    .getByRole('button', { name: /^Normal/ })
    .first()
    .click()
  const listed = await page.getByTestId('worklist-row').count()
  expect(listed).toBeLessThan(24)
  await filters.getByRole('button', { name: `All images ${listed}` }).waitFor()
  expect(problems).toEqual([])
})
