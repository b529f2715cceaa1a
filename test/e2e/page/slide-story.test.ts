import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeSyntheticField } from '../../../electron/engine/synthetic/index.ts'
import { sharedPath } from '../../shared-data.ts'
import { launchBrowser, problemsOf } from '../../support/browser.ts'
import { lobuleJson } from '../../support/run-lobule.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { lookInBothThemes } from './accessibility.ts'

/**
 * A reader's day with slides, in real Chromium: import a folder of mixed formats, analyse a slide for real, step through its places
 * by keys, label them, export, train on them. The model is one of an untrained encoder on crops of 80 um.
 */
let home: string
let browser: Browser | null
let server: Awaited<ReturnType<typeof serveLobule>>
/** A JPEG 2000 slide that OpenSlide reads; null: `../shared` is not there. */
const scanned = sharedPath('data/wsi/svs-jp2k-33005.svs')

const at = (...names: string[]): string => join(home, ...names)
const outside = (...parts: string[]): string => join(home, 'outside', ...parts)

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'lobule-slide-story-'))
  browser = await launchBrowser()
  if (browser === null) return
  const json = (...parameters: string[]): Promise<unknown> => lobuleJson(parameters, { home })
  await json('encoders', 'demo')
  await json('demo', at('train'), '--per-class', '4', '--seed', '1', '--width', '384', '--height', '320')
  await json('init', '--workspace', at('study'))
  await json('import', at('train'), '--workspace', at('study'), '--labels', 'folder')
  const set = ['folds=2', 'augmentations=1', 'crops=96', 'cropCount=4', 'rounds=10']
  await json(
    'train',
    '--workspace',
    at('study'),
    '--recipe',
    'quick',
    '--set',
    ...set,
    '--use',
    '--name',
    'm',
  )
  mkdirSync(outside(), { recursive: true })
  await json('demo', '--slide', '--out', outside('slide.tif'), '--width', '4000', '--height', '3000')
  await makeOthers()
  writeFileSync(
    at('settings.json'),
    JSON.stringify({
      acknowledged: true,
      reader: 'Ada',
      recent: [{ path: at('study'), name: 'study' }],
      tourSeen: true,
    }),
  )
  server = await serveLobule(home)
}, 180_000)
afterAll(async () => {
  await browser?.close()
  if (browser !== null) await server.stop()
  rmSync(home, { recursive: true })
})

/** What else is in the folder: fields of a camera in two formats, a slide of a scanner, one in a format that is not read, a text. */
async function makeOthers(): Promise<void> {
  const { data, widthPx, heightPx } = makeSyntheticField({
    className: 'Benign',
    seed: 9,
    index: 0,
    widthPx: 512,
    heightPx: 384,
  })
  const raw = { width: widthPx, height: heightPx, channels: 3 } as const
  await sharp(data, { raw }).png().toFile(outside('field.png'))
  await sharp(data, { raw }).flip().jpeg().toFile(outside('other field.jpg'))
  if (scanned === null) console.warn('No slide of a scanner in the story: ../shared is not there.')
  else copyFileSync(scanned, outside('scanned.svs'))
  writeFileSync(outside('olympus.vsi'), 'II*\0 not read')
  writeFileSync(outside('notes.txt'), 'skipped')
}

it('imports a folder of mixed formats, analyses a slide, steps through its places, labels, exports and trains', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium')
  const page: Page = await browser.newPage({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
  })
  const problems = problemsOf(page)
  const button = (name: string | RegExp, within: Page | Locator = page): Locator =>
    within.getByRole('button', { name, exact: typeof name === 'string' })
  const dialog = page.getByRole('dialog')
  const rows = page.getByTestId('worklist-row')
  const strip = page.getByTestId('job-strip')
  const panel = page.getByTestId('slide-map-panel')
  const look = (name: string): Promise<void> => lookInBothThemes(page, `slide-story-${name}`)
  const imported = scanned === null ? 3 : 4

  await page.goto(server.url)
  await button(/study/).first().click()
  await rows.first().waitFor()
  await button(/^Import/).first().click() // prettier-ignore
  await dialog.getByPlaceholder('Path of a file or folder').fill(outside())
  await page.keyboard.press('Enter')
  // What is not imported is named by its kind, before and after.
  await dialog.getByText(/1 \.vsi \(Olympus slides\)/).waitFor()
  await look('import')
  await page.keyboard.press('Control+Enter')
  await strip.getByText(new RegExp(`^${imported} images imported`)).waitFor()
  await button('Details', strip).click()
  await dialog.getByText(/1 \.vsi \(Olympus slides\)/).waitFor()
  await look('imported')
  await page.keyboard.press('Escape')

  await rows.filter({ hasText: 'slide.tif' }).locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.keyboard.press('o')
  await panel.getByText('This slide has not been analysed.').waitFor()
  await button('Analyse slide…', panel).click()
  await dialog.getByText('Analyse 1 slide').waitFor()
  // Several computers could share it: a plan for them, written from the estimate.
  await button('Estimate the time', dialog).click()
  await dialog.getByText(/^About .* on this computer: /).waitFor()
  await button('Make a plan…', dialog).click()
  const plan = page.getByRole('dialog', { name: 'Plan for several computers' })
  await plan.getByLabel('Folder', { exact: true }).fill(home)
  await button('Write the plan', plan).click()
  await plan.getByText(`${at('plan')}: 1 slide (`).waitFor()
  await plan.getByText(`lobule slides-shard ${at('plan')} --shard N/COUNT`).waitFor()
  expect(JSON.parse(readFileSync(at('plan', 'plan.json'), 'utf8'))).toMatchObject({ kind: 'slides' })
  await look('planned')
  await button('Close', plan).last().click()
  await button('Analyse', dialog).click()
  const startedAt = performance.now()
  await page.getByTestId('slide-areas').waitFor()
  console.warn(`a real analysis of 4000 x 3000 pixels in ${Math.round(performance.now() - startedAt)} ms`)
  await page.getByTestId('slide-map').waitFor()

  const current = page.locator('[data-testid=slide-place-row][aria-current=true]')
  const regions = page.getByTestId('region-row')
  await page.keyboard.press('.')
  await expect.poll(() => current.count()).toBe(1)
  const first = await current.textContent()
  await page.keyboard.press('4')
  await regions.getByText('Invasive').waitFor()
  await page.keyboard.press('.')
  await expect.poll(() => current.textContent()).not.toBe(first)
  await page.keyboard.press('2')
  await expect.poll(() => regions.count()).toBe(2)
  await look('labelled')
  await page.keyboard.press('Escape')

  await button('Export…', panel).click()
  await dialog.getByLabel('Folder').fill(at('out'))
  await button('Export', dialog).click()
  await page.getByText(`7 files written to ${at('out')}.`).waitFor()
  expect(readdirSync(at('out'))).toHaveLength(7)
  const [head, ...lines] = readFileSync(join(at('out'), 'slide.csv'), 'utf8')
    .trimEnd()
    .split('\r\n')
  expect(head).toMatch(/^minx,miny,width,height,prob_/)
  // Each line is a place inside the slide, with probabilities that add up to 1.
  expect(lines.length).toBeGreaterThan(20)
  for (const line of lines) {
    const [minx = -1, miny = -1, width = 0, height = 0, ...probabilities] = line.split(',').map(Number)
    expect([minx >= 0, miny >= 0, minx + width <= 4000, miny + height <= 3000]).not.toContain(false)
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 3)
  }

  // The labelled places train the next model, with the settings of the last one.
  await page.keyboard.press('o')
  await page.keyboard.press('Escape')
  await rows.first().waitFor()
  await button('Train').first().click()
  await dialog.getByLabel('Also train on labelled regions and places').check()
  await dialog.getByTestId('training-fields').getByText(/^Invasive: .* of 1 region in 1 image/).waitFor() // prettier-ignore
  await look('train')
  await button('Train', dialog).click()
  await strip.getByText(/Out-of-fold accuracy/).waitFor()
  expect(problems).toEqual([])
})
