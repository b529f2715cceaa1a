import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser, problemsOf } from '../../support/browser.ts'
import { labelLine, readingsFileText } from '../../support/readings-file.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { lookInBothThemes } from './accessibility.ts'
import { makeReadingWorkspace } from './reading-workspace.ts'

let home: string
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null
beforeAll(async () => {
  browser = await launchBrowser()
  home = mkdtempSync(join(tmpdir(), 'lobule-exchange-'))
  const workspace = join(home, 'study')
  await makeReadingWorkspace(home, workspace, 4, 'field')
  const settings = { acknowledged: true, reader: 'Anna', recent: [{ path: workspace, name: 'study' }] }
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings))
  server = await serveLobule(home)
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
  rmSync(home, { recursive: true })
})

it('exports the readings, and imports what another computer sends', async ({ skip }) => {
  if (browser === null) return skip('no Chromium here')
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce' })
  const problems = problemsOf(page)
  page.setDefaultTimeout(20_000)
  await page.goto(server.url)
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
