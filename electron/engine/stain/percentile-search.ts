import { neighboursInPlace } from './percentile.ts'

/** Two of the values, neighbours when sorted, and how far from the first to the second the percentile lies, 0..1. */
export interface PercentilePlace {
  low: number
  high: number
  fraction: number
}

/**
 * Where a high percentile lies among values that are offered one after the other, exactly as sorting tells it,
 * without sorting or storing them all: a sample gives two bounds, and only values between them are kept.
 */
export class PercentileSearch {
  /** Smaller values need not be offered: most are, and asking first is quicker. */
  readonly lowest: number
  readonly #highest: number
  #above = 0
  #kept = new Float64Array(4096)
  #keptCount = 0

  /** `percent`: 50..100. `sample`: some of the values, sorted; null: every value is kept. */
  constructor(percent: number, sample: Float64Array | null) {
    const size = sample?.length ?? 0
    const share = percent / 100
    // Four standard deviations of a rank in a random sample; a few ranks more, since the share may be 1.
    const reach = 4 * Math.sqrt(size * share * (1 - share)) + 4
    this.lowest = sample?.[Math.floor(share * size - reach)] ?? -Infinity
    this.#highest = sample?.[Math.ceil(share * size + reach)] ?? Infinity
  }

  /** `value` must not be NaN. */
  offer(value: number): void {
    if (value > this.#highest) this.#above += 1
    else if (value >= this.lowest) this.#keep(value)
  }

  /** What was kept, sorted; nothing may be offered afterwards. */
  sorted(): Float64Array {
    return this.#kept.subarray(0, this.#keptCount).sort()
  }

  /** `count`: of all values. null where the sample misled: the percentile is not between its bounds. */
  place(count: number, percent: number): PercentilePlace | null {
    const place = (percent / 100) * (count - 1)
    const rank = Math.floor(place)
    const kept = this.#kept.subarray(0, this.#keptCount)
    const keptRank = rank - (count - this.#above - kept.length)
    const isKept = keptRank >= 0 && keptRank + Math.min(1, count - 1 - rank) < kept.length
    if (!isKept) return null
    const [low, high] = neighboursInPlace(kept, keptRank)
    return { low, high, fraction: place - rank }
  }

  #keep(value: number): void {
    if (this.#keptCount === this.#kept.length) {
      const longer = new Float64Array(2 * this.#kept.length)
      longer.set(this.#kept)
      this.#kept = longer
    }
    this.#kept[this.#keptCount++] = value
  }
}

/** With a sample of this size, about three in two hundred values are kept for the 99th percentile. */
const sampleCount = 4096

/**
 * Where the same percentile of two lists of `count` values lies (NumPy's default, Hyndman and Fan's type 7).
 * `offer` is called up to three times; it must offer the values 0, step, 2 step ... of both, none of them NaN.
 * `count` at least 1, `percent` 50..100.
 */
export function findPercentiles(
  count: number,
  percent: number,
  offer: (first: PercentileSearch, second: PercentileSearch, step: number) => void,
): [PercentilePlace, PercentilePlace] {
  type Samples = readonly [Float64Array | null, Float64Array | null]
  const search = (samples: Samples, step: number) => {
    const first = new PercentileSearch(percent, samples[0])
    const second = new PercentileSearch(percent, samples[1])
    offer(first, second, step)
    return [first, second] as const
  }
  const places = (samples: Samples): [PercentilePlace, PercentilePlace] | null => {
    const [first, second] = search(samples, 1).map((found) => found.place(count, percent))
    return first && second ? [first, second] : null
  }
  const step = Math.floor(count / sampleCount)
  if (step > 2) {
    const [first, second] = search([null, null], step)
    const found = places([first.sorted(), second.sorted()])
    if (found !== null) return found
  }
  const found = places([null, null])
  if (found === null) throw new RangeError('a percentile needs at least one value')
  return found
}

/** The value at a place. */
export const interpolated = ({ low, high, fraction }: PercentilePlace): number =>
  low + fraction * (high - low)
