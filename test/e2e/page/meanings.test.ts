import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import { open, page, problems, useMockPage } from './mock/mock-page.ts'

/** Every figure of the report and of the viewer has a sentence, by mouse, keyboard and screen reader. */
useMockPage()

/** Words over or beside a number that have no sentence; dates, names and hashes are no figures. */
const unexplained = (): Promise<string[]> =>
  page.evaluate(() => {
    const isSeen = (element: Element): boolean => element.getClientRects().length > 0
    const isExplained = (head: Element | null | undefined): boolean =>
      head?.querySelector('.term[aria-description]') !== null && head !== null && head !== undefined
    const noFigures =
      /^(Date|Imported|Trained|Format|File|SHA-256|Case|Model|Encoder weights|Recipe|Software|Encoders|Encoding|Recipe fingerprint|Weights of .*|When, by, reason|Promoted|Undone)$/
    const found = new Set<string>()
    for (const cell of document.querySelectorAll('main td.number, [data-testid=models-screen] td.number')) {
      const table = cell.closest('table')
      // The caption of these says what is counted.
      if (!isSeen(cell) || table?.closest('[data-testid=confusion]') || !/\d/.test(cell.textContent)) continue
      const row = cell.parentElement
      const column = [...(row?.children ?? [])].indexOf(cell)
      const head = table?.querySelectorAll('thead th')[column]
      if (!isExplained(head) && !isExplained(row?.querySelector('th')))
        found.add(head?.textContent.trim() ?? '?')
    }
    for (const value of document.querySelectorAll('dd')) {
      const head = value.previousElementSibling
      const name = head?.textContent.trim() ?? ''
      if (!isSeen(value) || !/\d/.test(value.textContent) || noFigures.test(name)) continue
      // The questions of the box are answered in sentences.
      if (!isExplained(head) && !value.closest('[data-testid=trust-box]')) found.add(name)
    }
    return [...found]
  })

/** Tips open on focus by keys only. */
async function byKeyboard(term: Locator): Promise<void> {
  await term.focus()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Tab')
}

it('explains every figure of the report', async () => {
  await open({ images: 48, isClassified: true, labelsInUse: 40 }, '#/models')
  await page.getByTestId('fold-table').waitFor()
  for (const tab of ['Figures', 'Operating point', 'Calibration', 'History']) {
    await page.getByRole('tab', { name: tab, exact: true }).click()
    await page.waitForTimeout(200)
    expect(await unexplained(), tab).toEqual([])
  }
  await page.getByRole('tab', { name: 'Figures', exact: true }).click()
  const term = page.getByRole('button', { name: 'Balanced accuracy', exact: true })
  await byKeyboard(term)
  await page
    .getByRole('tooltip')
    .getByText(/averaged over the classes/)
    .waitFor()
  expect(await term.getAttribute('aria-description')).toMatch(/averaged over the classes/)
  await lookInBothThemes(page, 'meanings-report')
  expect(problems).toEqual([])
})

it('explains every figure of the viewer', async () => {
  await open({ images: 12, isClassified: true })
  await page.getByRole('grid').waitFor()
  await page.getByText('case01-field1.png').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.getByTestId('verdict-details').waitFor()
  expect(await unexplained()).toEqual([])
  for (const name of [
    'Carcinoma score',
    'Probabilities',
    /^Prediction set/,
    'Likeness',
    'Pixel size',
  ] as const)
    expect(
      await page.locator('.term').filter({ hasText: name }).first().getAttribute('aria-description'),
    ).toMatch(/\w/)
  await byKeyboard(page.getByRole('button', { name: 'Carcinoma score' }))
  await page
    .getByRole('tooltip')
    .getByText(/0\.50 is the balanced point/)
    .waitFor()
  await lookInBothThemes(page, 'meanings-viewer')
  expect(problems).toEqual([])
})
