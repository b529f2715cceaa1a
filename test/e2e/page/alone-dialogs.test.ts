import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { researchUseSentence } from '../../../electron/contract/index.ts'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, serve, server, useMockPage } from './mock/mock-page.ts'

/** Dialogs and the connection of the page alone, with a made-up application behind the server's protocol. */
useMockPage()

const look = (name: string): Promise<void> => lookInBothThemes(page, `page-${name}`)
const rows = (): Locator => page.getByTestId('worklist-row')

it('shows encoders, models, jobs and keys in its dialogs', async () => {
  await open({ images: 48, isClassified: true })
  await rows().first().waitFor()
  const dialog = page.getByRole('dialog')
  const panel = async (name: string, words: string): Promise<void> => {
    await dialog.getByText(words).first().waitFor()
    await look(name)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  }
  await button('Encoders').click()
  await panel('encoders', 'Random weights (UNTRAINED)')
  await button('Classify').click()
  await page.getByTestId('job-strip').getByText('48 images classified').waitFor()
  await button('Jobs').click()
  await panel('jobs', '48 images classified')
  await button('More').click()
  await page.getByRole('menuitem', { name: 'System check' }).click()
  await panel('doctor', 'CPU only')
  await button('More').click()
  await page.getByRole('menuitem', { name: 'About Lobule' }).click()
  await panel('about', researchUseSentence)
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('?')
  await panel('keys', 'Undo the last step')
  await button('Reading as Anna').click()
  await dialog.getByLabel('New reader').fill('Ben')
  await button('Use this name', dialog).click()
  await button('Done', dialog).click()
  await button('Reading as Ben').waitFor()
  expect(problems).toEqual([])
})

it('chooses a path in the page if the system has no dialog, and gives the reason for a refusal', async () => {
  await open({ images: 12 })
  await button('Encoders').click()
  await button('Import weight files…').click()
  await button('weights').click()
  await button(/^resnet50_weights/).click()
  await look('paths')
  await button('Choose').click()
  const dialog = page.getByRole('dialog', { name: 'Encoders' })
  await dialog.getByText('is not one of the official weight files').first().waitFor()
  await dialog.getByText('Nothing installed.').waitFor()
  expect(problems).toEqual([])
})

it('reports a lost connection, and fetches everything again when it is back', async () => {
  await open({ images: 12 })
  await rows().first().waitFor()
  const { port } = server
  await server.stop()
  const lost = page.getByText('Connection to the application lost.', { exact: false }).first()
  await lost.waitFor()
  await look('connection-lost')
  await serve({ images: 24 }, port)
  // It may have reconnected by itself before the button is pressed.
  await button('Reconnect now')
    .click({ timeout: 3000 })
    .catch(() => undefined)
  await page.getByText('24 images', { exact: true }).first().waitFor()
  await lost.waitFor({ state: 'detached' })
})
