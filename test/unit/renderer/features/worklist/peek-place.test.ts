import { expect, it } from 'vitest'
import { peekPlace } from '../../../../../renderer/features/worklist/peek-place.ts'

const bounds = { left: 0, right: 1000, top: 100, bottom: 800 }
const small = (left: number, top: number): { left: number; right: number; top: number; height: number } => ({
  left,
  right: left + 60,
  top,
  height: 40,
})

it('is on the side with more space, as large as it fits there', () => {
  // Right of 160: 840 less two gaps of 10 is 820, but at most 680 wide; 680 * 3 / 4 is 510, and 60 for the caption.
  expect(peekPlace(small(100, 400), { widthPx: 400, heightPx: 300 }, bounds, 60)).toEqual({
    left: 170,
    top: 420 - 285,
    width: 680,
    height: 570,
  })
  // Left of 700: 700 less two gaps is 680.
  expect(peekPlace(small(700, 400), { widthPx: 400, heightPx: 300 }, bounds, 60)).toMatchObject({
    left: 10,
    width: 680,
  })
})

it('stays within the bounds and leaves the small picture free, wherever that is', () => {
  for (const image of [
    { widthPx: 700, heightPx: 460 },
    { widthPx: 100, heightPx: 4000 },
    { widthPx: 90_000, heightPx: 30_000 },
  ]) {
    for (let left = 0; left <= 940; left += 47) {
      for (let top = 60; top <= 780; top += 36) {
        const place = peekPlace(small(left, top), image, bounds, 60)
        expect(place.left).toBeGreaterThanOrEqual(bounds.left)
        expect(place.left + place.width).toBeLessThanOrEqual(bounds.right)
        expect(place.top).toBeGreaterThanOrEqual(bounds.top)
        expect(place.top + place.height).toBeLessThanOrEqual(bounds.bottom)
        expect(place.left >= left + 60 || place.left + place.width <= left).toBe(true)
        // Not distorted.
        expect(place.width / (place.height - 60)).toBeCloseTo(image.widthPx / image.heightPx, 9)
      }
    }
  }
})

it('has no size where there is no space', () => {
  const narrow = { left: 0, right: 70, top: 0, bottom: 40 }
  expect(peekPlace(small(5, 0), { widthPx: 4, heightPx: 3 }, narrow, 60)).toMatchObject({
    width: 0,
    height: 60,
  })
})
