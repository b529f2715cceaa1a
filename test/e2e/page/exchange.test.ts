import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseClassScheme } from '../../../electron/contract/index.ts'
import { appendEvent, createWorkspace } from '../../../electron/store/index.ts'
import { launchBrowser, problemsOf } from '../../support/browser.ts'
import { labelLine, readingsFileText } from '../../support/readings-file.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { lookInBothThemes } from './accessibility.ts'
import { makeReadingWorkspace } from './reading-workspace.ts'

let home: string
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null
/** Of both tests: the address of the server works once. */
let page: Page | null = null

function makeHandedOver(path: string, isBlind: boolean): void {
  const store = createWorkspace(path, parseClassScheme('Benign,Malignant*'), 'test')
  appendEvent(store.database, {
    kind: 'import',
    object: { type: 'workspace', id: null, name: null },
    after: { what: 'handover', to: 'Eva', isBlind },
  })
  store.close()
}

beforeAll(async () => {
  browser = await launchBrowser()
  home = mkdtempSync(join(tmpdir(), 'lobule-exchange-'))
  const workspace = join(home, 'study')
  await makeReadingWorkspace(home, workspace, 4, 'field')
  const names = ['study', 'for-eva', 'for-eva-open']
  for (const name of names.slice(1)) makeHandedOver(join(home, name), name === 'for-eva')
  const recent = names.map((name) => ({ path: join(home, name), name }))
  const settings = { acknowledged: true, reader: 'Anna', recent }
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings))
  server = await serveLobule(home)
  if (browser === null) return
  page = await browser.newPage({ viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce' })
  await page.goto(server.url)
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
  rmSync(home, { recursive: true })
})

it('exports the readings, and imports what another computer sends', async ({ skip }) => {
  if (page === null) return skip('no Chromium here')
  const problems = problemsOf(page)
  await page.getByRole('button', { name: 'study' }).first().click()
  await page.getByRole('link', { name: 'Agreement' }).click()
  const section = page.getByRole('region', { name: 'Readings on other computers' })
  await section.getByRole('button', { name: 'Export readings…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Folder').fill(home)
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText(`Readings exported to ${join(home, 'readings.jsonl')}.`).waitFor()
  const written = readFileSync(join(home, 'readings.jsonl'), 'utf8')
  const image = /"image":"([0-9a-f]{64})"/.exec(written)?.[1] ?? ''
  const line = labelLine(image, { reader: 'Gina', className: 'Normal' })
  writeFileSync(join(home, 'gina.jsonl'), readingsFileText([image, 'f'.repeat(64)], [line]))
  await section.getByRole('button', { name: 'Hand over cases…' }).click()
  await dialog.getByLabel('Reader', { exact: true }).fill('Eva Blau')
  await dialog.getByLabel('Folder', { exact: true }).fill(home)
  await dialog.getByLabel('Cases, one on each line').fill('nothing like it')
  await dialog.getByText('nothing like it', { exact: false }).first().waitFor()
  expect(await dialog.getByRole('button', { name: 'Hand over' }).isDisabled()).toBe(true)
  await dialog.getByLabel('Cases, one on each line').fill('')
  await dialog.getByRole('checkbox', { name: /^Blind/ }).check()
  expect(await dialog.getByRole('checkbox', { name: /^Copy the images/ }).isDisabled()).toBe(true)
  await lookInBothThemes(page, 'hand-over')
  // The files of this workspace are not those of its hashes, so they cannot be copied.
  await dialog.getByRole('checkbox', { name: /^Blind/ }).uncheck()
  await dialog.getByLabel('Cases, one on each line').fill('case1')
  await dialog.getByRole('button', { name: 'Hand over' }).click()
  await section.getByText(/^Handed over to Eva Blau: 2 images of 1 case, 0 labels[.]/).waitFor()
  expect(readdirSync(join(home, 'for-eva-blau'))).toContain('workspace.sqlite')
  await section.getByRole('button', { name: 'Import readings…' }).click()
  await dialog.getByLabel('Path', { exact: true }).fill(join(home, 'gina.jsonl'))
  await page.keyboard.press('Enter')
  await section
    .getByText(/^1 entry added from “elsewhere”, 0 were here already. Not in this workspace: 1 image/)
    .waitFor()
  await section.scrollIntoViewIfNeeded()
  await lookInBothThemes(page, 'exchange')
  expect(problems).toEqual([])
})

it('asks before the reader of a handover begins', async ({ skip }) => {
  if (page === null) return skip('no Chromium here')
  const at = page
  const problems = problemsOf(page)
  const open = (name: string): Promise<void> => at.getByTitle(join(home, name), { exact: true }).click()
  const close = async (): Promise<void> => {
    await at.getByRole('button', { name: /^Workspace: / }).click()
    await at.getByRole('menuitem', { name: 'Close workspace' }).click()
  }
  // The other test left it open.
  await close()
  const dialog = page.getByRole('dialog', { name: 'Does Eva begin to read?' })
  await open('for-eva')
  await dialog.waitFor()
  await lookInBothThemes(page, 'handed-over')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await open('for-eva-open')
  await dialog.getByRole('button', { name: 'Only look' }).click()
  await page.getByRole('button', { name: /Anna/ }).first().waitFor()
  await close()
  await open('for-eva')
  await dialog.getByRole('button', { name: 'Read as Eva, blind' }).click()
  await page.getByText('Eva is reading blind', { exact: false }).first().waitFor()
  await lookInBothThemes(page, 'handed-over-begun')
  expect(await page.getByText('this was changed in another tab or window').count()).toBe(0)
  expect(problems).toEqual([])
})
