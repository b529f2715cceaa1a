import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { slideCaveat } from '../../../electron/contract/index.ts'
import { picturesArrived, problemsOf } from '../../support/browser.ts'
import { lookInBothThemes } from './accessibility.ts'
import { openSlideStudy, type SlideStudy } from './slide-study.ts'

/** The map of a slide in the viewer, in real Chromium against the real server. */
let study: SlideStudy
let page: Page

beforeAll(async () => {
  study = await openSlideStudy()
})
afterAll(() => study.close())

const button = (name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' })
const dialog = (): Locator => page.getByRole('dialog')
const panel = (): Locator => page.getByTestId('slide-map-panel')
const places = (): Locator => page.getByTestId('slide-place-row')
const current = (): Locator => page.locator('[data-testid=slide-place-row][aria-current=true]')
const regions = (): Locator => page.getByTestId('region-row')
const look = (name: string): Promise<void> => lookInBothThemes(page, `slide-${name}`)

/** The mean colour of a place of the viewer, in shares of its size. */
async function colourAt(x: number, y: number): Promise<number[]> {
  const box = await page.getByTestId('viewer').boundingBox()
  if (box === null) throw new Error('no viewer')
  const clip = { x: box.x + x * box.width - 4, y: box.y + y * box.height - 4, width: 8, height: 8 }
  const { channels } = await sharp(await page.screenshot({ clip })).stats()
  return channels.slice(0, 3).map(({ mean }) => mean)
}

async function readAs(reader: string): Promise<void> {
  await button(/^Reading as/)
    .last()
    .click()
  await dialog().getByLabel('New reader').fill(reader)
  await page.keyboard.press('Enter')
  await dialog()
    .getByRole('button', { name: new RegExp(`^${reader}.*reading now`) })
    .waitFor()
  await dialog().getByLabel(`Blind reading for ${reader}`).check()
  await button('Done').click()
  await dialog().waitFor({ state: 'detached' })
}

it('shows the map, steps through its places by keys, labels them and exports it', async ({ skip }) => {
  if (study.browser === null) return skip('no Chromium')
  page = await study.browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
  const problems = problemsOf(page)
  await page.goto(study.server.url)
  await button(/study/).first().click()
  await page.getByTestId('worklist-row').first().waitFor()
  await look('worklist')
  await page.getByTestId('worklist-row').filter({ hasText: 'slide.tif' }).locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()

  // The places of the lower right are invasive: their scores are high, and the map is bright there.
  const bare = await colourAt(0.62, 0.68)
  await page.keyboard.press('o')
  await panel().getByText(slideCaveat).waitFor()
  await page.getByTestId('slide-map').waitFor()
  const mapped = await colourAt(0.62, 0.68)
  expect(Math.hypot(...mapped.map((level, c) => level - (bare[c] ?? 0)))).toBeGreaterThan(20)
  // Of 88 places of 0.028 mm2 each, 20 are invasive, all in one region.
  const areas = page.getByTestId('slide-areas').getByRole('row')
  expect(await areas.filter({ hasText: 'Invasive' }).textContent()).toMatch(/0\.564 mm².*0\.564 mm²/)
  await look('map')

  // A threshold that no place reaches leaves the slide bare.
  const from = panel().getByRole('slider', { name: 'From' })
  await from.focus()
  await page.keyboard.press('End')
  await expect.poll(() => from.getAttribute('aria-valuetext')).toBe('100%')
  await expect
    .poll(async () => Math.hypot(...(await colourAt(0.62, 0.68)).map((level, c) => level - (bare[c] ?? 0))))
    .toBeLessThan(3)
  await page.keyboard.press('Home')

  // Stepping moves the viewer; digits label the square as a region, which takes another class when it is pressed again.
  await page
    .getByTestId('viewer')
    .focus()
    .catch(() => undefined)
  await page.keyboard.press('.')
  await expect.poll(() => current().count()).toBe(1)
  const first = await current().textContent()
  await page.getByTestId('slide-place').waitFor()
  await page.keyboard.press('3')
  await regions().getByText('InSitu').waitFor()
  await page.keyboard.press('4')
  await regions().getByText('Invasive').waitFor()
  expect(await regions().count()).toBe(1)
  await page.keyboard.press('.')
  await expect.poll(async () => current().textContent()).not.toBe(first)
  await page.keyboard.press('1')
  await expect.poll(() => regions().count()).toBe(2)
  await page.keyboard.press(',')
  await expect.poll(async () => current().textContent()).toBe(first)
  expect(await places().count()).toBeGreaterThan(2)
  await look('place')
  await page.keyboard.press('Escape')
  await expect.poll(() => current().count()).toBe(0)

  // The dialog of an analysis, and the files of this one.
  await button('Analyse again…').click()
  await dialog().getByText('Analyse 1 slide').waitFor()
  await look('analyse')
  await button('Cancel').click()
  await button('Export…').first().click()
  await dialog().getByText('Table of places (CSV)').waitFor()
  await dialog().getByLabel('Folder').fill(join(study.home, 'out'))
  await look('export')
  await dialog().getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByText(`7 files written to ${join(study.home, 'out')}.`).waitFor()
  expect(readdirSync(join(study.home, 'out')).toSorted()).toEqual(
    ['affine.json', 'csv', 'npy', 'outlines.geojson', 'png', 'run.json', 'tiles.geojson'].map(
      (end) => `slide.${end}`,
    ),
  )
  const [head, ...lines] = readFileSync(join(study.home, 'out', 'slide.csv'), 'utf8')
    .trimEnd()
    .split('\r\n')
  expect(head).toBe('minx,miny,width,height,prob_Normal,prob_Benign,prob_InSitu,prob_Invasive')
  expect(lines).toHaveLength(88)
  expect(problems).toEqual([])
})

it('tells a blind reader nothing of it before they decide', async ({ skip }) => {
  if (study.browser === null) return skip('no Chromium')
  const problems = problemsOf(page)
  const frames: string[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))))
  // From the worklist, whose pictures can be waited for, unlike the viewer's tiles.
  await page.evaluate(() => (location.hash = '#/worklist'))
  await page.getByTestId('worklist-row').first().waitFor()
  await picturesArrived(page)
  await readAs('Eve')
  // The label is to show what was hidden of this slide, not the next image.
  await page.evaluate(() => localStorage.setItem('lobule advance', 'no'))
  await page.reload()
  await page.getByTestId('worklist-row').first().locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.keyboard.press('o')
  await panel().getByText('The map is shown after you have labelled this slide.').waitFor()
  await look('blind')
  expect(frames.filter((frame) => frame.includes('mapSha256'))).toEqual([])
  expect(await page.getByTestId('slide-map').count()).toBe(0)
  await page.keyboard.press('3')
  await page.getByTestId('slide-areas').waitFor()
  expect(problems).toEqual([])
})
