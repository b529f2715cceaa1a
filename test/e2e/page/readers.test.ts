import Sqlite from 'better-sqlite3'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser, problemsOf, stayOnImages } from '../../support/browser.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { lookInBothThemes } from './accessibility.ts'
import { makeReadingWorkspace } from './reading-workspace.ts'
import { fitsEverywhere } from './windows.ts'

/** Reading, blind second reading, agreement and adjudication through the page, with the real server. */
const count = 12
/** Part of every file name and of nothing else: a page that has it knows where an image came from. */
const mark = 'tell-tale'

let home: string
let workspace: string
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null
let page: Page
/** What the server sent to the page. */
let heard: string[] = []
let refusesLabels = false
let problems: string[]

beforeAll(async () => {
  browser = await launchBrowser()
  home = mkdtempSync(join(tmpdir(), 'lobule-readers-'))
  workspace = join(home, 'study')
  await makeReadingWorkspace(home, workspace, count, mark)
  const settings = { acknowledged: true, reader: 'Anna', recent: [{ path: workspace, name: 'study' }] }
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings))
  server = await serveLobule(home)
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
  rmSync(home, { recursive: true })
})

/** The content of the disk, as another program sees it. */
function entries(): {
  reader: string
  class: string | null
  is_unsure: number
  is_blind: number
  kind: string
}[] {
  const database = new Sqlite(join(workspace, 'workspace.sqlite'), { readonly: true })
  const rows = database
    .prepare(
      `SELECT r.name AS reader, c.name AS class, l.is_unsure, l.is_blind, l.kind FROM labels l
       JOIN readers r ON r.id = l.reader_id LEFT JOIN classes c ON c.id = l.class_id ORDER BY l.id`,
    )
    .all()
  database.close()
  return rows as ReturnType<typeof entries>
}

async function openPage(): Promise<void> {
  if (browser === null) return
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  await stayOnImages(page)
  problems = problemsOf(page)
  await page.routeWebSocket(/\/socket/, (socket) => {
    const door = socket.connectToServer()
    socket.onMessage((message) => {
      const { id, name } = JSON.parse(String(message)) as { id: number; name: string }
      if (!refusesLabels || name !== 'image.label') {
        door.send(message)
        return
      }
      const error = { code: 'disk.full', message: 'x', details: { path: '/d', neededBytes: 9, freeBytes: 1 } }
      // Delayed, so that keys are pressed while it is pending.
      setTimeout(() => socket.send(JSON.stringify({ id, answer: { ok: false, error } })), 700)
    })
    door.onMessage((message) => {
      heard.push(String(message))
      socket.send(message)
    })
  })
  await page.goto(server.url)
}

const look = (name: string): Promise<void> => lookInBothThemes(page, `readers-${name}`)

const button = (name: string | RegExp, within: Page | Locator = page): Locator =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
const rows = (): Locator => page.getByTestId('worklist-row')
const shown = (): Promise<string | null> => page.getByTestId('viewer').getAttribute('data-image-id')
const press = (...keys: string[]): Promise<void> =>
  keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())

/** Pictures have frames and signs of a class, and names. That tissue is synthetic is no secret. */
async function framesTellNothing(): Promise<void> {
  const frames = page.locator('.frame')
  const colours = await frames.evaluateAll((all: HTMLElement[]) => all.map(({ style }) => style.borderColor))
  expect(new Set(colours)).toEqual(new Set(['']))
  expect(await frames.locator('.sign [data-colour]').count()).toBe(0)
  expect(await page.content()).not.toContain(mark)
}

it('reads ten images with the keyboard alone, each saved before the next appears, and undoes labels', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium')
  await openPage()
  await button(/study/).first().click()
  await rows().first().waitFor()
  await page.getByTestId('worklist').focus()
  await press('Home', 'Enter')
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await button('Reading as Anna').last().waitFor()
  expect(await shown()).toBe('1')

  // Accept, override, unsure, and a comment that is saved with the next label.
  await press('a', 'ArrowRight')
  await expect.poll(shown).toBe('2')
  expect(entries()).toMatchObject([{ reader: 'Anna', class: 'Benign', is_unsure: 0, is_blind: 0 }])
  await press('4', 'ArrowRight')
  await expect.poll(shown).toBe('3')
  expect(entries()).toHaveLength(2)
  await press('n')
  await page.getByLabel('Comment').fill('crush artefact')
  await press('Enter')
  await page.getByText('Will be saved with your next label.').waitFor()
  await press('s')
  await page.getByText('1 image marked as unsure.').waitFor()
  await page.getByTestId('readings').getByText('crush artefact').waitFor()
  await look('review')
  expect(entries().at(-1)).toMatchObject({ class: null, is_unsure: 1, kind: 'reading' })

  // If a label cannot be saved, a message appears, and the image stays; later keys are dropped.
  await press('ArrowRight')
  await expect.poll(shown).toBe('4')
  refusesLabels = true
  await press('1', 'ArrowRight')
  await page.getByRole('alert').waitFor()
  expect(await shown()).toBe('4')
  // The comment alone is an entry, too.
  expect(entries()).toHaveLength(4)
  refusesLabels = false
  await button('Dismiss').click()
  await page.getByTestId('viewer').click()

  // Faster than the disk: every label belongs to the image that was shown.
  await press('1', 'ArrowRight', '2', 'ArrowRight', 'a', 'ArrowRight', '3', 'ArrowRight', 'a', 'ArrowRight')
  await press('1', 'ArrowRight', '2')
  await expect
    .poll(() => entries().map((entry) => entry.class))
    .toEqual([
      'Benign',
      'Invasive',
      null,
      null,
      'Normal',
      'Benign',
      'InSitu',
      'InSitu',
      'Normal',
      'Normal',
      'Benign',
    ])
  expect(await shown()).toBe('10')

  // The viewer returns to the image whose label is undone.
  await press('ArrowRight')
  await expect.poll(shown).toBe('11')
  await press('u')
  await expect.poll(shown).toBe('10')
  await page.getByText('You have not labelled this image yet').waitFor()
  await press('u')
  await expect.poll(shown).toBe('9')
  await press('1', 'ArrowRight', '2')
  await expect.poll(() => entries().length).toBe(15)
  // The stain as an encoder sees it, and another image beside this one.
  await press('t')
  await page
    .getByTestId('stain-note')
    .getByText(/explains/)
    .waitFor()
  await press('v', 'ArrowLeft')
  await expect.poll(shown).toBe('9')
  expect(await page.getByTestId('pinned').getAttribute('data-image-id')).toBe('10')
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await look('compare')
  await press('v', 't', 'ArrowRight')
  await expect.poll(shown).toBe('10')
  await page.getByTestId('pinned').waitFor({ state: 'detached' })
  await press('?')
  await page.getByRole('dialog').getByText('Accept the suggested class').waitFor()
  await look('keys')
  await press('Escape')
  expect(problems).toEqual([])
})

it('lets a second reader read blind: hidden values are never sent before they decide', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  // Tiles that are on their way when blindness begins would be refused.
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await button('Reading as Anna').last().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('New reader').fill('Ben')
  await press('Enter')
  await dialog.getByRole('button', { name: /^Ben/ }).waitFor()
  await dialog.getByLabel(/Blind reading for Ben/).check()
  await page.getByTestId('blind-banner').waitFor()
  await look('who')
  await button('Done', dialog).click()
  // The page that knew the names has forgotten them, and shows the same image in the viewer.
  await page.getByTestId('withheld').waitFor()
  expect(await page.locator('body').textContent()).not.toContain(mark)

  // A page that starts now has nothing from before.
  heard = []
  await page.reload()
  await page.getByTestId('withheld').waitFor()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.getByTestId('film-strip').waitFor()
  await framesTellNothing()
  await look('blind')
  await press('Escape')
  await rows()
    .nth(count - 1)
    .waitFor()
  await look('blind-worklist')
  await page.getByTestId('worklist').focus()
  await press('Home', 'v', ' ')
  await page.getByTestId('peek').waitFor()
  await framesTellNothing()
  await look('blind-grid')
  await press('Escape', 'v')
  await rows().first().waitFor()
  const words = (await page.locator('body').textContent()) ?? ''
  expect(words).not.toContain(mark)
  expect(words).toContain('0 labelled, 0 with a suggestion')
  const everything = heard.join('\n')
  expect(everything).toContain('"isWithheld":true')
  for (const secret of [
    mark,
    'crush artefact',
    '"suggested":',
    '"className":',
    'out-of-focus',
    '"probabilities":',
  ])
    expect(everything, secret).not.toContain(secret)
  // Agreement is not for them.
  await page.getByRole('link', { name: 'Agreement' }).click()
  await page.getByText('You are reading blind').waitFor()
  await page.getByRole('link', { name: 'Models' }).click()
  await page
    .getByTestId('model-report')
    .getByText('Reports and comparisons of models contain the labels of images')
    .waitFor()
  await look('blind-models')
  await page.getByRole('link', { name: 'Worklist' }).click()

  await rows().first().waitFor()
  await page.getByTestId('worklist').focus()
  await press('Home', 'Enter')
  await page.getByTestId('withheld').waitFor()
  // Neither the row of the image nor its place among the files.
  expect(Number(await shown())).toBeGreaterThan(2 ** 52)
  await press('a')
  await page.getByText('The suggestion is hidden until you have labelled the image.').waitFor()
  await press('4')
  await page.getByTestId('verdict-panel').waitFor()
  const readings = page.getByTestId('readings')
  await readings.getByText('Ben (you)').waitFor()
  // Its name has come, and no other one.
  const names = new Set(heard.join('\n').match(new RegExp(`${mark}-\\d\\d\\.png`, 'g')))
  expect([...names]).toHaveLength(1)
  expect(heard.join('\n').split(mark).length - 1).toBeLessThan(20)
  if (Number(/\d+/.exec([...names][0] ?? '')?.[0]) <= 10) await readings.getByText('Anna').waitFor()
  await look('revealed')
  for (const key of ['1', '2', '2', 's', '4', '3', '1', '1', '2', '4', '2']) await press('ArrowRight', key)
  await expect.poll(() => entries().filter(({ reader }) => reader === 'Ben').length).toBe(count)
  expect(entries().filter(({ reader, is_blind }) => reader === 'Ben' && is_blind === 0)).toEqual([])
  expect(problems).toEqual([])
})

it('shows their agreement, opens the images behind a number, and adjudicates disagreements', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium')
  await press('Escape')
  await button('End blind reading').click()
  await page.getByTestId('blind-banner').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Agreement' }).click()
  const pair = page.getByTestId('pairs').getByRole('row').filter({ hasText: 'Anna and Ben' })
  await pair.waitFor()
  const kappa = await pair.locator('strong').textContent()
  expect(kappa).toMatch(/^-?\d\.\d\d$/)
  // The strong number is the kappa of the one pair.
  expect(await page.getByTestId('agreement-figures').locator('.value').first().textContent()).toBe(kappa)
  await look('agreement')
  await fitsEverywhere(page, 'agreement')
  await page.setViewportSize({ width: 1440, height: 900 })

  // Anna read with suggestions in view, Ben blind.
  const study = page.getByTestId('reader-study')
  const namesIn = (testId: string): Promise<string[]> =>
    study.getByTestId(testId).getByRole('rowheader').allTextContents()
  await study.scrollIntoViewIfNeeded()
  expect(await namesIn('study-times')).toEqual(['Anna', 'Ben', 'All readers'])
  expect(await namesIn('study-overrides')).toEqual(['Anna'])
  expect(await namesIn('study-second-look')).toEqual(['Ben'])
  await study.getByText('What the audit trail cannot tell').click()
  await study.getByText(/^When an image was opened/).waitFor()
  await study.getByText('Before and after the suggestion').scrollIntoViewIfNeeded()
  await look('study')
  await page.getByLabel('Independent labels only').check()
  await pair.waitFor()
  expect(await pair.locator('strong').textContent()).toBe(kappa)

  const cell = page
    .getByTestId('reader-matrix')
    .getByRole('button', { name: /Anna \w+, Ben \w+/, disabled: false })
    .first()
  const behind = Number(await cell.textContent())
  await cell.click()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.getByText(`1 of ${behind}`, { exact: true }).waitFor()
  await press('Escape')
  await page.getByTestId('pairs').waitFor()

  const disputed = page.getByRole('button', { name: /^Disagreements/ })
  const before = Number(/\d+/.exec((await disputed.textContent()) ?? '')?.[0])
  expect(before).toBeGreaterThan(0)
  const line = page.getByTestId('settle-list').locator('li[data-image-id]').first()
  const imageId = Number(await line.getAttribute('data-image-id'))
  // With the first of them; digits then adjudicate, and never change the reader's own label.
  await button('Adjudicate one by one').click()
  // In the panel of the viewer: the image stays free, its keys work, and the class is saved with Enter alone.
  const panel = page.getByTestId('adjudication')
  await panel.getByTestId('readings').getByText('Ben (you)').waitFor()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  const labels = entries().length
  await press('3', '+', 'a', 'Delete')
  expect(await button('InSitu', panel).getAttribute('aria-pressed')).toBe('true')
  await press('n')
  await page.keyboard.type('basement membrane intact, 2 of 3')
  await look('adjudicate')
  expect(entries()).toHaveLength(labels)
  await press('Enter')
  await page.getByText('1 image adjudicated as InSitu.').waitFor()
  // Ends the adjudication, then closes the viewer.
  await press('Escape', 'Escape')
  await page.getByRole('button', { name: `Disagreements (${before - 1})` }).waitFor()
  expect(entries().at(-1)).toMatchObject({ reader: 'Ben', class: 'InSitu', kind: 'adjudication' })
  await page.getByRole('button', { name: 'Adjudicated (1)' }).click()
  await page.locator(`[data-image-id="${imageId}"]`).getByText('basement membrane intact, 2 of 3').waitFor()
  await look('settled')
  await button(/^Remove/)
    .first()
    .waitFor()
  expect(problems).toEqual([])
})
