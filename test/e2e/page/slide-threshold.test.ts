import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { slideCaveat } from '../../../electron/contract/index.ts'
import { problemsOf } from '../../support/browser.ts'
import { lookInBothThemes } from './accessibility.ts'
import { openSlideStudy, type SlideStudy } from './slide-study.ts'
import { addLabelledSlides } from './slide-workspace.ts'

/** A class of a slide as a whole, in real Chromium against the real server. */
let study: SlideStudy

beforeAll(async () => {
  study = await openSlideStudy(addLabelledSlides)
})
afterAll(() => study.close())

const look = (page: Page, name: string): Promise<void> => lookInBothThemes(page, `slide-threshold-${name}`)

it('learns a threshold from labelled slides, and suggests a class of the slide from then on', async ({
  skip,
}) => {
  if (study.browser === null) return skip('no Chromium')
  const page = await study.browser.newPage({
    // High enough for all 22 rows: only rows in view are drawn.
    viewport: { width: 1280, height: 1500 },
    reducedMotion: 'reduce',
  })
  const problems = problemsOf(page)
  await page.goto(study.server.url)
  await page.getByRole('button', { name: /study/ }).first().click()
  await page.getByTestId('worklist-row').filter({ hasText: 'slide.tif' }).locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.keyboard.press('o')
  const panel = page.getByTestId('slide-map-panel')
  await panel.getByText(slideCaveat).waitFor()
  expect(await page.getByTestId('slide-suggestion').count()).toBe(0)

  await panel.getByRole('button', { name: 'Threshold for slides…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('10 slides with carcinoma (10 cases) and 10 slides without (10 cases)').waitFor()
  // The slide in the viewer has no label, and the other image is a field.
  await dialog.getByText('1 without a label on which readers agree').waitFor()
  await look(page, 'none')
  await dialog.getByRole('button', { name: 'Learn threshold' }).click()
  // A slide of each kind has 30 %; the others have 40 %, or none. Without these two, the threshold is lower or higher.
  await dialog.getByText(/Learned on 20 slides of 20 cases\./).waitFor()
  await dialog.getByText(/sensitivity 90.*specificity 90/).waitFor()
  await look(page, 'learned')
  await dialog.getByText('Close', { exact: true }).click()

  // 43 of 88 places.
  const suggestion = page.getByTestId('slide-suggestion')
  await suggestion.getByText(/^Suggested for the slide: carcinoma\. /).waitFor()
  await panel.getByText('learned on 20 slides of 20 cases').waitFor()
  await suggestion.scrollIntoViewIfNeeded()
  await look(page, 'suggested')
  await page.setViewportSize({ width: 1920, height: 1080 })
  await look(page, 'wide')

  // The worklist says it too, where the column is shown.
  await page.keyboard.press('o')
  await page.keyboard.press('Escape')
  await page.getByTestId('worklist-row').first().waitFor()
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Areas' }).click()
  await page.keyboard.press('Escape')
  const row = page.getByTestId('worklist-row').filter({ hasText: 'slide.tif' })
  await row.getByText('carcinoma', { exact: true }).waitFor()
  // Nine without carcinoma, and the one with 30 % that the other cases' threshold of 35 % misses.
  await expect.poll(() => page.getByText('no carcinoma', { exact: true }).count()).toBe(10)
  await look(page, 'worklist')
  expect(problems).toEqual([])
})
