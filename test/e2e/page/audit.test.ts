import type { Locator } from 'playwright-core'
import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import type { FakeOptions } from './mock/options.ts'
import { button, open, page, problems, server, useMockPage } from './mock/mock-page.ts'

/** The audit screen in real Chromium, over a made-up trail. */
useMockPage({
  context: {
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
  },
})

const openAudit = (options: Partial<FakeOptions>, address = '#/audit'): Promise<void> =>
  open({ images: 48, isClassified: true, ...options }, address)

const look = (name: string): Promise<void> => lookInBothThemes(page, `audit-${name}`)

const events = (): Locator => page.getByTestId('audit-event')
const details = (): Locator => page.getByTestId('audit-details')
const count = (): Locator => page.getByRole('main').getByRole('status')

it('shows a hundred thousand events, finds some, and shows their changes', async () => {
  await openAudit({ auditEvents: 100_000 })
  await count().getByText('100,000 events').waitFor()
  await page.getByTestId('audit-state').getByText('Intact: 100,000 events verified').waitFor()
  // Only visible rows are drawn.
  expect(await events().count()).toBeLessThan(60)
  await events().first().click()
  await details().getByText('Event 100000').waitFor()
  await look('list')

  // With the keyboard: down, to the end of the fetched rows, which fetches more.
  await page.keyboard.press('ArrowDown')
  await details().getByText('Event 99999').waitFor()
  await page.keyboard.press('End')
  await details().getByText('Event 99801').waitFor()
  await expect
    .poll(async () => {
      await page.getByTestId('audit-events').press('End')
      return details().getByRole('heading').first().textContent()
    })
    .toContain('Event 99601')

  await page.getByRole('combobox', { name: 'Kind' }).click()
  await page.getByRole('option', { name: 'Promotion' }).click()
  await count().getByText('1,030 events found').waitFor()
  await events().first().click()
  await details().getByText('Fewer in situ carcinomas missed at the same specificity.').waitFor()
  await events().first().getByText('first look → model-2').waitFor()
  await button('Clear filters').click()
  await page.getByRole('searchbox', { name: 'Search' }).fill('mitoses')
  await page.getByRole('combobox', { name: 'Reader' }).click()
  await page.getByRole('option', { name: 'Ben' }).click()
  await page.getByLabel('From').fill('2026-01-06')
  await page.getByLabel('To').fill('2026-01-06')
  // A day of the reader's own calendar: 86 400 s / 61 s a event, one in eleven, of every second reader.
  await count()
    .getByText(/^6\d events found$/)
    .waitFor()
  await events().first().click()
  await button('Only this image').click()
  await button(/^Only image \d+$/).waitFor()
  await look('found')
  await button('Clear filters').click()
  await count().getByText('100,000 events').waitFor()
  expect(problems).toEqual([])
})

it('shows a label of many images as one row, which opens', async () => {
  await openAudit({})
  const group = events().filter({ hasText: '12 images' })
  await group.getByText('Label, Override').or(group.getByText('Override, Label')).waitFor()
  const inside = events().and(page.locator('[aria-level="2"]'))
  await group.click()
  await page.getByRole('complementary').getByText('Done at once to 12 images.').waitFor()
  await expect.poll(() => inside.count()).toBe(12)
  await look('group')
  await page.keyboard.press('ArrowDown')
  await details().getByText('Event 112').waitFor()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => inside.count()).toBe(0)
  await page.keyboard.press('ArrowRight')
  expect(await group.getAttribute('aria-expanded')).toBe('true')
  expect(problems).toEqual([])
})

it('verifies, compares with a recorded hash, copies and exports', async () => {
  await openAudit({})
  const state = page.getByTestId('audit-state')
  await state.getByText('Intact: 120 events').waitFor()
  const head = (await page.getByTestId('audit-head').textContent()) ?? ''
  expect(head).toMatch(/^[0-9a-f]{64}$/)
  await button('Copy hash').click()
  await page.getByText('Hash copied to the clipboard.').waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(head)
  await button('Check a recorded hash…').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Newest hash').fill('0'.repeat(63) + 'z')
  await dialog.getByText('Enter a hash of 64 characters, 0-9 and a-f.').waitFor()
  await look('head')
  await dialog.getByLabel('Newest hash').fill('f'.repeat(64))
  await page.keyboard.press('Enter')
  await state.getByText('The recorded hash is not in this audit trail').waitFor()
  expect(await page.locator('.event.broken').count()).toBe(0)
  expect(await page.getByTestId('audit-banner').count()).toBe(0)
  await look('not-noted')
  await button('Check a recorded hash…').click()
  await dialog.getByLabel('Newest hash').fill(` ${head.slice(0, 32)} ${head.slice(32).toUpperCase()} `)
  await page.keyboard.press('Enter')
  await state.getByText('The recorded hash is in this audit trail.').waitFor()
  await button('Verify').click()
  await state.getByText('Intact: 120 events').waitFor()
  await button('Export…').click()
  await dialog.getByLabel('File name').fill('trail.csv')
  await look('export')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('120 events written to /home/anna/trail.csv.').waitFor()
  await dialog.waitFor({ state: 'detached' })
  await button('Export…').click()
  await dialog.getByLabel('File name').fill('old.csv')
  await page.keyboard.press('Enter')
  await dialog.getByRole('alert').getByText('/home/anna/old.csv already exists.', { exact: false }).waitFor()
  await look('export-replace')
  await dialog.getByRole('button', { name: 'Replace the file' }).click()
  await page.getByText('events written to /home/anna/old.csv.', { exact: false }).waitFor()
  await dialog.waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

it('verifies later events, also if the list is filtered', async () => {
  await openAudit({})
  await page.getByTestId('audit-state').getByText('Intact: 120 events').waitFor()
  await page.getByRole('combobox', { name: 'Kind' }).click()
  await page.getByRole('option', { name: 'Promotion' }).click()
  await count().getByText('1 event found').waitFor()
  await page.goto(`${server.url}#/worklist`)
  await page.getByTestId('worklist-row').first().locator('img').first().click()
  await page.keyboard.press('2')
  await page.getByText('1 image labelled Benign.').first().waitFor()
  await page.goto(`${server.url}#/audit`)
  await page.getByTestId('audit-state').getByText('Intact: 121 events').waitFor()
  await count().getByText('1 event found').waitFor()
  expect(problems).toEqual([])
})

it('shows each action of a reader in one row', async () => {
  await openAudit({})
  await events().first().waitFor()
  const changes = await page.locator('.event .change').allTextContents()
  const ofLabels = changes.filter((change) => /Normal|Benign|InSitu|Invasive/.test(change))
  expect(ofLabels.length).toBeGreaterThan(20)
  for (const change of ofLabels) {
    const [, was, is] = /^(\w+) → (\w+)/.exec(change) ?? []
    expect(was === undefined || was !== is, change).toBe(true)
  }
  expect(ofLabels).toContainEqual(expect.stringMatching(/^\w+ confirmed, (as suggested|suggested \w+)$/))
  expect(problems).toEqual([])
})

it('shows on every screen that the trail is broken, and where', async () => {
  await openAudit({ isTampered: true }, '#/')
  const banner = page.getByTestId('audit-banner')
  await banner.getByText('The audit trail of this workspace is broken').waitFor()
  await banner.getByText('Keep a copy of the workspace folder').waitFor()
  await look('banner')
  await button('Show the audit trail').click()
  await page.getByTestId('audit-state').getByText('Event 116').waitFor()
  await expect.poll(() => page.locator('.event.broken').count()).toBe(1)
  await look('broken')
  await page.getByTestId('worklist').waitFor({ state: 'detached' })
  await banner.waitFor()
  expect(problems).toEqual([])
})

it('accepts an older copy, with a reason', async () => {
  await openAudit({ isOlderCopy: true })
  await page
    .getByTestId('audit-banner')
    .getByText('This workspace is older than when this computer last opened it')
    .waitFor()
  await button('Accept this copy…').click()
  await page
    .getByRole('dialog')
    .getByLabel('Reason for using this copy')
    .fill('The disk of the old computer failed.')
  await look('older-copy')
  await page.keyboard.press('Enter')
  await page.getByTestId('audit-state').getByText('Intact: 120 events').waitFor()
  await page.getByTestId('audit-banner').waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

it('saves the list as shown, and the report of a case, from the worklist', async () => {
  await openAudit({}, '#/')
  await page
    .getByTestId('worklist-row')
    .first()
    .getByText(/\.png$/)
    .click()
  await button('Tables and reports').click()
  await look('report-menu')
  await page.getByRole('menuitem', { name: 'Export list as table' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('48 images written to /home/anna/first-worklist.csv.').waitFor()
  await button('Tables and reports').click()
  await page.getByRole('menuitem', { name: /^Report of case case/ }).click()
  await dialog.getByText('print it to PDF').waitFor()
  await look('report-dialog')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText(/^3 images written to \/home\/anna\/case-case\d+\.html\.$/).waitFor()
  expect(problems).toEqual([])
})

it('is complete at twice the text size', async () => {
  await openAudit({ auditEvents: 300 })
  await page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
  await page.getByTestId('audit-state').getByText('Intact: 300 events').waitFor()
  await events().first().click()
  await details().scrollIntoViewIfNeeded()
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
  expect(overflow).toBe(0)
  await look('large-text')
})
