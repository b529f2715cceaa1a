import { expect, it } from 'vitest'
import { screenshotPath } from '../../support/browser.ts'
import { violationsOf } from './accessibility.ts'
import { open, page, useMockPage } from './mock/mock-page.ts'
import { textProblems } from './text-fit.ts'

/** Text at twice its size (WCAG 1.4.4), and the three themes, on each screen. */
useMockPage()

const enlarge = async (percent: number): Promise<void> => {
  // As a reader's own style sheet would; the page's security policy does not bind the protocol.
  await page.evaluate((size) => (document.documentElement.style.fontSize = `${size}%`), percent)
  await page.waitForTimeout(100)
}

async function fits(name: string): Promise<void> {
  await enlarge(200)
  await page.screenshot({ path: screenshotPath(`text-200-${name}`) })
  expect.soft(await textProblems(page), name).toEqual([])
  await enlarge(100)
}

it('finds text that is cut off and text that overlaps', async () => {
  await open({ acknowledged: false })
  await page.getByRole('button', { name: 'I understand' }).waitFor()
  await page.evaluate(() => {
    const cut = document.createElement('div')
    cut.textContent = 'A sentence of two lines in a box of one'
    Object.assign(cut.style, {
      position: 'fixed',
      top: '0',
      width: '60px',
      height: '12px',
      overflow: 'hidden',
    })
    const over = document.createElement('div')
    over.textContent = 'Over'
    Object.assign(over.style, { position: 'fixed', top: '200px', left: '20px' })
    const under = over.cloneNode(true) as HTMLElement
    under.textContent = 'Under'
    document.body.append(cut, under, over)
  })
  expect(await textProblems(page)).toEqual(
    expect.arrayContaining([
      'cut in height: "A sentence of two lines in a box of one"',
      expect.stringContaining('overlaps'),
    ]),
  )
})

it('shows every word at twice the size: from the first start to an empty workspace', async () => {
  await open({ acknowledged: false })
  await page.getByRole('button', { name: 'I understand' }).waitFor()
  await fits('notice')
  await page.getByRole('button', { name: 'I understand' }).click()
  await page.getByRole('button', { name: 'Create workspace' }).waitFor()
  await fits('start')
  await page.getByRole('button', { name: 'Create workspace' }).click()
  await page.getByTestId('empty-state').waitFor()
  await fits('empty')
})

it('shows every word at twice the size: worklist, jobs, dialogs', async () => {
  await open({ images: 48, isClassified: true, isInterrupted: true, jobMs: 60_000 })
  await page.getByTestId('worklist-row').first().waitFor()
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('c')
  await page.getByRole('progressbar').waitFor()
  await fits('worklist')
  await enlarge(200)
  const heights = await page.getByTestId('worklist-row').evaluateAll((rows) => {
    const boxes = rows.map((row) => row.getBoundingClientRect()).sort((a, b) => a.top - b.top)
    return boxes.slice(1).map((box, index) => box.top - (boxes[index]?.bottom ?? 0))
  })
  expect(heights.every((gap) => Math.abs(gap) < 1)).toBe(true)
  await enlarge(100)
  await page.keyboard.press('g')
  await page.getByTestId('worklist-case').first().waitFor()
  await fits('grouped')
  for (const [name, item] of [
    ['jobs', null],
    ['encoders', null],
    ['keys', 'Keyboard shortcuts'],
    ['doctor', 'System check'],
    ['about', 'About Lobule'],
  ] as const) {
    if (item === null)
      await page.getByRole('button', { name: name === 'jobs' ? /^Jobs/ : 'Encoders' }).click()
    else {
      await page.getByRole('button', { name: 'More', exact: true }).click()
      await page.getByRole('menuitem', { name: item }).click()
    }
    await page.getByRole('dialog').waitFor()
    await page.waitForTimeout(150)
    await fits(name)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
})

it.each(['models', 'agreement', 'audit', 'settings'])(
  'keeps every word at twice the size: %s',
  async (screen) => {
    await open({ images: 24, isClassified: true }, `#/${screen}`)
    await page.locator('a[aria-current=page]').waitFor()
    await page.waitForTimeout(500)
    await fits(screen)
  },
)

it('shows every word at twice the size: the viewer', async () => {
  await open({ images: 24, isClassified: true }, '#/image/1')
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await fits('viewer')
})

it('is readable in the three themes, and remembers the choice', async () => {
  await open({ images: 24, isClassified: true })
  await page.getByTestId('worklist-row').first().waitFor()
  for (const name of ['Dark', 'Light', 'High contrast']) {
    await page.getByRole('button', { name: 'More', exact: true }).click()
    await page.getByRole('menuitemradio', { name }).click()
    await page.getByRole('menu').waitFor({ state: 'detached' })
    for (const colorScheme of name === 'High contrast'
      ? (['dark', 'light'] as const)
      : (['light'] as const)) {
      await page.emulateMedia({ colorScheme })
      expect.soft(await violationsOf(page), `${name}, ${colorScheme}`).toEqual([])
      const file = `theme-${name.toLowerCase().replace(' ', '-')}-${colorScheme}`
      await page.screenshot({ path: screenshotPath(file) })
    }
  }
  await page.reload()
  await page.getByTestId('worklist-row').first().waitFor()
  expect(await page.evaluate(() => document.documentElement.dataset['contrast'])).toBe('more')
  await page.emulateMedia({ forcedColors: 'active' })
  await page.screenshot({ path: screenshotPath('theme-forced-colours') })
  await page.emulateMedia({ forcedColors: 'none', contrast: 'more' })
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitemradio', { name: 'System default' }).click()
  expect(await page.evaluate(() => document.documentElement.dataset['contrast'])).toBe('more')
  await page.emulateMedia({ contrast: 'no-preference' })
  await expect.poll(() => page.evaluate(() => 'contrast' in document.documentElement.dataset)).toBe(false)
})
