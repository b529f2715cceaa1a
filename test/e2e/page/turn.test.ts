import { expect, it } from 'vitest'
import { open, page, problems, useMockPage } from './mock/mock-page.ts'

// The quarters of an image are drawn only in a window that is high enough.
useMockPage({ context: { viewport: { width: 1440, height: 1000 } } })

const drawn = (imageId: number) =>
  page.locator(`[data-testid=viewer][data-image-id="${imageId}"][data-ready=true]`)

/** Paths below `/slide` that the page requests from now on, without thumbnails. */
function watchTiles(): string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/slide/') && !pathname.includes('thumbnail')) asked.push(pathname.slice(6))
  })
  return asked
}

const imageOfPath = (path: string): number => Number(path.split('/')[1])
/** The requests for an image, such as `8/0_0.jpg`, sorted. */
const tilesOf = (asked: readonly string[], imageId: number): string[] =>
  [...new Set(asked.filter((path) => imageOfPath(path) === imageId))]
    .map((path) => path.split('/').slice(2).join('/'))
    .sort()

const imageIdShown = async (): Promise<number> =>
  Number(await page.getByTestId('viewer').getAttribute('data-image-id'))

it('prefetches the tiles of the next and previous image, and requests none again', async () => {
  const asked = watchTiles()
  await open({ images: 12, isClassified: true })
  const rows = page.getByTestId('worklist-row')
  await rows.nth(1).locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  const first = await imageIdShown()
  const seen = tilesOf(asked, first)
  // The whole image, and its four quarters.
  expect(seen).toEqual(['10/0_0.jpg', '11/0_0.jpg', '11/0_1.jpg', '11/1_0.jpg', '11/1_1.jpg'])

  // All images have one size: the same tiles show each of them.
  const others = () => [...new Set(asked.map(imageOfPath))].filter((id) => id !== first)
  await expect.poll(() => others().map((id) => tilesOf(asked, id))).toEqual([seen, seen])
  // For two neighbouring images, and only the tissue: no prediction.
  expect(asked.filter((path) => !/^\/\d+\/\d+\/\d+_\d+\.jpg$/.test(path))).toEqual([])

  const before = asked.length
  await page.keyboard.press('ArrowRight')
  await expect.poll(imageIdShown).not.toBe(first)
  const second = await imageIdShown()
  await drawn(second).waitFor()
  expect(others()).toContain(second)
  const again = asked.slice(before).filter((path) => imageOfPath(path) === second)
  expect(again).toEqual([])

  // On the way back too, only tiles farther on are requested.
  await expect.poll(() => others().length).toBe(3)
  await page.keyboard.press('ArrowLeft')
  await drawn(first).waitFor()
  await expect.poll(() => tilesOf(asked, others()[2] ?? 0).length).toBeGreaterThan(0)
  expect(problems).toEqual([])
})

it('prefetches only after the current image is drawn, two tiles at once, and stops when the viewer closes', async () => {
  const held: (() => Promise<void>)[] = []
  let isHeld = true
  let first = 0
  await open({ images: 12 })
  await page.route(/\/slide\/\d+\/\d+\//, async (route) => {
    const imageId = imageOfPath(new URL(route.request().url()).pathname.slice(6))
    if (first === 0) first = imageId
    if (imageId !== first) return
    if (isHeld) held.push(() => route.continue())
    else await route.continue()
  })
  const asked = watchTiles()
  const stopped: string[] = []
  page.on('requestfailed', (request) => stopped.push(new URL(request.url()).pathname.slice(6)))
  const ofOthers = () => asked.filter((path) => imageOfPath(path) !== first)

  await page.getByTestId('worklist-row').nth(1).locator('img').first().dblclick()
  await expect.poll(() => held.length).toBeGreaterThan(3)
  expect(ofOthers()).toEqual([])
  isHeld = false
  await Promise.all(held.map((go) => go()))
  await drawn(first).waitFor()
  await expect.poll(() => ofOthers().length).toBe(2)

  const underWay = ofOthers()
  await page.keyboard.press('Escape')
  await page.getByTestId('worklist').waitFor()
  await expect.poll(() => underWay.filter((path) => !stopped.includes(path))).toEqual([])
  expect(ofOthers()).toEqual(underWay)
  expect(problems).toEqual([])
})
