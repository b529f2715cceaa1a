import { neighboursInPlace } from './percentile.ts'

/** Two neighbouring values in sorted order, and the position of the percentile between them, 0 (first) to 1 (second). */
export interface PercentilePlace {
  low: number
  high: number
  fraction: number
}

/** The bounds of the search for a percentile, both included. */
export interface Bounds {
  lowest: number
  highest: number
}

/** The values of a list within some bounds, and above them. */
export interface Tail {
  above: number
  /** The values within, in any order; null: more than there was room for. */
  within: Float64Array | null
}

/** The tails of two lists, from every `step`-th value of each; `room`: the maximum number of values within. */
export type TailFinder = (step: number, bounds: readonly [Bounds, Bounds], room: number) => [Tail, Tail]

/** With a sample of this size, about three in two hundred values are kept for the 99th percentile. */
const sampleCount = 4096

const unbounded: Bounds = { lowest: -Infinity, highest: Infinity }

/**
 * Finds the same percentile of two lists of `count` values (NumPy's default, Hyndman and Fan's type 7). The result is
 * exactly that of sorting, without sorting or storing all values: a sample gives two bounds, and only values between
 * them are kept. `find` is called up to three times. `count` at least 1, `percent` 50..100.
 */
export function findPercentiles(
  count: number,
  percent: number,
  find: TailFinder,
): [PercentilePlace, PercentilePlace] {
  const step = Math.floor(count / sampleCount)
  if (step > 2) {
    const size = Math.ceil(count / step)
    const samples = find(step, [unbounded, unbounded], size)
    const share = percent / 100
    // Four standard deviations of a rank in a random sample, and a few ranks more, because the share may be 1.
    const reach = 4 * Math.sqrt(size * share * (1 - share)) + 4
    const bounds = samples.map(({ within }): Bounds => {
      const sorted = within?.sort()
      return {
        lowest: sorted?.[Math.floor(share * size - reach)] ?? -Infinity,
        highest: sorted?.[Math.ceil(share * size + reach)] ?? Infinity,
      }
    }) as [Bounds, Bounds]
    // Twice the expected number.
    const room = sampleCount + Math.ceil(2 * step * (size * (1 - share) + reach))
    const found = find(1, bounds, room).map((tail) => placeIn(tail, count, percent))
    if (found[0] && found[1]) return [found[0], found[1]]
  }
  // Few values, or the sample was misleading.
  const found = find(1, [unbounded, unbounded], count).map((tail) => placeIn(tail, count, percent))
  if (found[0] && found[1]) return [found[0], found[1]]
  throw new RangeError('a percentile needs at least one value')
}

/** The value at the position of the percentile. */
export const interpolated = ({ low, high, fraction }: PercentilePlace): number =>
  low + fraction * (high - low)

/** `count`: the number of all values. null if the percentile is outside the tail's bounds. */
function placeIn({ above, within }: Tail, count: number, percent: number): PercentilePlace | null {
  if (within === null) return null
  const place = (percent / 100) * (count - 1)
  const rank = Math.floor(place)
  const rankWithin = rank - (count - above - within.length)
  const isWithin = rankWithin >= 0 && rankWithin + Math.min(1, count - 1 - rank) < within.length
  if (!isWithin) return null
  const [low, high] = neighboursInPlace(within, rankWithin)
  return { low, high, fraction: place - rank }
}
