import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { researchUseSentence } from '../../../electron/contract/index.ts'
import { makeSyntheticField } from '../../../electron/engine/synthetic/index.ts'
import { sharedPath } from '../../shared-data.ts'
import { launchBrowser, problemsOf, screenshotPath } from '../../support/browser.ts'
import { noise, stack } from '../../support/odd-files.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { violationsOf } from './accessibility.ts'

/** A reader's first day with their own images, in the browser: drop, import, filter, label, view, measure. */
const fields = 12

let home: string
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null
let page: Page
let problems: string[]
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'lobule-import-story-'))
  browser = await launchBrowser()
  if (browser === null) return
  server = await serveLobule(home)
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  problems = problemsOf(page)
  await makePictures()
})
afterAll(async () => {
  await browser?.close()
  if (browser !== null) await server.stop()
  rmSync(home, { recursive: true })
})

const outside = (...parts: string[]): string => join(home, 'outside', ...parts)
const button = (name: string | RegExp, within: Page | Locator = page): Locator =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
const rows = (): Locator => page.getByTestId('worklist-row')
const dialog = (): Locator => page.getByRole('dialog')
const shoot = async (name: string): Promise<void> => {
  expect.soft(await violationsOf(page), name).toEqual([])
  await page.screenshot({ path: screenshotPath(`import-${name}`) })
}

/** A folder of fields with a few that cannot be imported, a slide and a table, as on a real disk. */
async function makePictures(): Promise<void> {
  mkdirSync(outside('Fälle 2023'), { recursive: true })
  for (let index = 0; index < fields; index++) {
    const field = makeSyntheticField({ className: 'Benign', seed: 3, index, widthPx: 512, heightPx: 384 })
    const raw = { width: field.widthPx, height: field.heightPx, channels: 3 } as const
    const name = `H23-${1200 + Math.floor(index / 3)}_${(index % 3) + 1}.png`
    writeFileSync(outside('Fälle 2023', name), await sharp(field.data, { raw }).png().toBuffer())
  }
  writeFileSync(outside('Fälle 2023', 'stack.tif'), await stack('story'))
  writeFileSync(outside('Fälle 2023', 'notes.tif'), 'not an image')
  writeFileSync(outside('Fälle 2023', 'notes.txt'), 'skipped')
  const known = sharedPath('data/wsi/cmu-1-small-region.svs')
  if (known === null) {
    console.warn('A small pyramid takes the place of the real slide.')
    const pyramid = noise('slide', 2400, 1800).tiff({ tile: true, pyramid: true, xres: 2000, yres: 2000 })
    writeFileSync(outside('slide.svs'), await pyramid.toBuffer())
  } else copyFileSync(known, outside('slide.svs'))
}

/** Drops files and folders of this machine's disk on the page, as a file manager does. */
async function dropOnPage(paths: readonly string[]): Promise<void> {
  const debug = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await debug.send('Input.dispatchDragEvent', { type, x: 700, y: 500, data })
  }
  await debug.detach()
}

it('imports dropped files, with a case expression, and reports failures', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  await page.goto(server.url)
  await page.getByText(researchUseSentence).first().waitFor()
  await button('I understand').click()
  // A drop has no effect here, and the page stays.
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByLabel('Name', { exact: true }).waitFor()
  await dropOnPage([outside('slide.svs')])
  await page.getByText('Open or create a workspace before').waitFor()
  await page.getByLabel('Name', { exact: true }).fill('first-day')
  await button('Create workspace').click()
  await page.getByTestId('empty-state').waitFor()

  await dropOnPage([outside('Fälle 2023'), outside('slide.svs')])
  await dialog().getByText('15 files dropped').waitFor()
  await dialog().getByText('Copied into the workspace', { exact: true }).waitFor()
  // The form that fits the names best is chosen, with its counts; that it is a guess is said before the step is opened.
  await button('Cases Laboratory number: 4, guessed', dialog()).click()
  await dialog().getByRole('radio', { name: 'Laboratory number', checked: true }).waitFor()
  await dialog()
    .getByText(/^4 cases, 3 images each, 3 files without a case\./)
    .waitFor()
  await shoot('0-proposals')
  await dialog().getByRole('radio', { name: 'Another part of the name' }).check()
  const expression = dialog().getByLabel('Regular expression', { exact: true })
  await expression.fill('(')
  await dialog().getByText('Not a valid regular expression').waitFor()
  expect(await button('Import', dialog()).isDisabled()).toBe(true)
  // Entries are kept after the dialog closes.
  await button('Close', dialog()).click()
  await dialog().waitFor({ state: 'detached' })
  await button('Import images…').click()
  await button(/^Cases Another part of the name/, dialog()).click()
  expect(await expression.inputValue()).toBe('(')
  await expression.fill('^([^_]+)_')
  await dialog().getByText('4 cases', { exact: false }).waitFor()
  const row = dialog().getByRole('row').filter({ hasText: 'H23-1203_3.png' })
  await row.getByText('H23-1203', { exact: true }).last().waitFor()
  await dialog().getByRole('row').filter({ hasText: 'slide.svs' }).getByText('no match').waitFor()
  await button(/^Files/, dialog()).click()
  await dialog().getByLabel('Enter it for files that do not state it').check()
  await dialog().getByLabel('Micrometres per pixel (µm)').fill('42')
  await dialog().getByText('Enter a pixel size from 0.05 to 20 µm.').waitFor()
  await dialog().getByLabel('Micrometres per pixel (µm)').fill('0,42')
  await shoot('1-dialog')
  await page.keyboard.press('Control+Enter')

  const strip = page.getByTestId('job-strip')
  await strip.getByText(`${fields + 1} images imported, 2 failed`).waitFor()
  await button('Details', strip).click()
  await dialog().getByText('1 file contains several images').waitFor()
  await dialog().getByRole('row').filter({ hasText: 'notes.tif' }).waitFor()
  await shoot('2-report')
  await button('Choose images…', dialog()).click()
  await dialog().getByText('Choose which to import').waitFor()
  expect(await dialog().getByRole('radio', { name: 'All images' }).isChecked()).toBe(true)
  await shoot('3-pages')
  await button('Import', dialog()).click()
  await strip.getByText(/^3 images imported/).waitFor()
  // The events of a job can come before the answer to its start, which closes the dialog.
  await dialog().waitFor({ state: 'detached' })
  // Imported files are stored in the workspace, each once.
  const copies = readdirSync(join(home, 'first-day', 'images'))
  expect(copies).toHaveLength(fields + 2)
  expect(problems).toEqual([])
})

it('labels ten images with the keyboard alone, undoes one, and finds everything again', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  /** For each listed image. */
  const labels = (): Promise<string[]> => rows().locator('.label .word').allTextContents()
  await page.keyboard.press('/')
  await page.keyboard.type('H23')
  await expect.poll(() => rows().count()).toBe(fields)
  expect(new Set(await labels()).size).toBe(1)
  await button(/^Without label/).click()
  await page.getByTestId('worklist').focus()
  // A labelled image leaves the list; the next one is under the cursor.
  for (let index = 0; index < 10; index++) {
    await page.keyboard.press(String((index % 4) + 1))
    await expect.poll(() => rows().count()).toBe(fields - 1 - index)
  }
  await page.keyboard.press('u')
  await expect.poll(() => rows().count()).toBe(3)
  await page.getByText('9 labelled', { exact: false }).first().waitFor()
  await shoot('4-labelled')
  await page.keyboard.press('?')
  const keys = dialog().locator('section').filter({ hasText: 'In the worklist' }).locator('dl div')
  expect(await keys.filter({ hasText: 'Unsure' }).textContent()).toMatch(/Unsure\s*S/)
  await shoot('4-keys')
  await page.keyboard.press('Escape')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('s')
  await page.getByText('1 image marked as unsure.').waitFor()
  await expect.poll(() => rows().filter({ hasText: 'Unsure' }).count()).toBe(1)
  await button('Clear filters').click()
  await page.keyboard.press('/')
  await page.keyboard.type('H23')
  await expect.poll(() => rows().count()).toBe(fields)
  const given = await labels()
  expect(given.filter((word) => word === 'Normal')).toHaveLength(3)
  expect(new Set(given).size).toBe(5)
  await button('Clear filters').click()

  await page.keyboard.press('/')
  await page.keyboard.type('slide')
  await expect.poll(() => rows().count()).toBe(1)
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('Enter')
  const viewer = page.locator('[data-testid=viewer][data-ready=true]')
  await viewer.waitFor()
  await shoot('5-slide')
  await page.keyboard.press('z')
  await page.getByText('100%', { exact: false }).first().waitFor()
  await viewer.waitFor()
  await page.keyboard.press('m')
  await page.mouse.move(500, 400)
  await page.mouse.down()
  await page.mouse.move(700, 400, { steps: 4 })
  await page.mouse.up()
  // The pixels of the real slide measure 0.499 um; 200 of them on a screen at 1:1.
  const measured = page.getByTestId('measurement')
  await measured.getByText('µm').waitFor()
  const length = (await measured.textContent()) ?? ''
  expect(parseFloat(length.replace(/[^\d.]/g, ''))).toBeCloseTo(100, -1)
  await page.getByText(`Measured ${length}.`).waitFor()
  await page.keyboard.press('Escape')
  await shoot('6-measured')
  const id = await page.getByTestId('viewer').getAttribute('data-image-id')

  await page.reload()
  await viewer.waitFor()
  expect(await page.getByTestId('viewer').getAttribute('data-image-id')).toBe(id)
  await page.getByTestId('region-row').getByText(length).waitFor()
  expect(await measured.allTextContents()).toEqual([length])
  // It is where it was measured: at full resolution its visible length is the same as before.
  await page.getByTestId('region-row').dblclick()
  await viewer.waitFor()
  await shoot('7-measured-reloaded')
  const line = await page.getByTestId('region-shape').locator('.line').boundingBox()
  expect(line?.width).toBeCloseTo(200, -1)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByText('9 labelled', { exact: false }).first().waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('H23')
  await expect.poll(() => rows().count()).toBe(fields)
  expect(await labels()).toEqual(given)
  await expect.poll(() => rows().filter({ hasText: 'Unsure' }).count()).toBe(1)
  await button('Clear filters').click()
  await page
    .getByText(`${fields + 4} images`)
    .first()
    .waitFor()
  await shoot('7-reloaded')
  expect(problems).toEqual([])
})

it('keeps the classes once labels exist, and checks, searches and cleans the workspace', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  await page.goto(new URL('#/settings', server.url.replace(/\?.*/, '')).href)
  const settings = page.getByTestId('settings')
  await settings.getByText('and each must keep its meaning', { exact: false }).waitFor()
  await button('Check the workspace', settings).click()
  await settings.getByText('No problems found.').waitFor()
  // The two that could not be imported are still kept for another try.
  expect(existsSync(join(home, 'first-day', 'dropped'))).toBe(true)
  await button('Clean Temporary files', settings).click()
  await page.getByText('freed.').waitFor()
  expect(existsSync(join(home, 'first-day', 'dropped'))).toBe(false)
  await button('Check the workspace', settings).waitFor()
  await shoot('8-settings')
  expect(problems).toEqual([])
})
