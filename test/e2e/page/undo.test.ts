import Sqlite from 'better-sqlite3'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser, problemsOf, stayOnImages } from '../../support/browser.ts'
import { runLobule } from '../../support/run-lobule.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { lookInBothThemes } from './accessibility.ts'
import { makeReadingWorkspace } from './reading-workspace.ts'

/** Undo and redo through the page, with the real server: a blind second reader who also adjudicates. */
const count = 4

let home: string
let workspace: string
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null
let page: Page
let problems: string[]

beforeAll(async () => {
  browser = await launchBrowser()
  home = mkdtempSync(join(tmpdir(), 'lobule-undo-page-'))
  workspace = join(home, 'study')
  await makeReadingWorkspace(home, workspace, count, 'field')
  for (const image of ['1', '2', '3', '4'])
    await runLobule(['label', image, 'Benign', '-w', workspace, '--reader', 'Anna'], { home })
  const recent = [{ path: workspace, name: 'study' }]
  const settings = { acknowledged: true, reader: 'Ben', blindReaders: ['Ben'], recent }
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings))
  server = await serveLobule(home)
  if (browser === null) return
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  await stayOnImages(page)
  problems = problemsOf(page)
  await page.goto(server.url)
  await button(/study/).first().click()
  await page.getByTestId('worklist-row').first().waitFor()
  await page.getByTestId('worklist').focus()
  await press('Home', 'Enter')
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
  rmSync(home, { recursive: true })
})

interface Row {
  id: number
  image: string
  class: string | null
  at: string
  is_blind: number
  kind: string
  undoes: number | null
  comment: string | null
}

/** Ben's entries on the disk, as another program sees them. */
function entries(): Row[] {
  const database = new Sqlite(join(workspace, 'workspace.sqlite'), { readonly: true })
  const rows = database
    .prepare(
      `SELECT l.id, replace(i.path, rtrim(i.path, replace(i.path, '/', '')), '') AS image, c.name AS class, l.at, l.is_blind, l.kind, l.undoes, l.comment FROM labels l
       JOIN images i ON i.id = l.image_id
       JOIN readers r ON r.id = l.reader_id LEFT JOIN classes c ON c.id = l.class_id WHERE r.name = 'Ben' ORDER BY l.id`,
    )
    .all()
  database.close()
  return rows as Row[]
}

const look = (name: string): Promise<void> => lookInBothThemes(page, `undo-${name}`)
const button = (name: string | RegExp, within: Page | Locator = page): Locator =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
/** The name of the image in the viewer: a blind reader gets other ids. */
const shown = async (): Promise<string> => (await page.locator('.viewer h1').textContent())?.trim() ?? ''
const press = (...keys: string[]): Promise<void> =>
  keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())
const own = (): Locator => page.getByTestId('readings').getByRole('listitem').filter({ hasText: 'Ben' })

/** A key as the browser sends it with Caps Lock on: the letter in the other case. */
const withCapsLock = (key: string, held: { ctrlKey?: boolean; shiftKey?: boolean; metaKey?: boolean }) =>
  page.evaluate(
    ([name, modifiers]) =>
      void document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...modifiers }),
      ),
    [key, held] as const,
  )

const order: string[] = []
let disputed = ''

it('names a step of a blind reader without the file name of a hidden image', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  for (let n = 0; n < count; n++) {
    await press('4')
    await page.getByText('1 image labelled Invasive.').waitFor()
    await page.getByTestId('verdict-panel').waitFor()
    order.push(await shown())
    expect(order.at(-1)).toMatch(/^field-/)
    await button(`Undo: Invasive on ${order.at(-1) ?? ''}`).waitFor()
    if (n === count - 1) break
    const before = await shown()
    await press('ArrowRight')
    await expect.poll(shown).not.toBe(before)
  }
  expect(entries().map(({ image, is_blind }) => [image, is_blind])).toEqual(order.map((name) => [name, 1]))
})

it('saves a comment without giving the label again', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  const before = entries()
  const image = await shown()
  await press('n')
  await page.getByLabel('Comment').fill('lymphocytes at the edge')
  await press('Enter')
  await page.getByText(`Comment saved on ${image}.`).waitFor()
  await own().getByText('lymphocytes at the edge').waitFor()
  await own().getByText('blind', { exact: true }).waitFor()
  await button(`Undo: comment on ${image}`).waitFor()
  await look('comment')
  expect(entries()).toEqual(before)
  await press('u')
  await own().getByText('lymphocytes at the edge').waitFor({ state: 'detached' })
  await press('Shift+U')
  await own().getByText('lymphocytes at the edge').waitFor()
  expect(entries()).toEqual(before)
})

it('undoes an adjudication, and never the blind label of another image', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  await button('End blind reading').click()
  await page.getByTestId('blind-banner').waitFor({ state: 'detached' })
  disputed = order[1] ?? ''
  while ((await shown()) !== disputed) {
    const before = await shown()
    await press('ArrowLeft')
    await expect.poll(shown).not.toBe(before)
  }
  const blind = entries()
  await press('j')
  const panel = page.getByTestId('adjudication')
  await panel.getByText('You are one of the readers who disagree').waitFor()
  // Enter in the reason, without a class: nothing is saved, and the reader goes on writing.
  const reason = panel.getByLabel('Reason')
  await press('n')
  await expect.poll(() => reason.evaluate((field) => field === document.activeElement)).toBe(true)
  await press('Enter')
  await page.getByText('Choose a class.', { exact: true }).waitFor()
  expect(await reason.evaluate((field) => field === document.activeElement)).toBe(true)
  await press('Escape')
  await press('1')
  await expect.poll(() => button('Normal', panel).getAttribute('aria-pressed')).toBe('true')
  await look('adjudicate')
  await press('Enter')
  await page.getByText('1 image adjudicated as Normal.').waitFor()
  await button(`Undo: adjudication Normal on ${disputed}`).waitFor()
  await look('adjudicated')
  await press('u')
  await page.getByText(`Undone: adjudication Normal on ${disputed}.`).waitFor()
  expect(await shown()).toBe(disputed)
  const [undo, ...others] = entries().slice(blind.length + 1)
  expect([undo?.kind, undo?.image, undo?.class, others]).toEqual(['adjudication', disputed, null, []])
  expect(entries().slice(0, blind.length)).toEqual(blind)
  await button(`Redo: adjudication Normal on ${disputed}`).click()
  await page.getByText(`Redone: adjudication Normal on ${disputed}.`).waitFor()
  await page.getByTestId('readings').getByText('Adjudicated, Ben').waitFor()
})

it('does the same with Caps Lock, Shift and Cmd, and each key once', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  const adjudicated = page.getByTestId('readings').getByText('Adjudicated, Ben')
  const [undone, redone] = [
    page.getByText(`Undone: adjudication Normal on ${disputed}.`),
    page.getByText(`Redone: adjudication Normal on ${disputed}.`),
  ]
  const presses: [string, Parameters<typeof withCapsLock>[1], boolean][] = [
    ['Z', { ctrlKey: true }, true],
    ['z', { ctrlKey: true, shiftKey: true }, false],
    ['U', {}, true],
    ['u', { shiftKey: true }, false],
    ['z', { metaKey: true }, true],
    ['z', { metaKey: true, shiftKey: true }, false],
    ['z', { ctrlKey: true }, true],
    ['Y', { ctrlKey: true }, false],
  ]
  const before = entries().length
  for (const [index, [key, held, isUndo]] of presses.entries()) {
    await withCapsLock(key, held)
    await (isUndo ? undone : redone).waitFor()
    await adjudicated.waitFor({ state: isUndo ? 'detached' : 'visible' })
    expect(entries()).toHaveLength(before + index + 1)
  }
})

it('asks before a blind label is withdrawn, by Delete and by Undo', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  const before = entries()
  const dialog = page.getByRole('dialog')
  // Another image awaits an adjudication, so it goes on until Escape: no key before changes the reader's own label.
  await press('Delete')
  await page.getByTestId('adjudication').waitFor()
  expect(entries()).toEqual(before)
  await press('Escape', 'Delete')
  await dialog.getByText('Withdraw a blind label?').waitFor()
  await dialog.getByText(disputed).waitFor()
  await look('withdraw')
  await button('Cancel', dialog).click()
  expect(entries()).toEqual(before)

  // The adjudication, the comment, and then the newest blind label.
  await press('u')
  await page.getByText(/^Undone: adjudication/).waitFor()
  await press('u')
  await page.getByText(/^Undone: comment/).waitFor()
  const newest = order.at(-1) ?? ''
  await expect.poll(shown).toBe(newest)
  const asked = entries()
  await press('u')
  await dialog.getByText('Withdraw a blind label?').waitFor()
  await dialog.getByText(newest).waitFor()
  expect(entries()).toEqual(asked)
  await button('Withdraw', dialog).click()
  await page.getByText(`Undone: Invasive on ${newest}.`).waitFor()
  await page.getByText('You have not labelled this image yet').waitFor()
  // A redo brings the label back as it was given: blind.
  await press('Control+Shift+Z')
  await own().getByText('blind', { exact: true }).waitFor()

  const confirmed = entries()
  await press('Delete')
  await button('Withdraw', dialog).click()
  await page.getByText('Label of 1 image cleared.').waitFor()
  expect(entries().length).toBe(confirmed.length + 1)
  await press('u')
  await own().getByText('blind', { exact: true }).waitFor()
  expect(problems).toEqual([])
})

it('keeps the steps over a reload', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  await page.reload()
  await button(/^Redo: withdrawal on/).waitFor()
  await button(/^Undo: Invasive on/).waitFor()
  expect(problems).toEqual([])
})
