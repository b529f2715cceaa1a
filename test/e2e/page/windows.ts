import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { screenshotPath } from '../../support/browser.ts'
import { sidewaysScrolls, textProblems } from './text-fit.ts'

/**
 * Windows that people have, in pixels of the screen, and how much larger the page is drawn, by the browser's zoom or the
 * system's scale of the display: then the page has fewer pixels of its own, each of several of the screen.
 */
const windows = [
  [1280, 720, 1],
  [1366, 768, 1],
  [1440, 900, 1],
  [1920, 1080, 1],
  [3840, 2160, 1],
  [1366, 768, 1.25],
  [1440, 900, 1.5],
  [1920, 1080, 1.5],
  [1920, 1080, 2],
  [3840, 2160, 2],
] as const

/** Nothing is cut, nothing overlaps and nothing scrolls sideways, in each window. */
export async function fitsEverywhere(page: Page, screen: string): Promise<void> {
  const { width: usualWidth = 1440, height: usualHeight = 900 } = page.viewportSize() ?? {}
  const screenOf = await page.context().newCDPSession(page)
  for (const [width, height, scale] of windows) {
    const size = { width: Math.round(width / scale), height: Math.round(height / scale) }
    await page.setViewportSize(size)
    await screenOf.send('Emulation.setDeviceMetricsOverride', {
      ...size,
      deviceScaleFactor: scale,
      mobile: false,
    })
    // Tables and plots follow the window a moment later.
    await page.waitForTimeout(150)
    const name = `${screen} at ${width} px, ${100 * scale} %`
    expect.soft(await page.evaluate(() => devicePixelRatio), name).toBe(scale)
    expect.soft(await textProblems(page), name).toEqual([])
    expect.soft(await sidewaysScrolls(page), name).toEqual([])
    if (width === 1366 || width === 3840)
      await page.screenshot({ path: screenshotPath(`window-${screen}-${width}-${100 * scale}`) })
  }
  await screenOf.detach()
  await page.setViewportSize({ width: usualWidth, height: usualHeight })
}
