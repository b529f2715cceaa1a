import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { researchUseSentence } from '../../../electron/contract/index.ts'
import { aliasesIn } from '../../support/blind-aliases.ts'
import {
  launchBrowser,
  picturesArrived,
  problemsOf,
  screenshotPath,
  stayOnImages,
} from '../../support/browser.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { checkTrail } from './story-trail.ts'

/** Two images per case: two cases in each class, as many as there are folds. */
const perClass = 4
const count = perClass * 4
/**
 * The smallest data from which boosters learn something: 48 rows per fold, with leaves of 20. At a quarter of their
 * scale images take a quarter of the time. The second training changes only the boosters, so that nothing is encoded
 * again.
 */
const smallest = { Folds: '2', Augmentations: '6', 'Crop sizes': '128@0.25', Crops: '8', Rounds: '20' }
const classNames = ['Normal', 'Benign', 'InSitu', 'Invasive'] as const

let home: string
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null
let page: Page
/** The class each image was generated as, an index of `classNames`, by its id. */
const drawnAs = new Map<string, number>()
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'lobule-page-'))
  browser = await launchBrowser()
  server = await serveLobule(home)
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
  rmSync(home, { recursive: true })
})

const minutes = (n: number): { timeout: number } => ({ timeout: n * 60_000 })
const button = (name: string | RegExp, within: Page | Locator = page): Locator =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
const dialog = (): Locator => page.getByRole('dialog')
const rows = (): Locator => page.getByTestId('worklist-row')
const panel = (): Locator => page.getByTestId('verdict-panel')
const shown = (): Promise<string | null> => page.getByTestId('viewer').getAttribute('data-image-id')
const isDrawn = (): Promise<void> => page.locator('[data-testid=viewer][data-ready=true]').waitFor()
const goTo = (screen: string): Promise<void> => page.getByRole('link', { name: screen, exact: true }).click()
const model = (name: string): Locator =>
  page.getByRole('list', { name: 'Models' }).getByRole('button', { name: new RegExp(`^${name}`) })
const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key)
}

/** Screenshots for people. */
async function look(name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: screenshotPath(`story-${name}-${colorScheme}`) })
  }
}

async function openFirst(): Promise<void> {
  await rows().first().waitFor()
  await page.getByTestId('worklist').focus()
  await press('Home', 'Enter')
  await page.getByTestId('viewer').waitFor()
}

/** One key an image, from the first of the list to the last. */
async function readAll(reader: string, keyOf: (imageId: string) => Promise<string> | string): Promise<void> {
  for (let place = 1; place <= count; place++) {
    const imageId = (await shown()) ?? ''
    await press(await keyOf(imageId))
    if (place < count) await press('ArrowRight')
    if (place < count) await expect.poll(shown, minutes(1)).not.toBe(imageId)
  }
  await page.getByTestId('readings').getByText(`${reader} (you)`).waitFor()
}

async function readAs(reader: string, isBlind: boolean): Promise<void> {
  await button(/^Reading as/)
    .last()
    .click()
  await dialog().getByLabel('New reader').fill(reader)
  await press('Enter')
  await dialog()
    .getByRole('button', { name: new RegExp(`^${reader}.*reading now`) })
    .waitFor()
  if (isBlind) await dialog().getByLabel(`Blind reading for ${reader}`).check()
  await look(`reader-${reader.toLowerCase()}`)
  await button('Done', dialog()).click()
  await dialog().waitFor({ state: 'detached' })
}

async function train(name: string, changes: Readonly<Record<string, string>>): Promise<void> {
  await dialog().getByLabel('Name of the model').fill(name)
  await dialog().getByText('Recipe settings').click()
  for (const [setting, value] of Object.entries(changes)) {
    await dialog().getByLabel(setting, { exact: true }).fill(value)
  }
  await dialog().getByText('Changed for this training.').waitFor()
  await look(`train-${name}`)
  await button('Train', dialog()).click()
}

async function giveReason(action: string, reason: string, outcome: string): Promise<void> {
  await dialog().getByLabel('Reason').fill(reason)
  await button(action, dialog()).click()
  await page.getByText(outcome).first().waitFor()
}

async function begin(): Promise<void> {
  await page.goto(server.url)
  await page.getByText(researchUseSentence).first().waitFor()
  await look('notice')
  await button('I understand').click()
  await page.getByLabel('Name', { exact: true }).fill('first-steps')
  await page.getByText(`Will be created at ${join(home, 'first-steps')}`).waitFor()
  await look('start')
  await button('Create workspace').click()

  await page.getByTestId('empty-state').waitFor()
  await readAs('Anna', false)
  await look('empty')
  await button('Install missing as untrained').click()
  await page.getByText('Untrained').first().waitFor(minutes(2))
  await page.getByLabel('Images per class').fill(String(perClass))
  await button('Generate and import').click()
  await rows().first().waitFor(minutes(5))
  await page.getByText(`${count} images`).first().waitFor(minutes(1))
}

/** Generated tissue has labels; they are removed, and set again with the keyboard alone. */
async function labelByKeys(): Promise<void> {
  await page.getByText(`${count} labelled, 0 with a suggestion`).waitFor(minutes(1))
  await page.getByTestId('worklist').focus()
  await press('Control+a', 'Delete')
  await page.getByText('0 labelled, 0 with a suggestion').waitFor()
  await press('Escape')
  await openFirst()
  await isDrawn()
  await readAll('Anna', async (imageId) => {
    const title = (await page.getByRole('heading', { level: 1 }).textContent()) ?? ''
    const place = classNames.findIndex((name) => title.toLowerCase().includes(`-${name.toLowerCase()}-`))
    expect(place, title).toBeGreaterThanOrEqual(0)
    drawnAs.set(imageId, place)
    return String(place + 1)
  })
  expect(drawnAs.size).toBe(count)
  await press('Escape')
  await page.getByText(`${count} labelled, 0 with a suggestion`).waitFor()
  await look('labelled')
}

async function trainAndClassify(): Promise<void> {
  await button('Train').click()
  await train('first', smallest)
  await page
    .getByText(new RegExp(`Encoding images: \\d+ of ${count}`))
    .first()
    .waitFor(minutes(2))
  await look('training')
  await page
    .getByText(/Out-of-fold accuracy/)
    .first()
    .waitFor(minutes(10))
  await useFirst()
  await button('Classify').click()
  await page.getByText(`${count} images classified`).first().waitFor(minutes(5))
  await page.getByText(`${count} labelled, ${count} with a suggestion`).waitFor()
  await look('verdicts')
}

/** The first model is in use only if it is better than guessing, which these few images need not show. */
async function useFirst(): Promise<void> {
  await goTo('Models')
  await page.getByTestId('trust-box').getByText('Better than guessing?').waitFor()
  await look('trust')
  if (await page.getByTestId('candidate-card').isVisible()) {
    await button('Use this model…').click()
    await giveReason('Use this model', 'first of the study', 'In use: first.')
  }
  await goTo('Worklist')
}

/** @returns the image that was read again, and the class that Anna says against the suggestion and the truth */
async function lookAndOverride(): Promise<{ imageId: string; file: string; said: string }> {
  await openFirst()
  await isDrawn()
  await panel().getByText('UNTRAINED ENCODER').waitFor()
  await panel().getByText('only classifiers that were not trained on it are used').waitFor()
  // Boosters without a single split would give equal probabilities.
  expect(await panel().locator('.suggested').textContent()).not.toContain('25.0%')
  await page.getByTestId('scale-bar').waitFor()
  await page.getByText(researchUseSentence).first().waitFor()
  await look('viewer')

  const map = page.waitForResponse(
    (response) => response.url().includes('/heat/') && response.ok(),
    minutes(4),
  )
  await press('h')
  await map
  const heat = page.getByTestId('heat-map-panel')
  await heat.getByText(/^Probability of \w+ at each position$/).waitFor()
  await heat.getByText('UNTRAINED ENCODER').waitFor()
  await isDrawn()
  await look('heat-map')
  await press('h')

  const imageId = (await shown()) ?? ''
  // The suggested class, which comes first also where the suggestion is undecided; only a decided one can be accepted.
  const suggestion = (await page.locator('.suggested .class').first().textContent()) ?? ''
  const suggested = classNames.find((name) => suggestion.replace('Undecided: ', '').startsWith(name))
  expect(await button(/^Accept /).count()).toBe(suggestion.startsWith('Undecided') ? 0 : 1)
  const place = classNames.findIndex((name, index) => name !== suggested && index !== drawnAs.get(imageId))
  const said = classNames[place] ?? ''
  await press(String(place + 1))
  await page.getByText(`1 image labelled ${said}.`).waitFor()
  await panel().getByText(said).first().waitFor()
  await look('override')
  const file = (await page.getByRole('heading', { level: 1 }).locator('.visually-hidden').textContent()) ?? ''
  await press('Escape')

  await page.reload()
  const relabelled = rows().filter({ hasText: file })
  await relabelled.getByText(said).first().waitFor()
  await look('reloaded')
  return { imageId, file, said }
}

async function readBlind(): Promise<void> {
  await picturesArrived(page)
  await readAs('Ben', true)
  await page.getByTestId('blind-banner').waitFor()
  await openFirst()
  await page.getByTestId('withheld').waitFor()
  await isDrawn()
  await look('blind')
  const aliases = aliasesIn(join(home, 'first-steps'))
  await readAll('Ben', (alias) => String((drawnAs.get(aliases.get(alias) ?? '') ?? NaN) + 1))
  await panel().getByText('UNTRAINED ENCODER').waitFor()
  await look('revealed')
  await press('Escape')
  await button('End blind reading').click()
  await page.getByTestId('blind-banner').waitFor({ state: 'detached' })
}

async function agree({ imageId, file }: { imageId: string; file: string }): Promise<void> {
  await goTo('Agreement')
  const pair = page.getByTestId('pairs').getByRole('row').filter({ hasText: 'Anna and Ben' })
  // Ben chooses each class four times, Anna one three times and another five times, and they agree on 15 of 16:
  // (15/16 - 64/256) / (1 - 64/256) = 0.9167.
  await expect.poll(() => pair.locator('strong').textContent(), minutes(1)).toBe('0.92')
  await button('Disagreements (1)').waitFor()
  await look('agreement')
  await button(`Adjudicate ${file}`).click()
  const adjudication = page.getByTestId('adjudication')
  await adjudication.waitFor()
  const place = drawnAs.get(imageId) ?? NaN
  await press(String(place + 1))
  await adjudication.getByLabel('Reason').fill('seen together')
  await look('adjudicate')
  await button('Adjudicate', adjudication).click()
  await page.getByText(`1 image adjudicated as ${classNames[place]}.`).waitFor()
  await press('Escape')
  await button('Disagreements (0)').waitFor()
  await button('Adjudicated (1)').click()
  await page.locator(`[data-image-id="${imageId}"]`).getByText('seen together').waitFor()
  await look('adjudicated')
}

/** Trains again with the adjudicated labels, compares, and puts the new model in use for a while. */
async function retrain(): Promise<void> {
  await goTo('Models')
  await page.getByTestId('model-report').getByText('Out-of-fold accuracy').first().waitFor()
  await button('Train a model').click()
  await train('second', { ...smallest, Rounds: '60' })
  await model('second').waitFor(minutes(5))
  await model('second').click()
  await page.getByRole('heading', { name: 'second', level: 2 }).waitFor()
  const card = page.getByTestId('candidate-card')
  await card.getByText('first stays in use until you decide.').waitFor()
  await card.getByText(/^On \d+ images that both models predicted out of fold/).waitFor()
  await look('models')
  await button('Keep first', card).click()
  await card.waitFor({ state: 'detached' })
  await page.getByRole('tab', { name: 'Compare', exact: true }).click()
  const compared = page.getByTestId('comparison').getByRole('row', { name: /^Images compared/ })
  await compared.getByText(String(count), { exact: true }).waitFor()
  await page.getByTestId('flips').waitFor()
  await look('compare')

  await button('Use this model…').click()
  await dialog().getByText('replaces first').waitFor()
  await giveReason('Use this model', 'more rounds', 'In use: second.')
  await model('second').getByText('In use').waitFor()
  await button('Undo last promotion…').click()
  await dialog().getByText('first becomes the default model again').waitFor()
  await giveReason('Undo promotion', 'no better', 'In use: first.')
  await model('first').getByText('In use').waitFor()
  await page.getByRole('tab', { name: 'History', exact: true }).click()
  const row = page.getByTestId('promotions').getByRole('row').filter({ hasText: 'more rounds' })
  await row.getByText('no better').waitFor()
  await look('history')
}

async function report({ file }: { file: string }): Promise<void> {
  await button('Export…').click()
  await dialog().getByLabel('File name').fill('model-report')
  const path = join(home, 'first-steps', 'model-report.html')
  await dialog().getByText(`Will be written to ${path}.`, { exact: false }).waitFor()
  await button('Save', dialog()).click()
  await dialog().waitFor({ state: 'detached', ...minutes(2) })
  await page.getByText(`Written to ${path}`).waitFor(minutes(2))
  expect(readFileSync(path, 'utf8')).toContain(researchUseSentence)

  await goTo('Worklist')
  await rows().filter({ hasText: file }).locator(`.name[title$="${file}"]`).click()
  await button('Tables and reports').click()
  await page.getByRole('menuitem', { name: /^Report of case / }).click()
  await dialog().getByLabel('File name').fill('case.html')
  await look('case-report')
  await button('Save', dialog()).click()
  await page.getByText(`2 images written to ${join(home, 'case.html')}.`).waitFor(minutes(2))
  const text = readFileSync(join(home, 'case.html'), 'utf8')
  for (const word of [file, researchUseSentence, 'UNTRAINED', 'Anna', 'Ben']) expect(text).toContain(word)
}

it('goes from an empty start to a verified audit trail, all in the page', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  await stayOnImages(page)
  const problems = problemsOf(page)
  await begin()
  await labelByKeys()
  await trainAndClassify()
  const overridden = await lookAndOverride()
  await readBlind()
  await agree(overridden)
  await retrain()
  await report(overridden)
  await checkTrail(page, look)
  expect(problems).toEqual([])
})

it('refuses a second use of the same address', async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  const stranger = await (await browser.newContext()).newPage()
  const response = await stranger.goto(server.url)
  expect(response?.status()).toBe(403)
})
