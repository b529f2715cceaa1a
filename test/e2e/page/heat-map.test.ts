import sharp from 'sharp'
import { expect, it } from 'vitest'
import { lookInBothThemes } from './accessibility.ts'
import { open, page, problems, server, useMockPage } from './mock/mock-page.ts'

useMockPage()

const look = (name: string): Promise<void> => lookInBothThemes(page, `heat-map-${name}`)

/** The mean colour of the centre of the image as displayed. */
async function colourSeen(): Promise<number[]> {
  const box = await page.getByTestId('viewer').boundingBox()
  if (box === null) throw new Error('no viewer')
  const clip = { x: box.x + box.width / 2 - 60, y: box.y + box.height / 2 - 60, width: 120, height: 120 }
  const { channels } = await sharp(await page.screenshot({ clip })).stats()
  return channels.slice(0, 3).map(({ mean }) => mean)
}

/** The difference of the displayed colour from another one, grey levels. */
const distanceTo = async (colour: readonly number[]): Promise<number> =>
  Math.hypot(...(await colourSeen()).map((level, channel) => level - (colour[channel] ?? 0)))

/** The view moves a little when the strip of jobs appears; a map changes colours by far more. */
const alike = 12

const panel = () => page.getByTestId('heat-map-panel')
const requests: string[] = []

it('covers the image for any class, with the keyboard alone, and follows to the next image', async () => {
  requests.length = 0
  page.on('request', (request) => {
    if (request.url().includes('/heat/')) requests.push(new URL(request.url()).pathname)
  })
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist-row').first().locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  const used = await page.getByTestId('verdict-effort').textContent()
  expect(used?.trim()).toBe('3 of 4; with 95% confidence the rest would not change the class or the side')
  const bare = await colourSeen()

  await page.keyboard.press('h')
  await panel().getByText('Creating the heat map').waitFor()
  await panel().getByText('UNTRAINED ENCODER').waitFor()
  await panel()
    .getByText(/^Each position is classified from squares of 336 µm around it\. Positions are 4[23]/)
    .waitFor()
  await expect.poll(() => requests.length).toBeGreaterThan(0)
  await expect.poll(() => distanceTo(bare)).toBeGreaterThan(3 * alike)
  await look('shown')

  // The class with the keyboard: open the list, choose the last one.
  const before = requests.length
  await panel().getByRole('combobox', { name: 'Class' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: 'Invasive' }).waitFor()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await panel().getByText('Probability of Invasive at each position').waitFor()
  await expect.poll(() => requests.slice(before).some((path) => path.endsWith('_3.png'))).toBe(true)

  // Stretched colours: the legend says from where to where, and the choice is remembered.
  const stretch = panel().getByRole('checkbox', { name: 'Stretch the colours to this map' })
  expect(await stretch.isChecked()).toBe(false)
  await stretch.focus()
  await page.keyboard.press('Space')
  await expect.poll(() => requests.some((path) => /_3_\d+-\d+\.png$/.test(path))).toBe(true)
  const [, low, high] = /_3_(\d+)-(\d+)\.png$/.exec(requests.at(-1) ?? '') ?? []
  await panel()
    .getByRole('img', { name: `Colours from ${low}% to ${high}%` })
    .waitFor()
  await panel().getByText(`Its positions are between ${low}% and ${high}%.`, { exact: false }).waitFor()
  await look('stretched')
  expect(await page.evaluate(() => localStorage.getItem('lobule.heat-map-scale'))).toBe('stretched')
  await page.keyboard.press('Space')
  await panel().getByRole('img', { name: 'Colours from 0% to 100%' }).waitFor()

  // The slider with the keyboard: the same image stays.
  const slider = panel().getByRole('slider', { name: 'Opacity' })
  await slider.focus()
  await page.keyboard.press('Home')
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('0%')
  await expect.poll(() => distanceTo(bare)).toBeLessThan(alike)
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowLeft')
  expect(await slider.getAttribute('aria-valuetext')).toBe('95%')
  await expect.poll(() => distanceTo(bare)).toBeGreaterThan(3 * alike)
  expect(await page.getByTestId('viewer').getAttribute('data-image-id')).toBe('1')

  // Turned and zoomed with the image.
  await page.keyboard.press('r')
  await page.keyboard.press('f')
  await look('turned')

  await page.getByTestId('viewer').click()
  await page.keyboard.press('ArrowRight')
  await expect
    .poll(() => requests.some((path) => path.includes('/2/heat/') && path.endsWith('_3.png')))
    .toBe(true)
  await panel().getByText('Probability of Invasive at each position').waitFor()

  await page.keyboard.press('h')
  await panel().waitFor({ state: 'detached' })
  expect(problems).toEqual([])
})

it('says that a model is needed', async () => {
  await open({ images: 4 })
  await page.getByTestId('worklist-row').first().locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.keyboard.press('h')
  await page.getByText('A heat map needs a model in use.').first().waitFor()
  expect(await panel().count()).toBe(0)
  expect(problems).toEqual([])
})

it('uses as many augmentations as the settings say, also after the page was closed', async () => {
  const asked: string[] = []
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (String(payload).includes('model.classify')) asked.push(String(payload))
    }),
  )
  await open({ images: 4, isClassified: true }, '#/settings')
  await page
    .getByRole('radio', { name: 'All augmentations of the recipe' })
    .and(page.locator(':checked'))
    .waitFor()
  await page.getByRole('radio', { name: 'Stop early when the result is clear' }).check()
  await look('effort')
  await page.reload()
  await page
    .getByRole('radio', { name: 'Stop early when the result is clear' })
    .and(page.locator(':checked'))
    .waitFor()
  await page.goto(`${server.url}#/worklist`)
  await page.getByTestId('worklist-row').first().waitFor()
  await page.getByRole('button', { name: 'Classify', exact: true }).click()
  await expect.poll(() => asked.length).toBe(1)
  expect(asked[0]).toContain('"effort":"adaptive"')
  expect(problems).toEqual([])
})
