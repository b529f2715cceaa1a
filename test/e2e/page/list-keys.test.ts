import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { screenshotPath } from '../../support/browser.ts'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, useMockPage } from './mock/mock-page.ts'

/** The worklist is always alive by keyboard, the row under the cursor is in view, and each row has a menu. */
useMockPage()

const list = (): Locator => page.getByTestId('worklist')
const cursor = (): Locator => page.locator('[data-testid=worklist-row].cursor')
const cursorName = async (): Promise<string> =>
  /case\d+-field\d/.exec((await cursor().first().textContent()) ?? '')?.[0] ?? ''
const hasFocus = (): Promise<boolean> => list().evaluate((element) => element === document.activeElement)
/** Whether the middle of the cursor's row is inside the list. */
const isInView = (): Promise<boolean> =>
  list().evaluate((element) => {
    const row = element.querySelector('.cursor')?.getBoundingClientRect()
    const frame = element.getBoundingClientRect()
    return row !== undefined && row.bottom > frame.top + row.height && row.top < frame.bottom - row.height / 2
  })

async function openList(): Promise<void> {
  await open({ images: 120, isClassified: true })
  await page.getByTestId('worklist-row').first().waitFor()
}

it('takes keys on entering, after a filter, a strip, a dialog, the viewer and a menu', async () => {
  await openList()
  expect(await hasFocus()).toBe(true)
  await page.keyboard.press('ArrowDown')
  expect(await cursorName()).toBe('case01-field2')

  // A filter by the pointer: the list has the focus, and the cursor is kept.
  await button(/^With label/).click()
  await page.keyboard.press('ArrowDown')
  expect(await cursorName()).toBe('case01-field3')
  await button(/^All images/).click()

  // By the keyboard: the filter keeps the focus, so that Space works it again; other keys move in the list.
  await button(/^Without label/).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('End')
  expect(await cursorName()).toBe('case40-field3')
  await page.keyboard.press('Enter')
  expect(await button(/^All images/).getAttribute('aria-pressed')).toBe('true')
  expect(await page.getByTestId('viewer').count()).toBe(0)

  // A strip that is closed takes the focus with it.
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await page.keyboard.press('Home')
  expect(await cursorName()).toBe('case01-field1')
  expect(await hasFocus()).toBe(true)

  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('ArrowDown')
  await expect.poll(cursorName).toBe('case01-field2')
  await page.keyboard.press('Enter')
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.keyboard.press('Escape')
  await page.getByTestId('viewer').waitFor({ state: 'detached' })
  await page.keyboard.press('ArrowDown')
  await expect.poll(cursorName).toBe('case01-field3')

  // A link of the top bar gives the keys to the list, also by the pointer.
  await page.getByRole('link', { name: 'Models' }).click()
  await list().waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Worklist' }).click()
  await expect.poll(hasFocus).toBe(true)
  expect(problems).toEqual([])
})

it('keeps the cursor in view through sorting and grouping, and begins an order of what to look at at its top', async () => {
  await openList()
  await page.keyboard.press('End')
  const last = await cursorName()
  expect(last).toBe('case40-field3')
  await page.getByRole('columnheader', { name: 'File' }).getByRole('button').click()
  await expect.poll(isInView).toBe(true)
  expect(await cursorName()).toBe(last)
  await page.keyboard.press('g')
  await expect.poll(isInView).toBe(true)
  expect(await cursorName()).toBe(last)
  await page.keyboard.press('g')
  await page.keyboard.press('End')
  await page.keyboard.press('w')
  await expect.poll(() => list().evaluate(({ scrollTop }) => scrollTop)).toBe(0)
  await expect.poll(isInView).toBe(true)
  expect(await cursor().getAttribute('aria-rowindex')).toBe('2')
  expect(problems).toEqual([])
})

it('changes nothing that is out of view, and forgets a selection that a filter has hidden', async () => {
  await openList()
  await page.keyboard.press('Home')
  await list().evaluate((element) => element.scrollTo(0, 3000))
  await expect.poll(() => cursor().count()).toBe(0)
  await page.keyboard.press('3')
  await page
    .getByText('Nothing was changed: the image under the cursor was out of view.', { exact: false })
    .waitFor()
  await expect.poll(isInView).toBe(true)
  expect(await cursor().textContent()).not.toContain('InSitu1')
  await page.keyboard.press('3')
  await page.getByText('1 image labelled InSitu.').waitFor()

  await page.keyboard.press('Control+a')
  await page.getByText('120 selected').waitFor()
  await button(/^Without label/).click()
  const few = page.getByText(/^1\d selected$/)
  await few.waitFor()
  await button(/^All images/).click()
  await few.waitFor()

  // The search is there while images are selected, and what is done with them again after it.
  await page.keyboard.press('/')
  await page.keyboard.type('case')
  expect(await page.getByRole('searchbox').inputValue()).toBe('case')
  await few.waitFor()
  await page.screenshot({ path: screenshotPath('list-search-selected') })
  await page.keyboard.press('Enter')
  await page.getByRole('searchbox').waitFor({ state: 'detached' })
  await few.waitFor()
  expect(await hasFocus()).toBe(true)
  expect(problems).toEqual([])
})

it('has a menu for each row, by pointer and key, with the keys of its actions', async () => {
  await openList()
  const menu = page.getByTestId('row-menu')
  const row = page.getByTestId('worklist-row').nth(3)
  await row.click({ button: 'right' })
  await menu
    .getByRole('menuitem', { name: /^Label: Benign/ })
    .getByText('2', { exact: true })
    .waitFor()
  expect(await cursorName()).toBe('case02-field1')
  await lookInBothThemes(page, 'row-menu')
  await menu.getByRole('menuitem', { name: /^Label: Benign/ }).click()
  await page.getByText('1 image labelled Benign.').waitFor()
  await expect.poll(hasFocus).toBe(true)

  // The keys that a menu shows work in it.
  await page.keyboard.press('Shift+F10')
  await menu.waitFor()
  await page.keyboard.press('3')
  await page.getByText('1 image labelled InSitu.').waitFor()
  await menu.waitFor({ state: 'detached' })
  await page.getByTestId('worklist-row').first().locator('.label button').click()
  await page.getByRole('menu', { name: 'Set label' }).waitFor()
  await page.keyboard.press('4')
  await page.getByText('1 image labelled Invasive.').waitFor()

  // Nothing is labelled by a menu whose row shows another image now.
  await page.getByTestId('worklist-row').first().locator('.label button').click()
  await page.getByRole('menu', { name: 'Set label' }).waitFor()
  await list().evaluate((element) => element.scrollTo(0, 3000))
  await expect.poll(() => page.locator('#image-1').count()).toBe(0)
  await page.keyboard.press('1')
  await page.getByRole('menu', { name: 'Set label' }).waitFor({ state: 'detached' })
  await page.keyboard.press('Home')
  await expect.poll(isInView).toBe(true)
  expect(await page.locator('#image-1 .label').textContent()).toContain('Invasive')

  await page.getByTestId('worklist-row').nth(3).locator('img').first().click()
  await page.keyboard.press('Shift+F10')
  await menu.waitFor()
  await page.keyboard.press('Escape')
  await menu.waitFor({ state: 'detached' })
  await page.keyboard.press('ContextMenu')
  await menu.getByRole('menuitem', { name: /^Select the case/ }).click()
  await page.getByText('3 selected').waitFor()
  // A row outside the selection: the menu is about that row alone.
  await page.getByTestId('worklist-row').nth(8).click({ button: 'right' })
  await menu.getByRole('menuitem', { name: /^Set the case of the selected images/ }).click()
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await page.getByText('3 selected').count()).toBe(0)
  await expect.poll(hasFocus).toBe(true)
  expect(problems).toEqual([])
})

it('keeps filter, sorting, search, image and place in the address, for a reload, Back and a second tab', async () => {
  await openList()
  const steps = (): Promise<number> => page.evaluate(() => history.length)
  await button(/^With label/).click()
  await expect.poll(() => page.url()).toContain('#/?show=labelled')
  await page.getByRole('columnheader', { name: 'Probability' }).getByRole('button').click()
  await expect.poll(() => page.url()).toContain('sort=probability')
  await page.keyboard.press('g')
  await expect.poll(() => page.url()).toContain('group=case')
  const before = await steps()
  await page.keyboard.press('/')
  await page.keyboard.type('case1')
  await page.keyboard.press('Enter')
  await page.keyboard.press('End')
  const last = await cursorName()
  await expect.poll(() => page.url()).toMatch(/q=case1.*at=\d+$/)
  // A search and a place are no steps of the history.
  expect(await steps()).toBe(before)

  const found = await page
    .getByText(/^\d+ of 120 images/)
    .first()
    .textContent()
  await page.reload()
  await cursor().waitFor()
  expect(await cursorName()).toBe(last)
  await expect.poll(isInView).toBe(true)
  expect(
    await page
      .getByText(/^\d+ of 120 images/)
      .first()
      .textContent(),
  ).toBe(found)
  expect(await page.getByRole('checkbox', { name: 'Group by case' }).isChecked()).toBe(true)
  expect(await button(/^With label/).getAttribute('aria-pressed')).toBe('true')

  await page.keyboard.press('Enter')
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.locator('[data-testid=viewer][data-ready=true]').waitFor()
  const place = await page.getByText(/^\d+ of \d+$/).textContent()
  expect(place).not.toBe('120 of 120')
  await other.getByText(place ?? '', { exact: true }).waitFor()
  await other.close()

  // After a turn, Back leads to the image that was seen last, in the same list.
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => page.getByText(/^\d+ of \d+$/).textContent()).not.toBe(place)
  await page.goBack()
  await page.getByTestId('viewer').waitFor({ state: 'detached' })
  const turned = await cursorName()
  expect(turned).toMatch(/^case1/)
  expect(turned).not.toBe(last)
  expect(await page.getByRole('searchbox').inputValue()).toBe('case1')
  await page.goBack()
  await expect.poll(() => page.getByRole('checkbox', { name: 'Group by case' }).isChecked()).toBe(false)
  await page.goForward()
  await expect.poll(() => page.getByRole('checkbox', { name: 'Group by case' }).isChecked()).toBe(true)
  await page.getByRole('link', { name: 'Models' }).click()
  await page.getByTestId('model-report').waitFor()
  await page.reload()
  await page.getByRole('link', { name: 'Worklist' }).click()
  expect(await button(/^With label/).getAttribute('aria-pressed')).toBe('true')

  // An address may come from anywhere.
  await page.goto(
    `${page.url().split('#')[0]}#/?show=constructor&label=%3Cimg%20src%3Dx%3E&sort=__proto__&q=%00&at=1e9&x=1`,
  )
  await page.reload()
  await page.getByText('120 images', { exact: true }).waitFor()
  await expect.poll(() => page.url()).toMatch(/#\/(\?at=\d+)?$/)
  expect(problems).toEqual([])
})
