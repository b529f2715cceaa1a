import { cpSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { insertImage, openWorkspace } from '../../../electron/store/index.ts'
import { launchBrowser, problemsOf } from '../../support/browser.ts'
import { newImage } from '../../support/rows.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts'
import { lookInBothThemes } from './accessibility.ts'
import { makeReadingWorkspace } from './reading-workspace.ts'

/** What the page says about a workspace that is not as it should be, and of what another tab does; with the real server. */
let home: string
let study: string
let browser: Browser | null
let context: BrowserContext
let page: Page
let server: Awaited<ReturnType<typeof serveLobule>>
let problems: string[]
let disk: SmallDisk | null = null

const at = (name: string): string => join(home, name)

/** A workspace and a log that belongs to a later state of it, as after a backup was put back by hand. */
function restoreByHand(to: string): void {
  const later = at('later')
  cpSync(study, later, { recursive: true })
  const store = openWorkspace(later, 'test')
  for (let n = 1; n <= 200; n++) insertImage(store.database, newImage(n.toString(16).padStart(64, '0')))
  cpSync(study, to, { recursive: true })
  cpSync(join(later, 'workspace.sqlite-wal'), join(to, 'workspace.sqlite-wal'))
  store.close()
}

beforeAll(async () => {
  browser = await launchBrowser()
  home = mkdtempSync(join(tmpdir(), 'lobule-safety-'))
  study = at('study')
  await makeReadingWorkspace(home, study, 3, 'field')
  cpSync(study, at('changed'), { recursive: true })
  const database = new Sqlite(join(at('changed'), 'workspace.sqlite'))
  database.exec('CREATE TRIGGER quiet AFTER INSERT ON labels BEGIN SELECT 1; END')
  database.exec('DROP TRIGGER labels_no_update')
  database.close()
  restoreByHand(at('put-back'))
  disk = mountSmallDisk(at('disk'), 32 * 2 ** 20)
  if (disk !== null) {
    cpSync(study, at('disk/read-only'), { recursive: true })
    disk.setReadOnly(true)
  }
  const names = ['study', 'changed', 'put-back']
  const recent = [
    ...names.map((name) => ({ path: at(name), name })),
    { path: at('disk/read-only'), name: 'fixed' },
  ]
  writeFileSync(at('settings.json'), JSON.stringify({ acknowledged: true, reader: 'Anna', recent }))
})
afterAll(async () => {
  await browser?.close()
  disk?.unmount()
  rmSync(home, { recursive: true })
})
beforeEach(async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  server = await serveLobule(home)
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  page = await context.newPage()
  problems = problemsOf(page)
  await page.goto(server.url)
})
afterEach(async () => {
  if (browser === null) return
  await context.close()
  await server.stop()
})

const button = (name: string | RegExp, within: Page | Locator = page): Locator =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
const rows = (within = page): Locator => within.getByTestId('worklist-row')
/** Opened workspaces are listed with the name in them, which is the same in all copies. */
const openRecent = (path: string): Promise<void> => button(new RegExp(` ${path}$`)).click()
const look = (name: string): Promise<void> => lookInBothThemes(page, `safety-${name}`)

it('offers to mend a workspace whose database another program changed, and opens it', async () => {
  await openRecent(at('changed'))
  const dialog = page.getByRole('dialog', { name: 'Mend this workspace?' })
  await dialog.getByText('the trigger "quiet" on "labels" is not Lobule\'s').waitFor()
  await dialog.getByText('the trigger "labels_no_update" on "labels" is missing').waitFor()
  expect(await button('Mend and open', dialog).isDisabled()).toBe(true)
  await look('mend')
  // Cancel leaves everything as it is.
  await button('Cancel', dialog).click()
  await page.getByRole('heading', { name: 'Recent workspaces' }).waitFor()
  await openRecent(at('changed'))
  await dialog.getByLabel('Reason').fill('An editor of databases added it.')
  await page.keyboard.press('Enter')
  await page.getByText(/Mended\. The database as it was is kept: .*before-mending-/).waitFor()
  await rows().first().waitFor()
  await page.getByRole('link', { name: 'Audit trail' }).click()
  await page.getByRole('searchbox', { name: 'Search' }).fill('editor of databases')
  await page.getByTestId('audit-event').first().click()
  await page.getByTestId('audit-details').getByText('An editor of databases added it.').waitFor()
  expect(problems).toEqual([])
})

it('says that a log was set aside, until the notice is closed', async () => {
  await openRecent(at('put-back'))
  const notice = page.getByTestId('set-aside-banner')
  await notice.getByText(/workspace\.sqlite-wal-set-aside-\d{8}T\d{6}/).waitFor()
  await expect.poll(() => rows().count()).toBe(3)
  await look('set-aside')
  await button('Close', notice).click()
  await notice.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Models' }).click()
  expect(await notice.count()).toBe(0)
  expect(problems).toEqual([])
})

it('says that a workspace may only be read, and that a label was not saved', async ({ skip }) => {
  if (disk === null) return skip('no disk could be mounted')
  await openRecent(at('disk/read-only'))
  const notice = page.getByTestId('read-only-banner')
  await notice.waitFor()
  await rows().first().click()
  await page.keyboard.press('2')
  await page.getByRole('alert').filter({ hasText: 'is open for reading only' }).waitFor()
  await rows().first().getByText('No label', { exact: true }).waitFor()
  await look('read-only')
  expect(await page.getByTestId('backup-reminder').count()).toBe(0)
  expect(problems).toEqual([])
})

it('makes a folder where one is chosen, and says why it cannot', async () => {
  await button('Open a folder…').click()
  const dialog = page.getByRole('dialog', { name: 'Choose a folder' })
  await dialog.getByLabel('Path', { exact: true }).fill(home)
  await page.keyboard.press('Enter')
  await button(/^put-back/, dialog).waitFor()
  await button('New folder…', dialog).click()
  const name = dialog.getByLabel('Name of the new folder')
  await name.fill('a/b')
  expect(await button('Create', dialog).isDisabled()).toBe(true)
  await name.fill('study')
  await page.keyboard.press('Enter')
  await dialog.getByText(`${study} cannot be written: it exists already.`).waitFor()
  await look('new-folder')
  await name.fill('for 2027')
  await page.keyboard.press('Enter')
  await expect.poll(() => dialog.getByLabel('Path', { exact: true }).inputValue()).toBe(at('for 2027'))
  await dialog.getByText('This folder contains no other folder. You can choose it.').waitFor()
  expect(existsSync(at('for 2027'))).toBe(true)
  expect(statSync(at('for 2027')).mode & 0o777).toBe(0o700)
  expect(problems).toEqual([])
})

it('tells a tab that another one changed the reader, and drops its selection', async () => {
  await openRecent(at('study'))
  await rows().first().waitFor()
  const other = await context.newPage()
  await other.goto(new URL(page.url()).origin)
  await rows(other).first().waitFor()
  for (const row of [0, 1]) await rows().nth(row).getByRole('checkbox').click()
  await page.getByText('2 selected').waitFor()
  await button('Reading as Anna', other).click()
  const dialog = other.getByRole('dialog')
  await dialog.getByLabel('New reader').fill('Ben')
  await other.keyboard.press('Enter')
  await button('Reading as Ben', other).waitFor()
  await page.getByText('Reading as Ben now: this was changed in another tab or window.').waitFor()
  await look('other-reader')
  await page.getByText('2 selected').waitFor({ state: 'detached' })
  await page.getByRole('searchbox').first().waitFor()
  // The tab that changed it is not told.
  expect(await other.getByText('changed in another tab').count()).toBe(0)
  expect(problems).toEqual([])
})
