import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { csvText, parseCsv } from '../../../electron/base/csv.ts'
import { researchUseSentence } from '../../../electron/contract/index.ts'
import { launchBrowser, problemsOf, screenshotPath } from '../../support/browser.ts'
import { noise } from '../../support/odd-files.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { violationsOf } from './accessibility.ts'

/** An import that is checked first, and what became of each file, saved as a table. */
let home: string
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null
let page: Page
let problems: string[]
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'lobule-import-check-'))
  browser = await launchBrowser()
  if (browser === null) return
  await makeFiles()
  server = await serveLobule(home)
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  problems = problemsOf(page)
})
afterAll(async () => {
  await browser?.close()
  if (browser !== null) await server.stop()
  rmSync(home, { recursive: true })
})

const outside = (...parts: string[]): string => join(home, 'outside', ...parts)
const dialog = (): Locator => page.getByRole('dialog')
const strip = (): Locator => page.getByTestId('job-strip')
const button = (name: string | RegExp, within: Page | Locator = page): Locator =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
const rows = (): Locator => page.getByTestId('worklist-row')
const shoot = async (name: string): Promise<void> => {
  expect.soft(await violationsOf(page), name).toEqual([])
  await page.screenshot({ path: screenshotPath(`import-check-${name}`) })
}

/** One picture in two class folders, a damaged one, notes, two names that are not UTF-8, and a table with a similar name. */
async function makeFiles(): Promise<void> {
  for (const folder of ['Normal', 'Benign']) mkdirSync(outside(folder), { recursive: true })
  for (const name of ['a', 'b'])
    writeFileSync(outside('Normal', `${name}.png`), await noise(name, 40, 30).png().toBuffer())
  copyFileSync(outside('Normal', 'a.png'), outside('Benign', 'copy.png'))
  writeFileSync(outside('Normal', 'damaged.png'), 'no picture')
  writeFileSync(outside('notes.txt'), 'skipped')
  if (process.platform === 'linux')
    for (const byte of [0xe8, 0xe9])
      writeFileSync(
        Buffer.concat([Buffer.from(outside('caf')), Buffer.from([byte]), Buffer.from('.png')]),
        'x',
      )
  const table = [
    ['file', 'label', 'reader'],
    ['Normal/a.png', 'Benign', 'Béa'],
    ['Normal/b.png', 'Benign', 'Bea'],
  ]
  writeFileSync(outside('labels.csv'), csvText(table))
}

async function openImport(): Promise<void> {
  await page.keyboard.press('Control+k')
  await dialog().getByRole('combobox').fill('Import images')
  await page.keyboard.press('Enter')
  await dialog().getByText('What to import').waitFor()
}

/** The lines of the account that was saved last, by what they are about. */
function savedAccount(name: string): string[] {
  const refuse = (reason: string): never => {
    throw new Error(reason)
  }
  return parseCsv(readFileSync(join(home, name), 'utf8').replace('\uFEFF', ''), refuse).map(
    ({ what = '', file = '', outcome = '' }) => `${what} ${file.replace(outside('/'), '')} ${outcome}`,
  )
}

const unreadable = process.platform === 'linux' ? ['file caf<E8>.png failed', 'file caf<E9>.png failed'] : []
const account = [
  ...unreadable,
  'file Benign/copy.png imported',
  'file Normal/a.png contradicting',
  'file Normal/b.png imported',
  'file Normal/damaged.png failed',
  'label Normal/a.png contradicting',
  'skipped .csv 1',
  'skipped .txt 1',
].toSorted()

it('checks an import without importing, and saves what became of each file', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  await page.goto(server.url)
  await page.getByText(researchUseSentence).first().waitFor()
  await button('I understand').click()
  await page.getByLabel('Name', { exact: true }).fill('checked')
  await button('Create workspace').click()
  await page.getByTestId('empty-state').waitFor()

  await openImport()
  // Nothing is chosen yet.
  expect(await button('Check without importing', dialog()).isDisabled()).toBe(true)
  await dialog().getByLabel('Path of a file or folder').fill(outside())
  await page.keyboard.press('Enter')
  await dialog().getByRole('row').filter({ hasText: 'copy.png' }).waitFor()
  await shoot('1-dialog')
  await button('Check without importing', dialog()).click()
  await dialog().waitFor({ state: 'detached' })
  await button('Details', strip()).click()
  await dialog().getByText('1 label or case contradicts the workspace, which stays as it is').waitFor()
  await dialog().getByRole('row').filter({ hasText: 'damaged.png' }).waitFor()
  await shoot('2-checked')
  expect(await rows().count()).toBe(0)

  await button('Save as a table…', dialog()).click()
  await dialog().getByLabel('File name').fill('checked.csv')
  await shoot('3-save')
  await button('Save', dialog()).click()
  await dialog().getByText('1 label or case contradicts', { exact: false }).waitFor()
  expect(savedAccount('checked.csv').toSorted()).toEqual(account)
  // A second time it asks before it replaces the file.
  await button('Save as a table…', dialog()).click()
  await dialog().getByLabel('File name').fill('checked.csv')
  await button('Save', dialog()).click()
  await dialog().getByText('already exists', { exact: false }).waitFor()
  await button('Replace the file', dialog()).click()
  await dialog().getByText('1 label or case contradicts', { exact: false }).waitFor()
  await button('Close', dialog()).first().click()

  // The entries have stayed; the import itself gives the same account.
  await openImport()
  await dialog().getByRole('row').filter({ hasText: 'copy.png' }).waitFor()
  await button('Import', dialog()).click()
  await expect.poll(() => rows().count()).toBe(2)
  await button('Details', strip()).click()
  await button('Save as a table…', dialog()).click()
  await dialog().getByLabel('File name').fill('imported.csv')
  await button('Save', dialog()).click()
  await dialog().getByText('1 label or case contradicts', { exact: false }).waitFor()
  expect(savedAccount('imported.csv').toSorted()).toEqual(account)
  await button('Close', dialog()).first().click()
  expect(problems).toEqual([])
}, 180_000)

it('confirms a reader whose name looks like another one', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  await openImport()
  await dialog().getByLabel('Path of a file or folder').fill(outside('Normal'))
  await page.keyboard.press('Enter')
  await button(/^Labels/, dialog()).click()
  await dialog().getByRole('radio', { name: 'From a table (CSV)' }).check()
  await dialog().getByLabel('Table of labels').fill(outside('labels.csv'))
  const warning = dialog().getByText('the new reader "Bea" looks like "Béa"', { exact: false })
  await warning.waitFor()
  const confirm = dialog().getByLabel('New readers with similar names are other readers')
  await confirm.scrollIntoViewIfNeeded()
  await shoot('4-similar-reader')
  await confirm.check()
  await warning.waitFor({ state: 'detached' })
  await button('Import', dialog()).click()
  await dialog().waitFor({ state: 'detached' })
  await button('Details', strip()).click()
  await dialog().getByText('2 rows of the table: 2 added.').waitFor()
  await shoot('5-added')
  expect(problems).toEqual([])
})

it.runIf(process.platform === 'linux')('names files that it cannot offer', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  await button('Close', dialog()).first().click()
  await openImport()
  await button('Choose files…', dialog()).click()
  await dialog().last().getByLabel('Path').fill(outside())
  await page.keyboard.press('Enter')
  await page.getByText('caf<E8>.png, caf<E9>.png', { exact: false }).waitFor()
  await shoot('6-unreadable-names')
  expect(problems).toEqual([])
})
