import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { screenshotPath } from '../../support/browser.ts'
import { violationsOf } from './accessibility.ts'
import type { FakeOptions } from './mock/options.ts'
import { open, page, problems, useMockPage } from './mock/mock-page.ts'

/** Many images at once: arriving suggestions, pause, resume, failures, and priority. */
useMockPage()

async function openWorklist(options: Partial<FakeOptions>): Promise<void> {
  await open(options)
  await rows().first().waitFor()
  await page.getByTestId('worklist').focus()
}

const rows = (): Locator => page.getByTestId('worklist-row')
const strip = (): Locator => page.getByTestId('job-strip')
const stripButton = (name: string | RegExp): Locator => strip().getByRole('button', { name })
const waiting = (): Locator => rows().filter({ hasText: 'Waiting…' })

it('classifies with one key, shows suggestions as they arrive, pauses and resumes', async () => {
  await openWorklist({ images: 48, isClassified: true, jobMs: 2000 })
  await page.keyboard.press('Control+a')
  await page.getByText('48 selected').waitFor()
  await page.keyboard.press('c')
  await waiting().nth(3).waitFor()
  // Suggestions arrive while the job still runs.
  await expect.poll(() => waiting().count()).toBeLessThan(8)
  await stripButton('Pause Classify').click()
  await strip()
    .getByText(/^Paused at \d+%\. Finished work is kept\.$/)
    .waitFor()
  await page.screenshot({ path: screenshotPath('batch-paused') })
  expect(await violationsOf(page)).toEqual([])
  const done = await strip()
    .getByText(/^Paused at/)
    .textContent()
  await page.waitForTimeout(300)
  expect(
    await strip()
      .getByText(/^Paused at/)
      .textContent(),
  ).toBe(done)
  await stripButton('Resume Classify').click()
  await strip().getByRole('progressbar').waitFor()
  const share = Number(/\d+/.exec(done ?? '')?.[0])
  const shown = Number(/\d+/.exec((await strip().locator('.number').textContent()) ?? '')?.[0])
  expect(shown).toBeGreaterThanOrEqual(share)
  await strip().getByText('48 images classified').waitFor()
  await expect.poll(() => waiting().count()).toBe(0)
  expect(problems).toEqual([])
})

it('marks waiting images also after a reload of the page, and those that are retried', async () => {
  await openWorklist({ images: 48, isClassified: true, failEvery: 2, jobMs: 3000 })
  for (const key of ['x', 'ArrowDown', 'x', 'ArrowDown', 'x', 'ArrowDown', 'x'])
    await page.keyboard.press(key)
  await page.keyboard.press('c')
  await expect.poll(() => waiting().count()).toBe(4)
  await page.reload()
  await rows().first().waitFor()
  await expect.poll(() => waiting().count()).toBeGreaterThan(0)
  await page.screenshot({ path: screenshotPath('batch-waiting-reloaded') })
  await strip().getByText('2 images classified, 2 failed').waitFor()
  expect(await waiting().count()).toBe(0)
  await stripButton('Retry failures').click()
  await expect.poll(() => waiting().count()).toBe(2)
  await strip().getByText('2 images classified', { exact: true }).waitFor()
  expect(problems).toEqual([])
})

it('has one line for jobs and one for messages, which covers no button', async () => {
  await openWorklist({ images: 48, isClassified: true, isInterrupted: true })
  await page.evaluate(() => {
    document.documentElement.requestFullscreen = () => Promise.reject(new Error('not here'))
  })
  await page.keyboard.press('Enter')
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.keyboard.press('x')
  const message = page.getByRole('status').filter({ hasText: 'Full screen is not available' })
  await message.waitFor()
  await page.screenshot({ path: screenshotPath('batch-message-below-strip') })
  const [said, jobs] = [await message.boundingBox(), await strip().boundingBox()]
  expect(said?.y).toBeGreaterThanOrEqual((jobs?.y ?? 0) + (jobs?.height ?? 0))
  expect((jobs?.height ?? 0) + (said?.height ?? 0)).toBeLessThan(72)
  // A covered button cannot be pressed.
  await stripButton('Details').click({ timeout: 3000 })
  await page.getByRole('dialog').waitFor()
  expect(problems).toEqual([])
})

it('undoes the last label, also while it is being saved', async () => {
  await openWorklist({ images: 12, labelMs: 700 })
  const label = (row: number): Locator => rows().nth(row).locator('.label .word')
  const before = await label(1).textContent()
  await page.keyboard.press('2')
  await page.getByText('1 image labelled Benign.').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('4')
  await page.keyboard.press('u')
  await page.getByText(/^Undone: Invasive on/).waitFor()
  expect([await label(0).textContent(), await label(1).textContent()]).toEqual(['Benign', before])
  expect(problems).toEqual([])
})

it('lists failures with their reasons and retries only those', async () => {
  await openWorklist({ images: 48, isClassified: true, failEvery: 16, jobMs: 800 })
  await page.keyboard.press('Control+a')
  await page.keyboard.press('c')
  await strip().getByText('45 images classified, 3 failed').waitFor()
  await page.getByRole('button', { name: 'State', exact: true }).click()
  await expect.poll(() => rows().filter({ hasText: 'Failed' }).count()).toBe(3)
  await rows().first().getByText('is missing. Put it back').waitFor({ state: 'attached' })
  await stripButton('Details').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('is missing. Put it back').nth(2).waitFor()
  await dialog.getByRole('button', { name: 'Retry failures' }).click()
  await strip().getByText('3 images classified', { exact: true }).waitFor()
  await expect.poll(() => rows().filter({ hasText: 'Failed' }).count()).toBe(0)
  expect(problems).toEqual([])
})

it('offers to resume or discard a job that the end of the program interrupted', async () => {
  await openWorklist({ images: 48, isClassified: true, isInterrupted: true, jobMs: 800 })
  await strip().getByText('Interrupted at 25%. Finished work is kept.').waitFor()
  await page.reload()
  await stripButton('Resume Classify').click()
  await strip().getByText('48 images classified').waitFor()
  await openWorklist({ images: 48, isClassified: true, isInterrupted: true })
  await stripButton('Discard Classify').click()
  await strip().waitFor({ state: 'detached' })
  await page.getByRole('button', { name: /^Jobs/ }).click()
  await page.getByRole('dialog').getByText('Cancelled', { exact: true }).waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Resume Classify' }).waitFor()
  expect(problems).toEqual([])
})

it('says what is missing if there is no model', async () => {
  await openWorklist({ images: 12 })
  await page.keyboard.press('c')
  await page.getByText('Train a model first').first().waitFor()
  expect(problems).toEqual([])
})

it('sorts by priority, and back', async () => {
  await openWorklist({ images: 48, isClassified: true })
  await page.keyboard.press('w')
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Priority' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Readers' }).click()
  await page.keyboard.press('Escape')
  const heads = page.getByRole('columnheader')
  await heads.filter({ hasText: 'Priority' }).waitFor()
  expect(await heads.filter({ hasText: 'Readers' }).count()).toBe(0)
  const totals = async (): Promise<number[]> =>
    (await page.locator('[data-testid=worklist-row] .priority .total').allTextContents()).map(Number)
  const worst = await totals()
  expect(worst.length).toBeGreaterThan(8)
  expect(worst).toEqual([...worst].sort((a, b) => b - a))
  expect(worst[0]).toBeGreaterThan(worst.at(-1) ?? 3)
  await page.screenshot({ path: screenshotPath('batch-worst-first') })
  await page.reload()
  await heads.filter({ hasText: 'Priority' }).waitFor()
  await page.getByTestId('worklist').focus()
  // The order is kept over the reload.
  expect(await totals()).toEqual(worst)
  await page.keyboard.press('w')
  await expect.poll(() => rows().first().textContent()).toContain('case01-field1.png')
  expect(problems).toEqual([])
})
