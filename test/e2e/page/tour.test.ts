import { expect, it } from 'vitest'
import { screenshotPath } from '../../support/browser.ts'
import { violationsOf } from './accessibility.ts'
import { open, page, problems, useMockPage } from './mock/mock-page.ts'
import { textProblems } from './text-fit.ts'

/** What a new user sees: the offers of an empty workspace, and the tour. */
useMockPage({ isNewUser: true })

const tour = () => page.getByTestId('tour')

it('offers the first steps in an empty workspace, and no tour of what is not there', async () => {
  await open({ images: 0 })
  await page.getByRole('button', { name: 'Generate and import' }).waitFor()
  await page.getByRole('checkbox', { name: /^And a slide/ }).waitFor()
  await page.getByRole('button', { name: 'Import images…' }).waitFor()
  await page.getByRole('button', { name: 'Download missing weights' }).waitFor()
  await page.getByRole('button', { name: 'Import weight files…' }).waitFor()
  await page.getByRole('button', { name: 'Install missing as untrained' }).waitFor()
  await page.screenshot({ path: screenshotPath('tour-empty') })
  expect(await violationsOf(page)).toEqual([])
  expect(await page.getByTestId('tour-offer').count()).toBe(0)
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'System check' }).waitFor()
  expect(await page.getByRole('menuitem', { name: 'Tour' }).count()).toBe(0)
})

it('offers the tour once, above the first images', async () => {
  await open({ images: 24, isClassified: true })
  await page.getByTestId('tour-offer').waitFor()
  expect(await violationsOf(page)).toEqual([])
  await page.screenshot({ path: screenshotPath('tour-offer') })
  await page.getByRole('button', { name: 'Take the tour' }).click()
  await tour().getByText('Step 1 of 5').waitFor()
  await page.keyboard.press('Escape')
  await tour().waitFor({ state: 'detached' })
  await page.reload()
  await page.getByTestId('worklist-row').first().waitFor()
  expect(await page.getByTestId('tour-offer').count()).toBe(0)
})

it('leads through five steps with the keyboard alone, each readable at twice the size', async () => {
  await open({ images: 24, isClassified: true })
  await page.getByTestId('worklist-row').first().waitFor()
  await page.getByRole('button', { name: 'More', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Tour' }).focus()
  await page.keyboard.press('Enter')
  for (let step = 1; step <= 5; step++) {
    await tour().getByText(`Step ${step} of 5`).waitFor()
    // Each step explains something that is on screen, and its text does not cover it.
    const ring = await page.locator('.ring').boundingBox()
    const words = await tour().boundingBox()
    if (ring === null || words === null) throw new Error(`step ${step} points at nothing`)
    const isApart = ring.y + ring.height <= words.y || words.y + words.height <= ring.y
    expect.soft(isApart || ring.height > 300, `step ${step}`).toBe(true)
    expect.soft(await violationsOf(page), `step ${step}`).toEqual([])
    await page.screenshot({ path: screenshotPath(`tour-${step}`) })
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
    // Rows are laid out again.
    await page.waitForTimeout(200)
    expect.soft(await textProblems(page), `step ${step}`).toEqual([])
    await page.evaluate(() => (document.documentElement.style.fontSize = ''))
    await page.keyboard.press(step === 2 ? 'ArrowLeft' : 'ArrowRight')
    if (step === 2) {
      await tour().getByText('Step 1 of 5').waitFor()
      await page.keyboard.press('ArrowRight')
      await tour().getByText('Step 2 of 5').waitFor()
      await page.keyboard.press('ArrowRight')
    }
  }
  await tour().waitFor({ state: 'detached' })
})

it('has the guide in the page, with its pictures, a search and its links', async () => {
  await open({ images: 24 })
  await page.getByTestId('worklist-row').first().waitFor()
  await page.keyboard.press('F1')
  const guide = page.getByTestId('guide')
  await guide.getByRole('heading', { name: 'Using Lobule' }).waitFor()
  const picture = guide.getByRole('img').first()
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(600)
  expect(await violationsOf(page)).toEqual([])
  await page.screenshot({ path: screenshotPath('guide') })
  await guide.getByRole('link', { name: 'heat maps' }).click()
  await guide.getByRole('heading', { level: 3, name: 'Heat maps' }).waitFor()
  await guide.getByRole('searchbox').fill('worst first')
  await guide.getByRole('button', { name: /^Worst first/ }).click()
  await guide.getByRole('heading', { name: 'Worst first' }).waitFor()
  await page.keyboard.press('Escape')
  await guide.waitFor({ state: 'detached' })
  await page.keyboard.press('?')
  await page.getByRole('dialog').getByRole('button', { name: 'Open the guide' }).click()
  await guide.waitFor()
  expect(problems).toEqual([])
})
