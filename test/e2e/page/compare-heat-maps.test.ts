import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { serveLobule } from '../../support/serve-lobule.ts'
import { stayOnImages } from '../../support/browser.ts'
import { lookInBothThemes } from './accessibility.ts'
import { open, page, problems, useMockPage } from './mock/mock-page.ts'
import { makeReadingWorkspace } from './reading-workspace.ts'

useMockPage()

const look = (name: string): Promise<void> => lookInBothThemes(page, `compare-heat-maps-${name}`)
const first = (): Locator => page.getByTestId('viewer')
const second = (): Locator => page.getByTestId('compared')
const keysToViewer = (): Promise<void> => page.getByRole('region', { name: 'Viewer' }).focus()
const panel = (): Locator => page.getByTestId('heat-map-panel')

/** Paths of the map images that the page requested, such as `/slide/1/heat/2_3.png`. */
function watchMaps(): string[] {
  const requests: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.includes('/heat/')) requests.push(pathname)
  })
  return requests
}

/** Grey levels of a part of a half where nothing covers the image; the same part of both. */
async function seen(half: Locator): Promise<Buffer> {
  const box = await half.boundingBox()
  if (box === null) throw new Error('not shown')
  const clip = { x: box.x + box.width - 230, y: box.y + box.height / 2 - 60, width: 200, height: 200 }
  return sharp(await page.screenshot({ clip }))
    .greyscale()
    .blur(4)
    .raw()
    .toBuffer()
}

/** The mean difference of two parts, grey levels. */
const apart = (a: Buffer, b: Buffer): number =>
  a.reduce((sum, level, index) => sum + Math.abs(level - (b[index] ?? 0)), 0) / a.length

const betweenHalves = async (): Promise<number> => apart(await seen(first()), await seen(second()))

/**
 * The same tissue drawn twice: positions may differ by a fraction of a pixel, because each half rounds where a tile
 * begins.
 */
const alike = 2

it('shows two models’ maps of one image side by side, which move, fade and change class together', async () => {
  const requests = watchMaps()
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist-row').first().locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()

  // With the keyboard: the map, and the other model's beside it.
  await page.keyboard.press('Shift+H')
  await second().waitFor()
  await page.locator('[data-testid=compared][data-ready=true]').waitFor()
  await expect.poll(() => new Set(requests.map((path) => path.split('/slide/')[1])).size).toBe(2)
  const [classIndex] = /\d+(?=\.png)/.exec(requests[0] ?? '') ?? []
  expect(new Set(requests.map((path) => path.split('/slide/')[1]))).toEqual(
    new Set([`1/heat/2_${classIndex}.png`, `1/heat/1_${classIndex}.png`]),
  )

  // Heat maps leave no line below.
  expect(await page.getByTestId('job-strip').count()).toBe(0)

  // Each with its name, its version and, for an untrained encoder, the mark.
  const names = page.getByTestId('map-name')
  await expect.poll(() => names.count()).toBe(2)
  expect(await panel().getByTestId('map-name').innerText()).toMatch(
    /^model-2\s*UNTRAINED\s+Version 2, trained /,
  )
  expect(await second().getByTestId('map-name').innerText()).toMatch(/^first look\s+Version 1, trained /)
  expect(await second().getByText('UNTRAINED').count()).toBe(0)
  // One choice of class for both.
  await panel().getByRole('combobox', { name: 'Class' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: 'Invasive' }).waitFor()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  const asked = (ending: string): boolean => requests.some((path) => path.endsWith(ending))
  await expect.poll(() => asked('/1/heat/2_3.png') && asked('/1/heat/1_3.png')).toBe(true)
  await keysToViewer()
  await page.keyboard.press('f')
  await expect.poll(betweenHalves).toBeGreaterThan(3 * alike)
  await look('both')

  // Without colours both halves show the same part of the image, after every move with keys or pointer.
  const slider = panel().getByRole('slider', { name: 'Opacity' })
  await slider.focus()
  await page.keyboard.press('Home')
  await expect.poll(betweenHalves).toBeLessThan(alike)
  const whole = await seen(second())
  await keysToViewer()
  for (const key of ['+', '+', 'Shift+ArrowRight', 'Shift+ArrowDown', 'r']) await page.keyboard.press(key)
  await expect.poll(async () => apart(await seen(second()), whole)).toBeGreaterThan(3 * alike)
  await expect.poll(betweenHalves).toBeLessThan(alike)
  const byKeys = await seen(first())
  const box = await second().boundingBox()
  if (box === null) throw new Error('not shown')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x - 90, y - 70, { steps: 4 })
  await page.mouse.up()
  await expect.poll(async () => apart(await seen(first()), byKeys)).toBeGreaterThan(3 * alike)
  await expect.poll(betweenHalves).toBeLessThan(alike)
  await slider.focus()
  await page.keyboard.press('End')
  await expect.poll(betweenHalves).toBeGreaterThan(3 * alike)
  await look('moved')

  // The class is kept for the next image, and both of its maps are requested.
  await keysToViewer()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => asked('/2/heat/2_3.png') && asked('/2/heat/1_3.png')).toBe(true)
  expect(await second().getAttribute('data-image-id')).toBe('2')

  // There is no third model, so the next choice is none; and with the list.
  await page.keyboard.press('Shift+H')
  await second().waitFor({ state: 'detached' })
  await panel().waitFor()
  await panel().getByRole('combobox', { name: 'Compare with' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: /^first look/ }).waitFor()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await second().waitFor()
  // A pinned image replaces the map.
  await page.keyboard.press('v')
  await second().waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

it('requests no map of an image on which a blind reader has not decided', async () => {
  const home = mkdtempSync(join(tmpdir(), 'lobule-compare-'))
  const workspace = join(home, 'study')
  await makeReadingWorkspace(home, workspace, 2, 'tell-tale', ['first look', 'second look'])
  const recent = [{ path: workspace, name: 'study' }]
  const settings = { acknowledged: true, reader: 'Anna', blindReaders: ['Anna'], recent }
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings))
  const lobule = await serveLobule(home)
  try {
    const calls: string[] = []
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (String(payload).includes('explanation.')) calls.push(String(payload))
      }),
    )
    const requests = watchMaps()
    await stayOnImages(page)
    await page.goto(lobule.url)
    await page.getByRole('button', { name: /study/ }).first().click()
    await page.getByTestId('worklist-row').first().locator('img').first().dblclick()
    await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
    await page.keyboard.press('Shift+H')
    await page.getByText('The heat map is shown after you have labelled this image.').first().waitFor()
    await page.keyboard.press('h')
    await panel().getByText('The heat map is shown after you have labelled this image.').waitFor()
    expect(await second().count()).toBe(0)
    expect(await panel().getByRole('combobox').count()).toBe(0)
    expect([calls, requests]).toEqual([[], []])
    // Once decided, it is requested. (The model of this workspace has no files, so a failure is shown.)
    await page.keyboard.press('1')
    await expect.poll(() => calls.length).toBeGreaterThan(0)
  } finally {
    await lobule.stop()
    rmSync(home, { recursive: true })
  }
})
