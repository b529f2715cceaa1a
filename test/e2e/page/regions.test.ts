import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { RegionView } from '../../../electron/contract/index.ts'
import { makeSyntheticField } from '../../../electron/engine/synthetic/index.ts'
import { launchBrowser, problemsOf, screenshotPath } from '../../support/browser.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { lookInBothThemes } from './accessibility.ts'

/** Regions with mouse and keyboard, in real Chromium against the real server. */
let home: string
let workspace: string
let browser: Browser | null
let server: Awaited<ReturnType<typeof serveLobule>> | null = null
let page: Page
let problems: string[]

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'lobule-regions-'))
  workspace = join(home, 'study')
  browser = await launchBrowser()
  const size = { widthPx: 1024, heightPx: 768 }
  const { data } = makeSyntheticField({ className: 'InSitu', seed: 3, index: 0, pixelSizeUm: 0.84, ...size })
  const file = join(home, 'field.png')
  await sharp(data, { raw: { width: size.widthPx, height: size.heightPx, channels: 3 } }).toFile(file)
  await lobuleJson(['init', '-w', workspace], { home })
  await lobuleJson(['import', file, '-w', workspace, '--pixel-size', '0.84'], { home })
  server = await serveLobule(home)
  if (browser === null) return
  page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, reducedMotion: 'reduce' })
  problems = problemsOf(page)
  await page.goto(server.url)
  await button('I understand').click()
  await button(/study/).first().click()
  await page.getByTestId('worklist-row').first().locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
})
afterAll(async () => {
  await browser?.close()
  await stopServer()
  rmSync(home, { recursive: true })
})
beforeEach(({ skip }) => {
  if (browser === null) skip('no Chromium')
})

/** Once: a workspace has one program at a time. */
async function stopServer(): Promise<void> {
  await server?.stop()
  server = null
}

const button = (name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' })
const rows = (): Locator => page.getByTestId('region-row')
const shapes = (): Locator => page.getByTestId('region-shape')
const chosen = (): Locator => page.locator('[data-testid=region-row][aria-selected=true]')

const look = (name: string): Promise<void> => lookInBothThemes(page, `page-${name}`)

it('draws with the mouse: rectangle, polygon, point; sets classes by key; undoes', async () => {
  // The tools are in the tool bar; a sign over the image says what is drawn, and later whose keys the digits are.
  const tools = page.getByRole('toolbar', { name: 'Tools' }).getByRole('group', { name: 'Draw a region' })
  const mode = page.getByTestId('region-mode')
  const ownLabel = page.getByRole('group', { name: 'Your label' })
  await tools.getByRole('button', { name: 'Polygon' }).click()
  await mode.getByText('Click each corner', { exact: false }).waitFor()
  await page.keyboard.press('b')
  await mode.getByText('Click and drag', { exact: false }).waitFor()
  expect(await tools.getByRole('button', { pressed: true }).getAttribute('aria-label')).toBe('Rectangle')
  await look('drawing')
  expect(await ownLabel.locator('kbd').first().textContent()).toBe('1')
  await page.mouse.move(300, 300)
  await page.mouse.down()
  await page.mouse.move(500, 420, { steps: 5 })
  await page.mouse.up()
  await expect.poll(() => rows().count()).toBe(1)
  await chosen().getByText('No class').waitFor()
  await mode.getByText('set the class of the region, not the label of the image.').waitFor()
  expect(await ownLabel.getByText('3', { exact: true }).count()).toBe(0)
  await look('digits-to-region')
  await page.keyboard.press('3')
  await chosen().getByText('InSitu').waitFor()
  await page.getByTestId('region-name').getByText('InSitu').waitFor()

  await page.keyboard.press('p')
  for (const [x, y] of [
    [600, 300],
    [760, 320],
    [720, 460],
    [620, 440],
  ] as const)
    await page.mouse.click(x, y)
  await page.mouse.dblclick(590, 380)
  await expect.poll(() => rows().count()).toBe(2)
  await page.keyboard.press('2')
  await chosen().getByText('Benign').waitFor()

  await page.keyboard.press('d')
  await page.mouse.click(450, 600)
  await expect.poll(() => rows().count()).toBe(3)
  await page.keyboard.press('4')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect.poll(() => mode.innerText()).toBe('')
  await ownLabel.getByText('3', { exact: true }).waitFor()
  await look('regions')

  // A click on a region selects it; none of these keys changed the label of the image.
  await page.mouse.click(400, 360)
  await chosen().getByText('InSitu').waitFor()
  await page.keyboard.press('Delete')
  await expect.poll(() => rows().count()).toBe(2)
  await page.getByText('Region deleted.').waitFor()
  await page.keyboard.press('u')
  await expect.poll(() => rows().count()).toBe(3)
  expect(await lobuleLabels()).toEqual([])
})

it('draws, navigates, comments and moves with the keyboard alone', async () => {
  await page.keyboard.press('Escape')
  await page.keyboard.press('b')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Shift+ArrowRight')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Enter')
  await expect.poll(() => rows().count()).toBe(4)
  await page.keyboard.press('1')
  await chosen().getByText('Normal').waitFor()
  await page.keyboard.press('n')
  await page.keyboard.type('a lobule, 1 of 4')
  await page.keyboard.press('Escape')
  await chosen().getByText('a lobule, 1 of 4').waitFor()
  const before = await shapes().last().locator('.line').getAttribute('d')
  await page.keyboard.press('Control+ArrowRight')
  await page.keyboard.press('Control+ArrowRight')
  await expect.poll(() => shapes().last().locator('.line').getAttribute('d')).not.toBe(before)
  await page.getByText('Region changed.').waitFor()
  await page.keyboard.press('d')
  await page.keyboard.press('Enter')
  await expect.poll(() => rows().count()).toBe(5)
  await page.keyboard.press('.')
  await chosen().getByText('InSitu').waitFor()
  await page.getByRole('listbox', { name: 'Regions of this image' }).focus()
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowUp')
  await chosen().getByText('Normal').waitFor()
  await page.keyboard.press('Enter')
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await look('regions-chosen')
})

it('keeps everything after a reload, and a corner can be dragged', async () => {
  await page.reload()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await expect.poll(() => rows().count()).toBe(5)
  await page.mouse.click(400, 360)
  await chosen().getByText('InSitu').waitFor()
  const words = await chosen().textContent()
  const corner = await page.getByTestId('region-handle').first().boundingBox()
  if (corner === null) throw new Error('no handle')
  await page.mouse.move(corner.x + 5, corner.y + 5)
  await page.mouse.down()
  await page.mouse.move(corner.x - 45, corner.y - 35, { steps: 4 })
  await page.mouse.up()
  await expect.poll(() => chosen().textContent()).not.toBe(words)
  await button(/^Undo/).click()
  await expect.poll(() => chosen().textContent()).toBe(words)
})

it('exports files for QuPath, and imports them and those of QuPath', async () => {
  const path = join(home, 'field.geojson')
  await button('Export…').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Folder').fill(home)
  await look('regions-export')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText(`5 regions written to ${path}.`).waitFor()
  const written = JSON.parse(readFileSync(path, 'utf8')) as { features: unknown[] }
  expect(written.features).toHaveLength(5)

  const chooser = page.waitForEvent('filechooser')
  await button('Import…').click()
  await (await chooser).setFiles(path)
  await page.getByText('0 regions imported, 5 already present.').waitFor()
  const other = join(home, 'other.geojson')
  const feature = (coordinates: unknown, name: string): unknown => ({
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates },
    properties: { objectType: 'annotation', classification: { name } },
  })
  writeFileSync(
    other,
    JSON.stringify([
      feature(
        [
          [
            [9, 9],
            [99, 9],
            [9, 99],
            [9, 9],
          ],
        ],
        'Tumor',
      ),
      feature(
        [
          [
            [0, 0],
            [9, 0],
            [0, -9],
            [0, 0],
          ],
        ],
        'Benign',
      ),
    ]),
  )
  const again = page.waitForEvent('filechooser')
  await button('Import…').click()
  await (await again).setFiles(other)
  await page
    .getByText('1 region imported. Without a class, because this workspace has no class Tumor.')
    .waitFor()
  await expect.poll(() => rows().count()).toBe(6)
  expect(problems).toEqual([])
})

it('reads a file that is not UTF-8 only once its encoding is stated', async () => {
  const path = join(home, 'latin.geojson')
  const coordinates = [
    [
      [1, 1],
      [9, 1],
      [5, 9],
    ],
  ]
  const feature = {
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates },
    properties: { name: 'Käse' },
  }
  writeFileSync(path, Buffer.from(JSON.stringify(feature), 'latin1'))
  const chooser = page.waitForEvent('filechooser')
  await button('Import…').click()
  await (await chooser).setFiles(path)
  await page.getByText('latin.geojson is not UTF-8, so nothing was imported.', { exact: false }).waitFor()
  await page.screenshot({ path: screenshotPath('regions-not-utf8') })
  await button('It is Windows-1252').click()
  await page.getByText('1 region imported').waitFor()
  await rows().filter({ hasText: 'Käse' }).waitFor()
  // The tests after this one count the regions before.
  await page.getByRole('button', { name: /^Undo/ }).first().click()
  await expect.poll(() => rows().count()).toBe(6)
  expect(problems).toEqual([])
})

it('the command line sees the same regions, once the page has closed the workspace', async () => {
  await stopServer()
  const regions = await lobuleJson<RegionView[]>(['regions', 'list', '1', '-w', workspace], { home })
  expect(regions.map(({ className, geometry }) => [className, geometry.kind])).toEqual([
    ['InSitu', 'rectangle'],
    ['Benign', 'polygon'],
    ['Invasive', 'point'],
    ['Normal', 'rectangle'],
    [null, 'point'],
    [null, 'polygon'],
  ])
  expect(regions[0]?.extent?.areaUm2).toBeGreaterThan(0)
  const out = join(home, 'again.geojson')
  const exported = ['regions', 'export', '1', '-w', workspace, '--out', out]
  expect(await lobuleJson(exported, { home })).toEqual({ regions: 6, path: out })
  const repeated = await runLobule(exported, { home })
  expect([repeated.code, repeated.stderr]).toEqual([1, expect.stringContaining('already exists')])
  const imported = await runLobule(
    ['regions', 'import', '1', join(home, 'other.geojson'), '-w', workspace, '--reader', 'eva'],
    { home },
  )
  expect(imported.code).toBe(1)
  expect(imported.stdout).toContain('1 region added')
  expect(imported.stderr).toContain('Feature 2 was not imported: (0, -9) is outside the image')
  const line = join(home, 'line.geojson')
  const points = [
    [10, 10],
    [110, 10],
  ]
  writeFileSync(
    line,
    JSON.stringify({
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: points },
      properties: {},
    }),
  )
  const drawn = await runLobule(['regions', 'import', '1', line, '-w', workspace, '--reader', 'eva'], {
    home,
  })
  expect([drawn.code, drawn.stdout]).toEqual([0, '1 region added, 0 changed, 0 already present.\n'])
  const listed = await runLobule(['regions', 'list', '1', '-w', workspace], { home })
  expect(listed.stdout).toMatch(/\d+ +line +- +10,10 to 110,10 +- +84\.0 um +eva/)
  await lobuleJson(['regions', 'export', '1', '-w', workspace, '--out', line, '--replace'], { home })
  expect(readFileSync(line, 'utf8')).toContain('{"type":"LineString","coordinates":[[10,10],[110,10]]}')
  await runLobule(['regions', 'undo', '1', '-w', workspace, '--reader', 'eva'], { home })
  const undone = await runLobule(['regions', 'undo', '1', '-w', workspace, '--reader', 'eva'], { home })
  expect(undone.stdout).toBe('Undone: 1 region drawn.\n')
})

/** The labels of the image, from the server's own export. */
async function lobuleLabels(): Promise<string[]> {
  return page.locator('[aria-pressed=true][aria-keyshortcuts="1"], .reading').allTextContents()
}
