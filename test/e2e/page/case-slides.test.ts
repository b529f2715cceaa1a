import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { problemsOf } from '../../support/browser.ts'
import { lookInBothThemes } from './accessibility.ts'
import { openSlideStudy, type SlideStudy } from './slide-study.ts'
import { addCaseSlides } from './slide-workspace.ts'

/** Slides of a case side by side, and what of them was looked at, in real Chromium against the real server. */
let study: SlideStudy
let page: Page

beforeAll(async () => {
  study = await openSlideStudy(addCaseSlides)
})
afterAll(() => study.close())

const panes = (): Locator => page.getByTestId('case-slide')
const look = (name: string): Promise<void> => lookInBothThemes(page, `case-slides-${name}`)

/** Scale (pixels of the page for a place of 168 um) and position of the map of each slide, the one in the viewer first. */
const maps = async (): Promise<{ scale: number; x: number; y: number }[]> =>
  page.getByTestId('slide-map').evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { a, e, f } = new DOMMatrix(getComputedStyle(canvas).transform)
      return { scale: a, x: e, y: f }
    }),
  )
/** How many cells of the overview were looked at. */
const viewedCells = async (): Promise<number> =>
  page.getByTestId('viewed').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {}
    return Array.from(data ?? []).filter((value, index) => index % 4 === 3 && value > 0).length
  })

it('shows four slides of a case with their maps, at one scale, moved together or each by itself', async ({
  skip,
}) => {
  if (study.browser === null) return skip('no Chromium')
  page = await study.browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
  const problems = problemsOf(page)
  await page.goto(study.server.url)
  await page.getByRole('button', { name: /study/ }).first().click()
  await page.getByTestId('worklist-row').filter({ hasText: 'slide.tif' }).locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  expect(await panes().count()).toBe(0)
  await page.keyboard.press('k')
  await expect.poll(() => panes().count()).toBe(3)
  for (const name of ['slide 2.tif', 'slide 3.tif', 'slide 4.tif'])
    await panes().getByRole('heading', { name }).waitFor()
  await look('bare')
  await page.keyboard.press('o')
  await expect.poll(() => page.getByTestId('slide-map').count()).toBe(4)
  await expect.poll(() => page.locator('[data-testid=case-slide][data-ready=true]').count()).toBe(3)

  // A place has the same edge in all, also in the slide with other pixels.
  const scales = async (): Promise<number[]> =>
    (await maps()).map(({ scale }) => Math.round(scale * 100) / 100)
  await expect.poll(async () => new Set(await scales()).size).toBe(1)
  const before = await maps()
  await page.keyboard.press('+')
  await expect.poll(async () => (await scales())[0]).toBeCloseTo((before[0]?.scale ?? 0) * 1.5, 1)
  await expect.poll(async () => new Set(await scales()).size).toBe(1)
  // Moving one moves all by the same distance.
  const start = await maps()
  await page.keyboard.press('Shift+ArrowRight')
  await expect
    .poll(async () => (await maps()).map(({ x }, index) => Math.round(x - (start[index]?.x ?? 0))))
    .toEqual([-120, -120, -120, -120])
  await look('linked')

  await page.keyboard.press('Shift+K')
  const free = await maps()
  await page.keyboard.press('Shift+ArrowDown')
  await expect
    .poll(async () => Math.round((await maps())[0]?.y ?? 0))
    .toBe(Math.round((free[0]?.y ?? 0) - 120))
  expect((await maps()).slice(1)).toEqual(free.slice(1))

  // Another one comes into the viewer; the first becomes a pane.
  await panes().filter({ hasText: 'slide 3.tif' }).getByRole('button', { name: 'Open' }).click()
  await page.getByRole('heading', { level: 1, name: 'slide 3.tif' }).waitFor()
  await panes().getByRole('heading', { name: 'slide.tif', exact: true }).waitFor()
  await page.setViewportSize({ width: 1920, height: 1080 })
  await expect.poll(() => page.locator('[data-testid=case-slide][data-ready=true]').count()).toBe(3)
  await look('wide')
  await page.keyboard.press('k')
  await expect.poll(() => panes().count()).toBe(0)
  await page.setViewportSize({ width: 1280, height: 900 })
  expect(problems).toEqual([])
})

it('marks on the overview what was looked at, for this reader alone', async ({ skip }) => {
  if (study.browser === null) return skip('no Chromium')
  const problems = problemsOf(page)
  await page.keyboard.press('o')
  await page.keyboard.press('f')
  // The whole slide is on the screen at 3x.
  await expect.poll(viewedCells).toBe(120 * 90)
  const darkest = (): Promise<number> =>
    page.getByTestId('viewed').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {}
      return Math.max(...Array.from(data ?? []).filter((_value, index) => index % 4 === 3))
    })
  await page.keyboard.press('PageUp')
  await expect.poll(darkest).toBe(Math.round(255 * 0.32))
  await page.keyboard.press('PageUp')
  await expect.poll(darkest).toBe(Math.round(255 * 0.5))
  await page.getByTestId('viewed-legend').getByText('10×').waitFor()
  await look('viewed')

  await page.getByRole('button', { name: /^Reading as/ }).last().click() // prettier-ignore
  await page.getByRole('dialog').getByLabel('New reader').fill('Ben')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: /^Ben.*reading now/ }).waitFor() // prettier-ignore
  await page.getByRole('button', { name: 'Done' }).click()
  // The slide is opened again for Ben, as a whole; nothing of what Ada looked at more closely is left.
  await expect.poll(darkest).toBe(Math.round(255 * 0.16))
  expect(problems).toEqual([])
})
