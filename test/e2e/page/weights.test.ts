import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, useMockPage } from './mock/mock-page.ts'

/** Weight files in the page alone, with a made-up application behind the server's protocol. */
useMockPage()

it('says why a weight file was not installed, and installs it as unofficial once the user accepts that', async () => {
  await open({ images: 4 })
  await button('Encoders').click()
  const dialog = page.getByRole('dialog', { name: 'Encoders' })
  await button('Import weight files…', dialog).click()
  const chooser = page.getByRole('dialog').last()
  await chooser.getByLabel('Path', { exact: true }).fill('/home/anna/resnet.h5')
  await page.keyboard.press('Enter')

  // Red, with the reason of the file; nothing claims that it was installed.
  const refused = dialog.getByRole('row').filter({ hasText: 'resnet.h5' })
  await refused.getByText('its md5 is 00000000000000000000000000000000').waitFor()
  await dialog.getByText('Nothing installed.').waitFor()
  expect(await page.getByTestId('job-strip').locator('.icon.success').count()).toBe(0)
  expect(await page.getByTestId('job-strip').locator('.icon.danger').count()).toBe(1)
  await lookInBothThemes(page, 'weights-refused')

  await button('Install as unofficial…', dialog).click()
  await dialog.getByText('Nothing shows what they were trained on').waitFor()
  await lookInBothThemes(page, 'weights-unofficial')
  await button('I trust these files: install them', dialog).click()
  await dialog.getByText('resnet50 installed; unofficial weights: resnet50').waitFor()
  await dialog.getByText('unofficial', { exact: false }).first().waitFor()
  await lookInBothThemes(page, 'weights-installed')
  expect(problems).toEqual([])
})

it("shows the terms of an encoder of one's own before it is installed, and marks one that nothing proves", async () => {
  await open({ images: 4 })
  await button('Encoders').click()
  const dialog = page.getByRole('dialog', { name: 'Encoders' })
  const choose = async (path: string): Promise<void> => {
    await button('Choose a folder…', dialog).click()
    const chooser = page.getByRole('dialog').last()
    await chooser.getByLabel('Path', { exact: true }).fill(path)
    await page.keyboard.press('Enter')
    await button('Choose this folder', chooser).click()
  }
  await choose('/home/anna/studies/archive')
  await page.getByText('only those of ONNX itself are run').first().waitFor()

  await choose('/home/anna/weights')
  const offer = dialog.getByTestId('encoder-offer')
  await offer.getByText('Commercial use: no. Models trained on it: only under the same terms.').waitFor()
  await offer.getByText('UNVERIFIED ENCODER').waitFor()
  expect(await dialog.locator('[data-encoder="tissue-vit"]').count()).toBe(0)
  await offer.scrollIntoViewIfNeeded()
  await lookInBothThemes(page, 'own-encoder-offer')
  await button('I agree to these terms: install it', offer).click()

  const row = dialog.locator('[data-encoder="tissue-vit"]')
  await row.getByText('Unverified').waitFor()
  await row.scrollIntoViewIfNeeded()
  await lookInBothThemes(page, 'own-encoder-installed')
  await button('Remove', row).click()
  await row.waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})
