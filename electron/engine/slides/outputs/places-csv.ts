import { placeGeometry } from '../../../contract/index.ts'
import { csvText } from '../../../base/csv.ts'
import type { SlideMap } from '../slide-map.ts'

/**
 * The places of a map with the columns of WSInfer's model outputs: `minx, miny, width, height` of the square that was
 * predicted, whole pixels of the full-resolution image, and `prob_<class>`. Squares overlap where the stride is shorter than their edge.
 */
export function placesCsv(map: SlideMap): string {
  const { placeOf } = placeGeometry(map)
  const { cells, classes, probabilities } = map
  const names = ['minx', 'miny', 'width', 'height', ...classes.map((name) => `prob_${name}`)]
  const rows = Array.from(cells, (cell, place) => {
    const { left, top, edge } = placeOf(cell)
    const own = probabilities.subarray(place * classes.length, (place + 1) * classes.length)
    return [...[left, top, edge, edge].map(Math.round), ...Array.from(own, shortest)]
  })
  return csvText([names, ...rows])
}

/** Nine digits are enough for any float32. */
export const shortest = (value: number): number => Number(value.toPrecision(9))
