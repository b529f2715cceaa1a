import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { screenshotPath } from '../../support/browser.ts'
import { sidewaysScrolls, textProblems } from './text-fit.ts'

/** Windows and zoom that people have, in pixels of the screen: a zoomed page has fewer pixels of its own. */
const windows = [
  [1280, 720, 1],
  [1366, 768, 1],
  [1440, 900, 1],
  [1920, 1080, 1],
  [3840, 2160, 1],
  [1366, 768, 1.25],
  [1440, 900, 1.5],
  [1920, 1080, 2],
  [3840, 2160, 2],
] as const

/** Nothing is cut, nothing overlaps and nothing scrolls sideways, in each window. */
export async function fitsEverywhere(page: Page, screen: string): Promise<void> {
  for (const [width, height, zoom] of windows) {
    await page.setViewportSize({ width: Math.round(width / zoom), height: Math.round(height / zoom) })
    // Tables and plots follow the window a moment later.
    await page.waitForTimeout(150)
    const name = `${screen} at ${width} px, ${100 * zoom} %`
    expect.soft(await textProblems(page), name).toEqual([])
    expect.soft(await sidewaysScrolls(page), name).toEqual([])
    if (width === 1366 || width === 3840)
      await page.screenshot({ path: screenshotPath(`window-${screen}-${width}-${100 * zoom}`) })
  }
}
