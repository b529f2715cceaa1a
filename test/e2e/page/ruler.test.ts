import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { screenshotPath, stayOnImages } from '../../support/browser.ts'
import { violationsOf } from './accessibility.ts'
import { open, page, problems, useMockPage } from './mock/mock-page.ts'

/** Lengths that are measured in the viewer and stored as lines among the regions. */
useMockPage()

const isDrawn = (): Promise<void> => page.locator('[data-testid=viewer][data-ready=true]').waitFor()
const measured = (): Locator => page.getByTestId('measurement')
const lines = (): Locator => page.getByTestId('region-row')
const chosen = (): Locator => page.locator('[data-testid=region-row][aria-selected=true]')
const said = (key: string): Locator => page.locator(`[aria-keyshortcuts="${key}"][aria-pressed=true]`)

async function openImage(name: string): Promise<void> {
  await page.getByTestId('worklist-row').filter({ hasText: name }).getByText(name).dblclick()
  await isDrawn()
}

/** At 10x a pixel of the screen shows 1 um. */
async function setTen(): Promise<void> {
  await page.getByRole('button', { name: /^Zoom: / }).click()
  await page.getByRole('menuitem', { name: '10×' }).click()
  await page.getByRole('button', { name: /^Zoom: 10×/ }).waitFor()
  await isDrawn()
}

async function drag(fromX: number, fromY: number, toX: number, toY: number): Promise<void> {
  await page.mouse.move(fromX, fromY)
  await page.mouse.down()
  await page.mouse.move(toX, toY, { steps: 4 })
}

it('shows the length while drawing, keeps it, and leaves the class keys to the image', async () => {
  await stayOnImages(page)
  await open({ images: 12 })
  await openImage('case01-field1.png')
  await setTen()
  await page.getByRole('button', { name: /^Ruler/ }).click()
  await page.getByText('Ruler: click and drag').waitFor()
  await drag(500, 400, 560, 480)
  await page.getByTestId('measuring').getByText('100 µm').waitFor()
  await page.mouse.up()
  await expect.poll(() => measured().allTextContents()).toEqual(['100 µm'])
  await lines().getByText('100 µm').waitFor()
  await page.getByText('Measured 100 µm.').waitFor()
  // The second click of a double click measures nothing.
  await page.mouse.dblclick(300, 300)
  expect(await lines().count()).toBe(1)
  await page.keyboard.press('Escape')
  expect(await chosen().count()).toBe(0)
  await page.keyboard.press('3')
  await said('3').waitFor()
  expect(await lines().first().textContent()).toContain('Line')
  expect(problems).toEqual([])
})

it('measures with the keyboard alone; a line has a class, can be moved and deleted like other regions', async () => {
  await open({ images: 12 })
  await openImage('case01-field1.png')
  await page.keyboard.press('PageDown')
  await page.getByRole('button', { name: /^Zoom: 10×/ }).waitFor()
  await isDrawn()
  await page.keyboard.press('m')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Shift+ArrowRight')
  await page.getByTestId('measuring').getByText('120 µm').waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => measured().allTextContents()).toEqual(['120 µm'])
  await page.keyboard.press('m')
  await page.keyboard.press('.')
  await chosen().waitFor()
  await page.keyboard.press('4')
  await chosen().getByText('Invasive').waitFor()
  const handle = await page.getByTestId('region-handle').last().boundingBox()
  if (handle === null) throw new Error('no handle')
  await drag(handle.x + 5, handle.y + 5, handle.x + 5, handle.y + 95)
  await page.mouse.up()
  await expect.poll(() => measured().allTextContents()).not.toEqual(['120 µm'])
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    expect.soft(await violationsOf(page), colorScheme).toEqual([])
    await page.screenshot({ path: screenshotPath(`ruler-line-${colorScheme}`) })
  }
  await page.keyboard.press('Delete')
  await expect.poll(() => lines().count()).toBe(0)
  await page.keyboard.press('u')
  await expect.poll(() => lines().count()).toBe(1)
  expect(problems).toEqual([])
})

it('stays active from image to image, and counts pixels if their size is unknown', async () => {
  await open({ images: 12 })
  await openImage('case02-field3.png')
  await page.keyboard.press('m')
  await drag(500, 400, 600, 400)
  await page.mouse.up()
  await expect.poll(() => measured().count()).toBe(1)
  const unknown = page.getByTestId('scale-bar').getByText('pixel size unknown')
  for (let turns = 0; turns < 8 && (await unknown.count()) === 0; turns++) {
    await page.keyboard.press('ArrowRight')
    await isDrawn()
  }
  await unknown.waitFor()
  expect(await measured().count()).toBe(0)
  await page.keyboard.press('z')
  await page.getByRole('button', { name: 'Zoom: 100%' }).waitFor()
  await isDrawn()
  await drag(500, 400, 530, 440)
  await page.mouse.up()
  await expect.poll(() => measured().allTextContents()).toEqual(['50 px'])
  expect(problems).toEqual([])
})
