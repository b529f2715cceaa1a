import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorkspace } from '../../../electron/store/index.ts'
import { launchBrowser, problemsOf, screenshotPath } from '../../support/browser.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { violationsOf } from './accessibility.ts'
import { makeReadingWorkspace } from './reading-workspace.ts'

/** Backups, a schedule, a restore and a rescue through the page, with the real server. */
let home: string
let workspace: string
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null
let page: Page
let problems: string[]

beforeAll(async () => {
  browser = await launchBrowser()
  home = mkdtempSync(join(tmpdir(), 'lobule-page-backup-'))
  workspace = join(home, 'study')
  await makeReadingWorkspace(home, workspace, 4, 'field')
  const settings = { acknowledged: true, reader: 'Anna', recent: [{ path: workspace, name: 'study' }] }
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings))
  // A workspace of long ago, without a backup.
  const store = openWorkspace(workspace, 'test')
  store.database.prepare("UPDATE workspace SET created_at = '2026-01-01T00:00:00.000Z'").run()
  store.close()
  server = await serveLobule(home)
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
  rmSync(home, { recursive: true })
})

const button = (name: string, inside: Page | Locator = page): Locator =>
  inside.getByRole('button', { name, exact: true })
const dialog = (name: string): Locator => page.getByRole('dialog', { name })

it('reminds, backs up, keeps a schedule, restores, and rescues a deleted database', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  problems = problemsOf(page)
  await page.goto(server.url)
  await page.getByRole('button', { name: /study/ }).first().click()
  await page.getByTestId('worklist-row').first().waitFor()
  const reminder = page.getByTestId('backup-reminder')
  await reminder.waitFor()
  await page.screenshot({ path: screenshotPath('backup-reminder') })
  await button('Open backup settings', reminder).click()

  const settings = page.getByTestId('settings')
  await settings.getByText('No backup of this workspace was made').waitFor()
  await button('Back up now…', settings).click()
  const saving = dialog('Back up the workspace')
  await saving.getByLabel('File name').fill('first.tar')
  await saving.getByLabel('Folder', { exact: true }).fill(home)
  await button('Save', saving).click()
  await settings.getByText(join(home, 'first.tar'), { exact: false }).first().waitFor()
  await reminder.waitFor({ state: 'detached' })
  expect(readdirSync(home)).toContain('first.tar')

  const form = settings.getByRole('form', { name: 'Schedule' })
  await form.getByLabel('Back up by itself').first().click()
  await page.getByRole('option', { name: 'Every day' }).click()
  await form.getByText('Choose a folder for the backups.').waitFor()
  await form.getByLabel('Folder for backups').fill(join(home, 'backups'))
  await form.getByLabel('weeks').fill('8')
  await form.scrollIntoViewIfNeeded()
  await page.screenshot({ path: screenshotPath('backup-settings') })
  expect(await violationsOf(page)).toEqual([])
  await button('Save schedule', form).click()
  await page.getByText('Schedule saved.').waitFor()

  await button('Restore a backup…', settings).click()
  const choosing = dialog('Choose a backup')
  await choosing.getByLabel('Path', { exact: true }).fill(join(home, 'first.tar'))
  await page.keyboard.press('Enter')
  const restoring = dialog('Restore into a new workspace')
  expect(await restoring.getByLabel('Name of the new workspace').inputValue()).toBe('first-restored')
  await restoring.getByText(join(home, 'first.tar'), { exact: false }).waitFor()
  await restoring.getByLabel('Name of the new workspace').fill('again')
  await restoring.getByLabel('Folder', { exact: true }).fill(home)
  await button('Restore', restoring).click()
  await page.getByText(`Restored: ${join(home, 'again')}`).waitFor()
  expect(readdirSync(join(home, 'again'))).toContain('workspace.sqlite')

  for (const name of readdirSync(workspace).filter((entry) => entry.startsWith('workspace.sqlite')))
    rmSync(join(workspace, name))
  const lost = page.getByTestId('lost-banner')
  await lost.waitFor()
  await page.screenshot({ path: screenshotPath('backup-lost') })
  await button('Save a rescue copy…', lost).click()
  const rescuing = dialog('Save a rescue copy')
  await rescuing.getByLabel('Folder', { exact: true }).fill(home)
  await button('Save', rescuing).click()
  await page.getByText('Rescue copy saved', { exact: false }).waitFor()
  await button('Open it').last().click()
  await lost.waitFor({ state: 'detached' })
  await page.getByTestId('worklist-row').first().waitFor()
  expect(await page.getByTestId('worklist-row').count()).toBe(4)
  expect(problems).toEqual([])
})
