import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AgreementReport, ImageView, KnownReader } from '../../../electron/contract/index.ts'
import { launchBrowser, problemsOf, screenshotPath } from '../../support/browser.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { lookInBothThemes } from './accessibility.ts'

/** Labels of folder names, of a table and of synthetic tissue: never under the name of the reader who imported them. */
let home: string
let workspace: string
let browser: Browser | null
let page: Page
let problems: string[]
let server: Awaited<ReturnType<typeof serveLobule>> | null = null

const json = <T>(...parameters: string[]): Promise<T> =>
  lobuleJson<T>([...parameters, '--workspace', workspace], { home })
const said = async (...parameters: string[]): Promise<string> =>
  (await runLobule([...parameters, '--workspace', workspace], { home })).stdout

beforeAll(async () => {
  browser = await launchBrowser()
  home = mkdtempSync(join(tmpdir(), 'lobule-label-sources-'))
  workspace = join(home, 'study')
  writeFileSync(
    join(home, 'settings.json'),
    JSON.stringify({ acknowledged: true, reader: 'Anna', recent: [{ path: workspace, name: 'study' }] }),
  )
  for (const [index, name] of ['benign/1', 'benign/2', 'invasive/3', 'table/4'].entries()) {
    const path = join(home, 'pictures', `${name}.png`)
    mkdirSync(join(path, '..'), { recursive: true })
    const background = { r: 60 * index, g: 90, b: 120 }
    await sharp({ create: { width: 64, height: 48, channels: 3, background } })
      .png()
      .toFile(path)
  }
  writeFileSync(join(home, 'ward.csv'), 'file,label\n4.png,Benign\n')
  await json('init')
  await runLobule(['demo', join(home, 'drawn'), '--per-class', '1', '--width', '128', '--height', '96'], {
    home,
  })
  for (const folder of ['pictures/benign', 'pictures/invasive', 'drawn/Benign'])
    await json('import', join(home, folder), '--labels', 'folder')
  await json('import', join(home, 'pictures', 'table'), '--labels', join(home, 'ward.csv'))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  rmSync(home, { recursive: true })
})

it('on the command line: lists, readers, agreement and the table of labels', async () => {
  const images = await json<ImageView[]>('images')
  expect(images.map(({ label }) => [label?.className, label?.reader, label?.source])).toEqual([
    ['Benign', null, 'folder'],
    ['Benign', null, 'folder'],
    ['Invasive', null, 'folder'],
    ['Benign', null, 'synthetic'],
    ['Benign', null, 'table'],
  ])
  expect(await json<KnownReader[]>('readers')).toMatchObject([{ name: 'Anna', read: 0, entries: 0 }])
  await json('label', '1.png', 'Benign', '--reader', 'Eva')
  await json('label', '2.png', 'Invasive', '--reader', 'Eva')
  const report = await json<AgreementReport>('agreement')
  expect(report.pairs).toEqual([])
  expect(report.readers).toMatchObject([{ name: 'Eva', read: 2 }])
  expect(report.disputed).toEqual([images[1]?.id])
  const listed = await said('labels')
  for (const name of ['Folder name', 'Synthetic', 'Table ward.csv', 'Eva']) expect(listed).toContain(name)
  expect(listed).not.toContain('Anna')
  const trail = await said('audit', 'list', '--kind', 'label')
  expect(trail).toContain('Folder name')
  expect(trail).not.toContain('Anna')
  const table = join(home, 'labels.csv')
  await json('labels', '--csv', table)
  const [head, first] = readFileSync(table, 'utf8').split('\r\n')
  expect(head).toMatch(/,kind,unsure,blind,source,table,imported by$/)
  expect(first).toMatch(/,reading,,,folder,,Anna$/)
  await json('worklist', '--csv', join(home, 'list.csv'))
  expect(readFileSync(join(home, 'list.csv'), 'utf8')).toContain('Folder name: Benign; Eva: Invasive')
  // By former names: one with the sign of a renaming, and one in other letters.
  await json('classes', '--rename', 'Benign=A=B')
  await json('classes', '--rename', 'A=B=Harmless')
  expect(await said('classes', '--rename', 'A=B=Benign', '--colour', 'Harmless=#117733')).toMatch(
    /formerly[^]*Benign +#117733 +A=B, Harmless\n/,
  )
  const { readings } = await json<ImageView>('label', '4.png', 'HARMLESS', '--reader', 'Eva')
  expect(readings.all.map(({ className }) => className)).toEqual(['Benign', 'Benign'])
  expect(await json('audit', 'verify')).toMatchObject({ whole: true })
})

it('in the page: list, viewer, readers, agreement and audit trail', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  server = await serveLobule(home)
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  problems = problemsOf(page)
  await page.goto(server.url)
  await page.getByRole('button', { name: /study/ }).first().click()
  const rows = page.getByTestId('worklist-row')
  await rows.first().waitFor()
  const rowOf = (name: string) => rows.filter({ hasText: name })
  await rowOf('1.png')
    .getByText(/^Folder name: /)
    .waitFor()
  await rowOf('4.png')
    .getByText(/^Table ward.csv: /)
    .waitFor()
  const list = await page.getByTestId('worklist').textContent()
  expect(list).toContain('Synthetic')
  expect(list).not.toContain('Anna')
  await lookInBothThemes(page, 'sources-list')

  await rowOf('2.png').locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  const readings = page.getByTestId('readings')
  await readings.getByText('Folder name', { exact: true }).waitFor()
  expect(await readings.textContent()).not.toContain('Anna')
  await page.getByText('The labels differ', { exact: false }).waitFor()
  await page.screenshot({ path: screenshotPath('sources-viewer') })
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Reading as Anna' }).first().click()
  await page.getByRole('dialog').getByText('0 images read').waitFor()
  await page.screenshot({ path: screenshotPath('sources-readers') })
  await page.keyboard.press('Escape')

  await page.getByRole('link', { name: 'Agreement' }).click()
  await page.getByText('No image has labels from two readers yet.').waitFor()
  expect(await page.getByRole('main').textContent()).not.toMatch(/Anna: \d/)
  await page.screenshot({ path: screenshotPath('sources-agreement') })

  await page.getByRole('link', { name: 'Audit trail' }).click()
  const event = page.getByTestId('audit-event').filter({ hasText: 'Folder name' }).first()
  await event.click()
  await page.getByTestId('audit-details').getByText('Folder name, imported by Anna').waitFor()
  await page.screenshot({ path: screenshotPath('sources-audit') })
  expect(problems).toEqual([])
})

it('in the page: a class with labels gets another name, and list, filters and addresses follow', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium')
  const rows = page.getByTestId('worklist-row')
  const ofLabel = page.getByRole('group', { name: 'Label', exact: true })
  const choice = (name: string): Locator => ofLabel.getByRole('button', { name })
  /** Three images with the label that is chosen, which the address names. */
  const isFiltered = async (name: string): Promise<void> => {
    await expect.poll(() => rows.count()).toBe(3)
    expect(await choice(name).getAttribute('aria-pressed')).toBe('true')
    await expect.poll(() => page.url()).toMatch(new RegExp(`[?]label=${name}(&at=\\d+)?$`))
  }
  await page.getByRole('link', { name: 'Worklist' }).click()
  await choice('Benign').click()
  await expect.poll(() => rows.count()).toBe(3)
  await page.getByRole('button', { name: 'Save these filters' }).click()
  await page.keyboard.type('mine')
  await page.keyboard.press('Enter')

  await page.getByRole('link', { name: 'Settings' }).click()
  const name = page.getByLabel('Name of class 2')
  await name.fill('Fibroadenoma')
  await page.getByRole('button', { name: 'Save classes' }).click()
  await page.getByText('formerly Benign').waitFor()
  expect(await name.inputValue()).toBe('Fibroadenoma')
  await page.screenshot({ path: screenshotPath('renamed-class') })

  await page.getByRole('link', { name: 'Worklist' }).click()
  await isFiltered('Fibroadenoma')
  await rows.filter({ hasText: '1.png' }).getByText('Fibroadenoma').first().waitFor()
  expect(await ofLabel.textContent()).not.toContain('Benign')
  await page.screenshot({ path: screenshotPath('renamed-list') })
  await choice('Fibroadenoma').click()
  await expect.poll(() => rows.count()).toBe(5)
  await page.getByRole('button', { name: 'mine', exact: true }).click()
  await isFiltered('Fibroadenoma')
  await page.goto(new URL('/#/?label=Benign', server?.url).href)
  await page.reload()
  await isFiltered('Fibroadenoma')
  expect(problems).toEqual([])
})
