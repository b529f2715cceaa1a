import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { screenshotPath } from '../../support/browser.ts'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/**
 * What of WCAG 2.2 AA axe finds broken on the screen as it is: one line a rule and place; empty: nothing.
 * @param runOnly tags or rules
 */
export async function violationsOf(page: Page, runOnly: readonly string[] = rules): Promise<string[]> {
  // By the debugging protocol, which the page's security policy does not bind.
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axe.source)
  const options = JSON.stringify({ runOnly, resultTypes: ['violations'] })
  const found = await page.evaluate<axe.AxeResults>(`axe.run(document, ${options})`)
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  )
}

/**
 * Pictures of the screen as it is, in both themes, for people to look at; axe must find nothing in either, nor in
 * their high contrast, where only colours differ.
 */
export async function lookInBothThemes(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    expect.soft(await violationsOf(page), `${name}, ${colorScheme}`).toEqual([])
    await page.screenshot({ path: screenshotPath(`${name}-${colorScheme}`) })
    await page.emulateMedia({ colorScheme, contrast: 'more' })
    const tooFaint = await violationsOf(page, ['color-contrast'])
    expect.soft(tooFaint, `${name}, ${colorScheme}, high contrast`).toEqual([])
    await page.emulateMedia({ colorScheme, contrast: 'no-preference' })
  }
}
