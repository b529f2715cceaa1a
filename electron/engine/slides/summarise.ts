import { at } from '../../base/arrays.ts'
import {
  type SlideClassArea,
  type SlidePlace,
  type SlideSummary,
  carcinomaScore,
  placeGeometry,
} from '../../contract/index.ts'
import { argmax } from '../evaluation/accuracy.ts'
import { percentileInPlace } from '../stain/percentile.ts'
import { connectPlaces } from './connected-places.ts'
import type { SlideMap } from './slide-map.ts'

const placesWorthALook = 10
const um2PerMm2 = 1e6

interface SummaryContext {
  /** Of the whole slide. */
  readonly tissueMm2: number
  /** The model's operating point: a place with this carcinoma score or more is on its positive side. */
  readonly threshold: number
}

/** A place with what the summary needs of it. */
interface MeasuredPlace {
  readonly cell: number
  /** Index of the suggested class. */
  readonly suggested: number
  readonly probabilities: number[]
  readonly score: number | null
  /** Between the two largest probabilities. */
  readonly margin: number
  readonly areaMm2: number
  readonly likeness: number | null
}

/**
 * What a map of places shows, in figures. Each place represents the tissue of the stride x stride square around its centre, and
 * of neighbouring squares without a place, so areas add up to the analysed tissue and do not depend on how far places overlap.
 *
 * The 95th percentile of the carcinoma score interpolates linearly between ranks (numpy's default) and counts each place
 * once. Places worth a look are chosen one by one: the highest score, among equal ones the lowest margin, among these the
 * first; at least one place's edge is between the squares of two of them, across or down. Without a score, the lowest margin is first.
 * @throws RangeError if the arrays of the map do not fit each other
 */
export function summarise(map: SlideMap, { tissueMm2, threshold }: SummaryContext): SlideSummary {
  const places = measuredPlaces(map)
  const scores = places.flatMap(({ score }) => score ?? [])
  const above = places.filter(({ score }) => score !== null && score >= threshold)
  return {
    tissueMm2,
    analysedMm2: areaOf(places),
    classes: classAreas(map, places),
    worthALook: worthALook(map, places),
    score95: scores.length === 0 ? null : percentileInPlace(Float64Array.from(scores), 95),
    abovePoint: scores.length === 0 ? null : { threshold, places: above.length, areaMm2: areaOf(above) },
  }
}

function measuredPlaces(map: SlideMap): MeasuredPlace[] {
  const { cells, classes, probabilities, tissueShare, likeness, grid } = map
  const fits =
    probabilities.length === cells.length * classes.length &&
    tissueShare.length === cells.length &&
    (likeness === null || likeness.length === cells.length)
  if (!fits) throw new RangeError('the arrays of the slide map do not fit each other')
  const strideMm2 = grid.strideUm ** 2 / um2PerMm2
  return Array.from(cells, (cell, place) => {
    const own = Array.from(
      probabilities.subarray(place * classes.length, (place + 1) * classes.length),
      // Means of float32 may exceed 1 by rounding.
      (p) => Math.min(1, p),
    )
    const suggested = argmax(own)
    const second = own.reduce((best, p, c) => (c === suggested ? best : Math.max(best, p)), 0)
    return {
      cell,
      suggested,
      probabilities: own,
      score: carcinomaScore(own, map.isPositive),
      margin: at(own, suggested) - second,
      areaMm2: at(tissueShare, place) * strideMm2,
      likeness: likeness === null ? null : at(likeness, place),
    }
  })
}

const areaOf = (places: readonly MeasuredPlace[]): number =>
  places.reduce((sum, { areaMm2 }) => sum + areaMm2, 0)

function classAreas(map: SlideMap, places: readonly MeasuredPlace[]): SlideClassArea[] {
  const total = areaOf(places)
  const groups = connectPlaces(
    map.cells,
    places.map(({ suggested }) => suggested),
    map.grid.columns,
  ).map(({ kind, members }) => {
    const own = members.map((place) => at(places, place))
    return { kind, places: own, areaMm2: areaOf(own) }
  })
  return map.classes.map((className, index) => {
    const own = places.filter(({ suggested }) => suggested === index)
    const areaMm2 = areaOf(own)
    const largest = groups
      .filter(({ kind }) => kind === index)
      .reduce<(typeof groups)[number] | null>(
        (best, group) => (best === null || group.areaMm2 > best.areaMm2 ? group : best),
        null,
      )
    return {
      className,
      isPositive: at(map.isPositive, index),
      places: own.length,
      areaMm2,
      // Summed in another order, all tissue of one class may exceed 1 by rounding.
      share: total === 0 ? 0 : Math.min(1, areaMm2 / total),
      largest:
        largest === null
          ? null
          : { ...boundsOf(map, largest.places), areaMm2: largest.areaMm2, places: largest.places.length },
    }
  })
}

/** The rectangle around the stride squares of places, cut at the edges of the slide. */
function boundsOf(
  map: SlideMap,
  places: readonly MeasuredPlace[],
): { left: number; top: number; right: number; bottom: number } {
  const { strideSquareOf } = placeGeometry(map)
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
  for (const { cell } of places) {
    const { left, top, edge } = strideSquareOf(cell)
    bounds.left = Math.min(bounds.left, left)
    bounds.top = Math.min(bounds.top, top)
    bounds.right = Math.max(bounds.right, left + edge)
    bounds.bottom = Math.max(bounds.bottom, top + edge)
  }
  return {
    left: Math.max(0, bounds.left),
    top: Math.max(0, bounds.top),
    right: Math.min(map.widthPx, bounds.right),
    bottom: Math.min(map.heightPx, bounds.bottom),
  }
}

function worthALook(map: SlideMap, places: readonly MeasuredPlace[]): SlidePlace[] {
  const { placeOf } = placeGeometry(map)
  const ordered = places.toSorted(
    (a, b) => (b.score ?? 0) - (a.score ?? 0) || a.margin - b.margin || a.cell - b.cell,
  )
  const chosen: SlidePlace[] = []
  for (const { cell, suggested, probabilities, score, likeness } of ordered) {
    if (chosen.length === placesWorthALook) break
    const { left, top, edge } = placeOf(cell)
    // Less than a thousandth of a pixel is rounding.
    const isClose = (other: SlidePlace): boolean =>
      Math.max(Math.abs(left - other.left), Math.abs(top - other.top)) < 2 * edge - 1e-3
    if (chosen.some(isClose)) continue
    chosen.push({
      cell,
      left,
      top,
      edgePx: edge,
      suggested: at(map.classes, suggested),
      probabilities,
      carcinomaScore: score,
      likeness,
    })
  }
  return chosen
}
