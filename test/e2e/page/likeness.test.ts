import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { screenshotPath } from '../../support/browser.ts'
import { violationsOf } from './accessibility.ts'
import { open, page, problems, useMockPage } from './mock/mock-page.ts'

/** Likeness to the training images: a column, a flag for filtering, and words beside the suggestion. */
useMockPage()

const rows = (): Locator => page.getByTestId('worklist-row')
const head = (): Locator => page.getByRole('columnheader').filter({ hasText: 'Likeness' })
const shares = async (): Promise<string[]> => {
  const cells = await page.locator('[data-testid=worklist-row] .likeness').allTextContents()
  return cells.map((text) => text.trim())
}

it('is a column for sorting, least alike first, and a flag for filtering', async () => {
  await open({ images: 48, isClassified: true })
  await rows().first().waitFor()
  await head().getByRole('button').click()
  await expect.poll(async () => (await shares())[0]).toMatch(/^3%/)
  const numbers = (await shares()).filter((text) => text !== '–').map((text) => Number.parseInt(text, 10))
  expect(numbers.length).toBeGreaterThan(8)
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  expect((await shares())[0]).toContain('Unlike the training images')
  await page.screenshot({ path: screenshotPath('likeness-worklist') })
  expect(await violationsOf(page)).toEqual([])
  expect(problems).toEqual([])
})

it('is explained in words beside the suggestion', async () => {
  await open({ images: 48, isClassified: true })
  await rows().first().waitFor()
  await head().getByRole('button').click()
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  const panel = page.getByTestId('verdict-panel')
  await panel.getByText('The suggested class is unreliable for this image').waitFor()
  expect(await page.getByTestId('verdict-likeness').textContent()).toMatch(
    /More different from the training images than 98% of them are from the rest: likeness 3% \(p = 0\.0297\)\./,
  )
  await panel.getByText('measured 0.0297, limit 0.05').waitFor()
  await page.getByTestId('verdict-likeness').scrollIntoViewIfNeeded()
  await page.screenshot({ path: screenshotPath('likeness-viewer') })
  expect(await violationsOf(page)).toEqual([])
  expect(problems).toEqual([])
})
