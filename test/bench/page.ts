/**
 * The page with a workspace of 10 000 images, in real Chromium against the real server, at rest and while a
 * training runs: `npm run bench -- page [--images 10000] [--repeats 20] [--no-training]`.
 * Targets (issue 8): rows within 1 s of the window; scrolling, filtering and labelling have no task over 50 ms at
 * the median; the next image fully drawn in under 200 ms.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { serveLobule } from '../support/serve-lobule.ts'
import { ServerPage } from '../support/server-page.ts'
import { machineLine, milliseconds, quantile } from './support/figures.ts'
import { makeLargeWorkspace } from './support/large-workspace.ts'
import { watchPage, type Watched } from './support/page-watch.ts'

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '10000' },
    repeats: { type: 'string', default: '20' },
    'no-training': { type: 'boolean', default: false },
  },
})
const [images, repeats] = [Number(values.images), Number(values.repeats)]
const targets = { openMs: 1000, taskMs: 50, nextMs: 200 }
/** Enough for five folds by case, with four classes. */
const fieldsAClass = 10
const settleMs = 250
const longestWaitMs = 60_000
/** A reader views an image for longer; prefetching has this much time. */
const glanceMs = 1000

function say(what: string, times: readonly number[], targetMs: number): void {
  const [half, most, worst] = [quantile(times, 0.5), quantile(times, 0.95), Math.max(...times)]
  const verdict = half < targetMs ? 'met' : 'MISSED'
  console.log(
    `  ${what.padEnd(44)} median ${milliseconds(half).padStart(8)}  p95 ${milliseconds(most).padStart(8)}  most ${milliseconds(worst).padStart(8)}  target ${targetMs} ms ${verdict} (${times.length})`,
  )
}

const watched = (page: Page): Promise<Watched> => page.evaluate('globalThis.lobuleWatch')

/** The longest task of each round; 0 if none took 50 ms, from which the browser reports tasks. */
async function longestTasks(
  page: Page,
  rounds: number,
  act: (round: number) => Promise<void>,
): Promise<number[]> {
  const longest: number[] = []
  for (let round = 0; round < rounds; round++) {
    await page.waitForTimeout(settleMs)
    await page.evaluate('globalThis.lobuleWatch.tasksMs.length = 0')
    await act(round)
    await page.waitForTimeout(settleMs)
    longest.push(Math.max(0, ...(await watched(page)).tasksMs))
  }
  return longest
}

/** A page that is loaded while its workspace is open, as a window at the start; by table or grid, as it was left. */
async function timeReloading(page: Page, server: ServerPage, first: string): Promise<void> {
  const reloaded: number[] = []
  for (let round = 0; round < Math.max(3, repeats / 4); round++) {
    await page.goto('about:blank')
    await page.goto(server.origin)
    await page.getByTestId(first).first().waitFor()
    const { rowsAtMs, paintedAtMs } = await watched(page)
    reloaded.push((rowsAtMs ?? NaN) - (paintedAtMs ?? NaN))
  }
  say(`window painted to ${first}, workspace open`, reloaded, targets.openMs)
}

async function timeOpening(page: Page, server: ServerPage, workspace: string): Promise<void> {
  const clicked: number[] = []
  for (let round = 0; round < Math.max(3, repeats / 4); round++) {
    await server.call('workspace.close', {})
    // The page receives the event a moment later; until then it shows its old rows.
    await page.getByTestId('worklist-row').first().waitFor({ state: 'detached' })
    const recent = page.getByRole('button', { name: /study/ }).first()
    await recent.waitFor()
    await page.evaluate('globalThis.lobuleWatch.rowsAtMs = null')
    await recent.click()
    await page.getByTestId('worklist-row').first().waitFor()
    const { rowsAtMs, clickedAtMs } = await watched(page)
    clicked.push((rowsAtMs ?? NaN) - (clickedAtMs ?? NaN))
  }
  say('workspace clicked to rows', clicked, targets.openMs)
  const current = await server.call('workspace.current', {})
  if (current?.path !== workspace) throw new Error('another workspace was opened')
}

async function timeWorklist(page: Page): Promise<void> {
  const list = page.getByTestId('worklist')
  await list.focus()
  await list.hover()
  const scrolled = await longestTasks(page, repeats, async () => {
    for (let step = 0; step < 10; step++) await page.mouse.wheel(0, 700)
  })
  say('scrolling, longest task', scrolled, targets.taskMs)
  const filtered = await longestTasks(page, repeats, async (round) => {
    await page.keyboard.press('/')
    await page.keyboard.type(`case0${round % 10}`, { delay: 30 })
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
  })
  say('searching and back, longest task', filtered, targets.taskMs)
  await list.focus()
  await page.keyboard.press('Home')
  const labelled = await longestTasks(page, repeats, async (round) => {
    await page.keyboard.press(String((round % 4) + 1))
    await page.keyboard.press('ArrowDown')
  })
  say('labelling and on, longest task', labelled, targets.taskMs)
}

async function timeGrid(page: Page, server: ServerPage): Promise<void> {
  const list = page.getByTestId('worklist')
  const tiles = page.getByTestId('worklist-tile')
  const changed = await longestTasks(page, repeats, async () => {
    await page.keyboard.press('v')
    await page.waitForTimeout(settleMs)
  })
  say('table to grid or back, longest task', changed, targets.taskMs)
  if ((await tiles.count()) === 0) await page.keyboard.press('v')
  await tiles.first().waitFor()
  await list.focus()
  await list.hover()
  const scrolled = await longestTasks(page, repeats, async () => {
    for (let step = 0; step < 10; step++) await page.mouse.wheel(0, 700)
  })
  say('scrolling the grid, longest task', scrolled, targets.taskMs)
  await page.keyboard.press('Home')
  const labelled = await longestTasks(page, repeats, async (round) => {
    await page.keyboard.press(String((round % 4) + 1))
    await page.keyboard.press('ArrowDown')
  })
  say('labelling in the grid and on, longest task', labelled, targets.taskMs)
  await timeReloading(page, server, 'worklist-tile')
  await list.focus()
  await page.keyboard.press('v')
  await page.getByTestId('worklist-row').first().waitFor()
}

/**
 * Waits until more images than that were drawn. By the debugging protocol, because the page's policy forbids
 * polling in it.
 */
async function nextDrawn(page: Page, before: number): Promise<void> {
  const giveUpAt = performance.now() + longestWaitMs
  while ((await watched(page)).drawnMs.length <= before) {
    if (performance.now() > giveUpAt) throw new Error('the next image is not drawn')
    await page.waitForTimeout(50)
  }
}

/**
 * From each key to every tile of the fitted image on the canvas, after viewing the previous image for this long.
 */
async function turnTimes(page: Page, pauseMs: number): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < repeats; round++) {
    await page.waitForTimeout(pauseMs)
    const before = (await watched(page)).drawnMs.length
    await page.keyboard.press('ArrowRight')
    await nextDrawn(page, before)
    times.push((await watched(page)).drawnMs.at(-1) ?? NaN)
  }
  return times
}

async function timeViewer(page: Page, pagesDown: number): Promise<void> {
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('Home')
  for (let times = 0; times < pagesDown; times++) await page.keyboard.press('PageDown')
  await page.keyboard.press('Enter')
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  say('next image after a glance, key to drawn', await turnTimes(page, glanceMs), targets.nextMs)
  // Only the tile or two that were prefetched since the last one was drawn.
  say('next image at once, key to drawn', await turnTimes(page, 0), targets.nextMs)
  await page.keyboard.press('Escape')
}

async function timeEverything(browser: Browser, server: ServerPage, workspace: string): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const [name = '', value = ''] = server.cookie.split('=')
  await context.addCookies([{ name, value, url: server.origin }])
  const page = await context.newPage()
  page.setDefaultTimeout(longestWaitMs)
  await page.addInitScript(() => localStorage.setItem('lobule tour', 'seen'))
  await page.addInitScript(watchPage)
  const isBusy = (await server.call('job.list', {})).some(({ state }) => state === 'running')
  await timeReloading(page, server, 'worklist-row')
  // A workspace with a running job cannot be closed.
  if (!isBusy) await timeOpening(page, server, workspace)
  await timeWorklist(page)
  await timeGrid(page, server)
  // Other images than the first time, because their tiles are cached.
  await timeViewer(page, isBusy ? 20 : 0)
  await context.close()
}

/** Starts a training and waits until it computes; returns a function that stops it. */
async function train(server: ServerPage): Promise<() => Promise<void>> {
  const { jobId: encoders } = await server.call('encoder.demo', { names: ['resnet50'] })
  for (;;) {
    const { state } = await server.call('job.get', { jobId: encoders })
    if (state === 'done') break
    if (state !== 'running' && state !== 'queued') throw new Error(`the encoder was not installed: ${state}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  const { jobId } = await server.call('model.train', { name: 'while reading', recipe: 'quick' })
  await new Promise((resolve) => setTimeout(resolve, 5000))
  const { state } = await server.call('job.get', { jobId })
  if (state !== 'running') throw new Error(`the training does not run: ${state}`)
  return async () => {
    const { state: last } = await server.call('job.get', { jobId })
    console.log(`  the training was ${last} at the end`)
    if (last === 'running') await server.call('job.cancel', { jobId })
  }
}

const browser = await launchBrowser()
if (browser === null) process.exit(1)
const home = mkdtempSync(join(tmpdir(), 'lobule-bench-'))
console.log(machineLine())
try {
  const workspace = join(home, 'study')
  await makeLargeWorkspace(workspace, images, fieldsAClass)
  const running = await serveLobule(home)
  const server = await ServerPage.open(running.url)
  try {
    await server.call('app.acknowledge', {})
    await server.call('workspace.open', { path: workspace })
    console.log(`${images} images, at rest:`)
    await timeEverything(browser, server, workspace)
    if (!values['no-training']) {
      const stop = await train(server)
      console.log(`${images} images, while a training runs:`)
      await timeEverything(browser, server, workspace)
      await stop()
    }
  } finally {
    server.close()
    await running.stop()
  }
} finally {
  await browser.close()
  rmSync(home, { recursive: true, force: true })
}
console.log(machineLine())
