import type { Ring } from './rings.ts'

/** Where the outlines of an area cross the horizontal line at `y`, ascending: inside is from each first to each second place. */
export function crossingsAt(rings: readonly Ring[], y: number): number[] {
  const crossings: number[] = []
  for (const ring of rings) {
    let [beforeX, beforeY] = ring.at(-1) ?? [0, 0]
    for (const [x, nextY] of ring) {
      if (beforeY <= y !== nextY <= y)
        crossings.push(beforeX + ((y - beforeY) / (nextY - beforeY)) * (x - beforeX))
      ;[beforeX, beforeY] = [x, nextY]
    }
  }
  return crossings.sort((left, right) => left - right)
}
