import type { Raster } from '../image/index.ts'

const blurReachPx = 4
/** This many rows and columns, evenly spread, tell as much as all of them. */
const blurLines = 256

/**
 * Blur from 0 (sharp) to 1: how much of the difference between neighbours is left after averaging over 9
 * pixels; a sharp image loses most of it, a blurred one has little to lose. The larger of both directions, in
 * the green channel, where both stains show. 1 for an image of one colour.
 * After Crete, Dolmiere, Ladret and Nicolas, "The blur effect", SPIE 6492 (2007).
 */
export function blurOf({ widthPx, heightPx, data }: Raster): number {
  const along = (lines: number, length: number, lineStep: number, step: number): number => {
    let differences = 0
    let lost = 0
    for (let line = 0; line < lines; line += Math.ceil(lines / blurLines)) {
      const start = line * lineStep + 1
      const last = length - 1
      const level = (place: number): number =>
        data[start + (place < 0 ? 0 : place > last ? last : place) * step] ?? 0
      let before = level(0)
      for (let place = 1; place < length; place++) {
        const here = level(place)
        // By how much the average over 9 pixels changes from one place to the next, times 9.
        const change = level(place + blurReachPx) - level(place - blurReachPx - 1)
        const difference = Math.abs(here - before)
        const left = Math.abs(change) / (2 * blurReachPx + 1)
        differences += difference
        if (difference > left) lost += difference - left
        before = here
      }
    }
    return differences === 0 ? 1 : 1 - lost / differences
  }
  return Math.max(along(heightPx, widthPx, 3 * widthPx, 3), along(widthPx, heightPx, 3, 3 * widthPx))
}
