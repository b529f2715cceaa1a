import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import { open, page, problems, useMockPage } from './mock/mock-page.ts'

/** The worklist as a grid of pictures, the larger picture, and the film strip of the viewer. */
useMockPage()

const tiles = (): Locator => page.getByTestId('worklist-tile')
const cursor = (): Locator => page.locator('[data-testid=worklist-tile].cursor')
const peek = (): Locator => page.getByTestId('peek')
const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key)
}
/** File name of the image under the cursor, which assistive technology receives too. */
async function active(): Promise<string> {
  const name = (await cursor().locator('.name [title]').getAttribute('title')) ?? ''
  const id = await page.getByTestId('worklist').getAttribute('aria-activedescendant')
  expect(id).toBe(await cursor().getAttribute('id'))
  return name.split('/').at(-1) ?? ''
}
/** Images in the first line. */
const columns = (): Promise<number> => page.locator('[role=row]').first().getByRole('gridcell').count()

it('labels in the grid with the keys of the table, moves in two directions, and keeps its size', async () => {
  await open({ images: 48, isClassified: true })
  await page.getByTestId('worklist-row').first().waitFor()
  await press('v')
  await tiles().first().waitFor()
  await page.getByTestId('worklist').focus()
  const wide = await columns()
  expect(wide).toBeGreaterThan(3)
  await press('Home')
  expect(await active()).toBe('case01-field1.png')
  await press('ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowLeft')
  const names = await tiles()
    .locator('.name [title]')
    .evaluateAll((all) => all.map((name) => name.getAttribute('title')))
  expect(names[wide + 1]).toContain(await active())
  await press('4')
  await page.getByText('1 image labelled Invasive.').waitFor()
  await expect.poll(() => cursor().locator('.line .strong').textContent()).toBe('Invasive')
  const solid = await cursor()
    .locator('.frame')
    .evaluate((frame) => getComputedStyle(frame).borderStyle)
  expect(solid).toBe('solid')
  await lookInBothThemes(page, 'grid')

  // A range in the order of the list, and one more by a click; then all get a label at once.
  await press('Shift+ArrowDown')
  await page.getByText(`${wide + 1} selected`).waitFor()
  await press('Escape', 'x')
  await page.getByText('1 selected').waitFor()
  await tiles()
    .first()
    .click({ modifiers: ['Control'] })
  await page.getByText('2 selected').waitFor()
  await press('Escape')

  // By case: down goes over the head of a case, into the same column.
  await press('g')
  await page.getByTestId('worklist-case').first().waitFor()
  await press('Home', 'ArrowRight', 'ArrowDown')
  expect(await active()).toBe('case02-field2.png')
  await press('End')
  // Images without a case come last.
  expect(await active()).toBe('case16-field2.png')
  await lookInBothThemes(page, 'grid-by-case')
  await press('g')

  await press('Home', ...Array.from({ length: 6 }, () => '+'))
  await expect.poll(columns).toBeLessThan(wide)
  // The last of the keys may still be on its way to the page.
  await expect
    .poll(async () => {
      const before = await columns()
      await page.waitForTimeout(500)
      return (await columns()) === before
    })
    .toBe(true)
  const large = await columns()
  await page.reload()
  await tiles().first().waitFor()
  await expect.poll(columns).toBe(large)
  expect(problems).toEqual([])
})

it('shows a larger picture on Space or where the pointer rests, in table and grid', async () => {
  await open({ images: 48, isClassified: true })
  await page.getByTestId('worklist-row').first().waitFor()
  await page.getByTestId('worklist').focus()
  for (const view of ['table', 'grid']) {
    await press('Home', ' ')
    await peek().getByText('case01-field1.png').waitFor()
    await press('ArrowDown', 'ArrowUp', view === 'grid' ? 'ArrowRight' : 'ArrowDown')
    await peek().getByText('case01-field2.png').waitFor()
    // A picture with more pixels than the small one, beside it.
    const width = (): Promise<number> =>
      peek()
        .locator('img')
        .evaluate((picture: HTMLImageElement) => picture.naturalWidth)
    await expect.poll(width).toBeGreaterThan(160)
    await lookInBothThemes(page, `peek-${view}`)
    await press(' ')
    await peek().waitFor({ state: 'detached' })
    const small = page.locator('[data-peek]').nth(3)
    await small.hover()
    await peek().waitFor()
    const [one, other] = [await small.boundingBox(), await peek().boundingBox()]
    expect(
      (other?.x ?? 0) >= (one?.x ?? 0) + (one?.width ?? 0) ||
        (other?.x ?? 0) + (other?.width ?? 0) <= (one?.x ?? 0),
    ).toBe(true)
    await page.mouse.move(5, 5)
    await peek().waitFor({ state: 'detached' })
    await press(' ')
    await peek().waitFor()
    await press('Escape')
    await peek().waitFor({ state: 'detached' })
    await press('v')
  }
  expect(problems).toEqual([])
})

it('labels no other image than the one in the larger picture', async () => {
  await open({ images: 48, isClassified: true })
  await page.getByTestId('worklist-row').first().waitFor()
  await page.getByTestId('worklist').focus()
  // The pointer rests on one image, the cursor is on another.
  await press('Home')
  await page.locator('[data-peek]').nth(3).hover()
  await peek().getByText('case02-field1.png').waitFor()
  await peek().getByRole('img', { name: 'Synthetic' }).waitFor()
  await press('3')
  await page
    .getByText('showed case02-field1.png, and this would have changed case01-field1.png.', { exact: false })
    .waitFor()
  await peek().waitFor({ state: 'detached' })
  expect(await page.getByText(/ labelled InSitu\./).count()).toBe(0)
  await press('3')
  await page.getByText('1 image labelled InSitu.').waitFor()
  // The picture follows the cursor, away from a selection; to select more with it is no change of labels.
  await press(' ', 'x', 'ArrowDown', 'x')
  await page.getByText('2 selected').waitFor()
  await press('ArrowDown')
  await peek().getByText('case01-field3.png').waitFor()
  await press('4')
  await page.getByText('this would have changed 2 images.', { exact: false }).waitFor()
  await peek().waitFor({ state: 'detached' })
  await press('4')
  await page.getByText('2 images labelled Invasive.').waitFor()
  expect(problems).toEqual([])
})

it('labels a picture that is higher than the list', async () => {
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist-row').first().waitFor()
  await press('v', ...Array.from({ length: 11 }, () => '+'))
  await page.setViewportSize({ width: 1000, height: 420 })
  await page.getByTestId('worklist').focus()
  await press('End')
  const heights = (): Promise<number[]> =>
    page.evaluate(() =>
      ['.tile.cursor', '[data-testid=worklist]'].map(
        (part) => document.querySelector(part)?.getBoundingClientRect().height ?? 0,
      ),
    )
  await expect.poll(async () => ((await heights())[0] ?? 0) > ((await heights())[1] ?? 0)).toBe(true)
  await press('4')
  await page.getByText('1 image labelled Invasive.').waitFor()
  expect(problems).toEqual([])
})

it('shows the case below the image, goes through it by keys, and can be hidden', async () => {
  await open({ images: 48, isClassified: true })
  await page.getByTestId('worklist-row').first().waitFor()
  await page.getByTestId('worklist').focus()
  await press('Home', 'ArrowDown', 'Enter')
  const strip = page.getByTestId('film-strip')
  const current = (): Promise<string | null> =>
    strip.locator('[aria-current=true]').getAttribute('aria-label')
  await strip.waitFor()
  expect(await strip.getByRole('button').count()).toBe(3)
  expect(await current()).toMatch(
    /^case01-field2\.png, label Benign, suggested class Benign, synthetic, untrained$/,
  )
  await press('Control+ArrowRight')
  await expect.poll(current).toMatch(/^case01-field3\.png/)
  // The end of the case; the next image of the list is one of another case.
  await press(']')
  await expect.poll(current).toMatch(/^case01-field3\.png/)
  await press('ArrowRight')
  await expect.poll(current).toMatch(/^case02-field1\.png/)
  await strip.getByRole('button', { name: /^case02-field3/ }).click()
  await expect.poll(current).toMatch(/^case02-field3\.png/)
  await lookInBothThemes(page, 'film-strip')
  await press('i')
  await strip.waitFor({ state: 'detached' })
  await page.reload()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  expect(await strip.count()).toBe(0)
  await page.getByRole('button', { name: 'Film strip: the other images of the case' }).click()
  await strip.waitFor()
  expect(problems).toEqual([])
})
