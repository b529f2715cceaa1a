import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { researchUseSentence } from '../../../electron/contract/index.ts'
import { launchBrowser, screenshotPath } from '../../support/browser.ts'
import type { FakeOptions } from './mock/fake-application.ts'
import { serveMock, type MockServer } from './mock/serve-mock.ts'

/** The page by itself, in real Chromium, with a made-up application behind the server door's protocol. */
let browser: Browser | null
let context: BrowserContext
let page: Page
let server: MockServer
let problems: string[]

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
})
beforeEach(async ({ skip }) => {
  if (browser === null) return skip('no Chromium')
  problems = []
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  page = await context.newPage()
  page.setDefaultTimeout(15_000)
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
})
afterEach(async () => {
  if (browser === null) return
  await context.close()
  await server.stop()
})

/** Pictures of the screen as it is, in both themes, for people to look at. */
async function look(name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: screenshotPath(`page-${name}-${colorScheme}`) })
  }
}

async function open(options: Partial<FakeOptions>): Promise<void> {
  server = await serveMock(options)
  await page.goto(server.url)
}

const button = (name: string | RegExp, within: Page | Locator = page): Locator =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
const rows = (): Locator => page.getByTestId('worklist-row')
const row = (fileName: string): Locator => rows().filter({ hasText: fileName })
const cursor = (): Promise<string | null> =>
  page.getByTestId('worklist').getAttribute('aria-activedescendant')

it('leads from the first start to a report with its failures', async () => {
  await open({ acknowledged: false })
  await page.getByRole('heading', { name: 'Before you begin' }).waitFor()
  await page.getByText(researchUseSentence).waitFor()
  await look('notice')
  await button('I understand').click()

  await page.getByLabel('Classes', { exact: true }).fill('Only')
  await page.getByText('a scheme needs at least 2 classes').waitFor()
  expect(await button('Create workspace').isDisabled()).toBe(true)
  await page.getByLabel('Classes', { exact: true }).fill('Normal,Benign,InSitu*,Invasive*')
  await page.getByText('Will be made at /home/anna/my-study').waitFor()
  await look('start')
  await button('Create workspace').click()

  await page.getByTestId('empty-state').waitFor()
  await look('empty')
  await button('Import images…').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Path of a file or folder').fill('/home/anna/images')
  await page.keyboard.press('Enter')
  const preview = dialog.getByRole('row')
  await preview
    .filter({ hasText: 'case12_a.tif' })
    .filter({ hasText: 'Invasive' })
    .getByText('12', { exact: true })
    .waitFor()
  await preview.filter({ hasText: 'unnumbered.tif' }).getByText('no match').waitFor()
  await dialog.getByLabel('Regular expression', { exact: true }).fill('case(')
  await dialog.getByText('Not a regular expression').waitFor()
  expect(await button('Import', dialog).isDisabled()).toBe(true)
  await dialog.getByLabel('Regular expression', { exact: true }).fill(String.raw`case(\d+)`)
  await look('import')
  await button('Import', dialog).click()

  await page.getByTestId('job-strip').getByText('48 images imported, 2 known already, 3 failed').waitFor()
  await button('Details').click()
  await dialog.getByRole('row').filter({ hasText: 'notes.tif' }).getByText('it is text').waitFor()
  await look('import-report')
  await page.keyboard.press('Escape')
  await rows().first().waitFor()
  expect(problems).toEqual([])
})

it('draws and imports synthetic tissue in one step', async () => {
  await open({ images: 0 })
  await button('Draw and import').click()
  await row('case01-field1.png').getByText('Synthetic').waitFor()
  await page.getByTestId('job-strip').getByText('48 images imported').waitFor()
  await page.getByText('Training needs an encoder').waitFor()
  expect(problems).toEqual([])
})

it('reviews by keys alone, and takes it back', async () => {
  await open({ images: 48 })
  await rows().first().waitFor()
  await page.getByTestId('worklist').focus()
  expect(await cursor()).toBe('image-1')
  await page.keyboard.press('4')
  await row('case01-field1.png').getByText('Invasive').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await page.getByText('3 selected').waitFor()
  await page.keyboard.press('1')
  await page.getByText('3 images labelled Normal.').waitFor()
  await look('worklist-selected')
  await page.keyboard.press('Control+z')
  await page.getByText('The last labelling was taken back.').waitFor()
  await row('case01-field2.png').getByText('Benign').waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('u')
  await row('case02-field1.png').getByText('No label').waitFor()

  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  const viewer = page.getByTestId('viewer')
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  expect(await viewer.getAttribute('data-image-id')).toBe('1')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('3')
  await page.getByText('1 image labelled InSitu.').waitFor()
  expect(await button('InSitu').getAttribute('aria-pressed')).toBe('true')
  await page.keyboard.press('z')
  await page.getByText('100%', { exact: true }).waitFor()
  await page.reload()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  expect(await viewer.getAttribute('data-image-id')).toBe('2')
  await page.keyboard.press('Escape')
  await viewer.waitFor({ state: 'detached' })
  await row('case01-field2.png').getByText('InSitu').waitFor()
  expect(problems).toEqual([])
})

it('filters, searches and sorts, and the cursor stays on the list', async () => {
  await open({ images: 48, isClassified: true })
  await rows().first().waitFor()
  await button(/^Without label/).click()
  await expect.poll(() => rows().count()).toBe(6)
  await page.getByTestId('worklist').focus()
  const first = await cursor()
  await page.keyboard.press('1')
  await expect.poll(() => rows().count()).toBe(5)
  await expect.poll(cursor).not.toBe(first)
  await button('Clear filters').click()
  await page.keyboard.press('/')
  await page.keyboard.type('case05')
  await expect.poll(() => rows().count()).toBe(3)
  await page.getByText('3 of 48 images').waitFor()
  await button('Clear filters').click()
  await button('Probability').click()
  const percents = await page.locator('.probability .number').allTextContents()
  expect(percents).toEqual([...percents].sort((a, b) => parseFloat(a) - parseFloat(b)))
  expect(problems).toEqual([])
})

it('says beside a verdict what it is worth', async () => {
  await open({ images: 48, isClassified: true })
  await row('case01-field1.png').dblclick()
  const panel = page.getByTestId('verdict-panel')
  await panel.getByText('UNTRAINED ENCODER').waitFor()
  await panel.getByText('Synthetic').waitFor()
  await panel.getByText('only boosters that never saw it were asked').waitFor()
  await panel.getByText('Below 0.33').waitFor()
  await panel.getByText('Earlier suggestions (1)').waitFor()
  await panel.getByText(researchUseSentence).waitFor()
  await look('viewer')
  await page.getByTestId('scale-bar').getByText('µm').waitFor()
  await page.keyboard.press('Escape')
  await row('case03-field2.png').dblclick()
  await page.getByTestId('scale-bar').getByText('pixel size unknown').waitFor()
  await panel.getByText('This image took no part in training').waitFor()
  await panel.getByText('Pixel size unknown').waitFor()
  const words = (await page.locator('body').textContent()) ?? ''
  expect(words.toLowerCase().replaceAll(researchUseSentence.toLowerCase(), '')).not.toContain('diagnos')
  expect(problems).toEqual([])
})

it('measures, and steps through the magnifications', async () => {
  await open({ images: 12 })
  await row('case01-field1.png').dblclick()
  const isDrawn = page.locator('[data-testid=viewer][data-ready=true]')
  await isDrawn.waitFor()
  await button(/^Zoom: /).click()
  await page.getByText('At 10× a screen pixel shows 1 µm.').waitFor()
  await page.getByRole('menuitem', { name: '10×' }).click()
  await button(/^Zoom: 10×, 42%/).waitFor()
  const lengths = page.getByTestId('measurement-length')
  await page.keyboard.press('m')
  await page.mouse.move(500, 400)
  await page.mouse.down()
  await page.mouse.move(560, 480, { steps: 4 })
  await page.mouse.up()
  expect(await lengths.allTextContents()).toEqual([expect.stringContaining('100 µm')])
  await page.mouse.click(300, 300)
  await page.mouse.click(350, 300)
  await expect.poll(() => lengths.count()).toBe(2)
  expect(await lengths.last().textContent()).toContain('50 µm')
  await page.keyboard.press('PageUp')
  await button(/^Zoom: 20×, 84%/).waitFor()
  await isDrawn.waitFor()
  await look('ruler')
  await page.keyboard.press('Escape')
  await expect.poll(() => lengths.count()).toBe(0)
  await page.keyboard.press('Escape')
  await page.keyboard.press('x')
  await button('Leave full screen').waitFor()
  await page.getByTestId('verdict-panel').waitFor({ state: 'hidden' })
  await page.keyboard.press('x')
  await button('Full screen, without the panel').waitFor()
  expect(problems).toEqual([])
})

it('trains with live progress and reports the folds', async () => {
  await open({ images: 48, isClassified: true, jobMs: 1500 })
  await button('Train').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('The encoder is untrained').waitFor()
  await look('train')
  await dialog.getByLabel('Name of the model').fill('first look')
  await dialog.getByText('There is a model of this name already.').waitFor()
  await dialog.getByLabel('Name of the model').fill('third')
  await button('Train', dialog).click()
  const strip = page.getByTestId('job-strip')
  await strip.getByRole('progressbar').waitFor()
  await strip.getByText(/Encoding: \d+ of 48 images/).waitFor()
  await look('training')
  await strip.getByText('Out-of-fold accuracy 89.6%').waitFor()
  await button('Details').click()
  await dialog.getByText('Mean of folds 89.8% ± 6.3%').waitFor()
  await dialog.getByText('All images of a case were kept in one fold.').waitFor()
  await look('train-report')
  expect(problems).toEqual([])
})

it('tells what is installed, trained, run and pressed', async () => {
  await open({ images: 48, isClassified: true })
  await rows().first().waitFor()
  const dialog = page.getByRole('dialog')
  const panel = async (name: string, words: string): Promise<void> => {
    await dialog.getByText(words).first().waitFor()
    await look(name)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  }
  await button(/^Models/).click()
  await panel('models', 'folds by case')
  await button('Encoders').click()
  await panel('encoders', 'UNTRAINED, knows nothing')
  await button('Classify').click()
  await page.getByTestId('job-strip').getByText('48 images classified').waitFor()
  await button('Jobs').click()
  await panel('jobs', '48 images classified')
  await button('More').click()
  await page.getByRole('menuitem', { name: 'System check' }).click()
  await panel('doctor', 'CPU only')
  await button('More').click()
  await page.getByRole('menuitem', { name: 'About Lobule' }).click()
  await panel('about', researchUseSentence)
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('?')
  await panel('keys', 'Undo the last labelling')
  await button('Reading as Anna').click()
  await dialog.getByLabel('Name').fill('Ben')
  await button('Save', dialog).click()
  await button('Reading as Ben').waitFor()
  expect(problems).toEqual([])
})

it('chooses a path in the page where the system has no dialog, and says why it is refused', async () => {
  await open({ images: 12 })
  await button('Encoders').click()
  await button('Import weight files…').click()
  await button('weights').click()
  await button(/^resnet50_weights/).click()
  await look('paths')
  await button('Choose').click()
  await page.getByRole('alert').getByText('is not one of the official weight files').waitFor()
  await button('Dismiss').click()
  await page.getByRole('alert').waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

it('says that the connection is lost, and fetches everything again when it is back', async () => {
  await open({ images: 12 })
  await rows().first().waitFor()
  const { port } = server
  await server.stop()
  const lost = page.getByText('The connection to the application is lost.', { exact: false }).first()
  await lost.waitFor()
  await look('connection-lost')
  server = await serveMock({ images: 24 }, port)
  await button('Try now').click()
  await page.getByText('24 images', { exact: true }).first().waitFor()
  await lost.waitFor({ state: 'detached' })
})
