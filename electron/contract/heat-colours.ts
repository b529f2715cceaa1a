/**
 * The colours of a heat map from probability 0 to 1: every 17th of the 256 of *viridis* (S. van der Walt and N. Smith 2015,
 * matplotlib 1.5, CC0), designed so that equal steps look equal, also in greyscale print and to colour-blind readers.
 * Linear interpolation in sRGB between them.
 */
export const heatColours = [
  '#440154',
  '#481a6c',
  '#472f7d',
  '#414487',
  '#39568c',
  '#31688e',
  '#2a788e',
  '#23888e',
  '#1f988b',
  '#22a884',
  '#35b779',
  '#54c568',
  '#7ad151',
  '#a5db36',
  '#d2e21b',
  '#fde725',
] as const

const knots = heatColours.map((colour) => Number.parseInt(colour.slice(1), 16))

/** The colour of a probability as R, G, B, 0..255. Probabilities are clamped to 0..1. */
export function colourOf(probability: number): [number, number, number] {
  const position = Math.min(1, Math.max(0, probability)) * (knots.length - 1)
  const first = Math.min(knots.length - 2, Math.floor(position))
  const share = position - first
  const [from = 0, to = 0] = [knots[first], knots[first + 1]]
  const channel = (shift: number): number => {
    const [a, b] = [(from >> shift) & 255, (to >> shift) & 255]
    return Math.round(a + (b - a) * share)
  }
  return [channel(16), channel(8), channel(0)]
}

/** The probabilities, 0..1 in whole percents, that the first and the last colour are for. */
export interface HeatRange {
  readonly low: number
  readonly high: number
}

export const wholeRange: HeatRange = { low: 0, high: 1 }

/** Points of a percentage that a stretched range spans at least: less than that would show noise as structure. */
const minSpanPercent = 5

/**
 * The smallest range in whole percents that holds every probability of some maps, and spans at least 5 points.
 * @param planes each row x column, probabilities 0..1; without any, the whole range
 */
export function stretchedRange(planes: readonly (readonly (readonly number[])[])[]): HeatRange {
  const values = planes.flat(2)
  if (values.length === 0) return wholeRange
  let [low, high] = [1, 0]
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)]
  // Rounding by a hair must not add a point.
  const [first, last] = [Math.floor(100 * low + 1e-9), Math.ceil(100 * high - 1e-9)]
  const missing = Math.max(0, minSpanPercent - (last - first))
  const from = Math.min(Math.max(0, first - Math.floor(missing / 2)), 100 - minSpanPercent)
  return { low: Math.max(0, from) / 100, high: Math.min(100, Math.max(last, from + minSpanPercent)) / 100 }
}

/** A map whose values are their place in a range: 0 at its lower end, 1 at its upper end. */
export const inRange = (plane: readonly (readonly number[])[], { low, high }: HeatRange): number[][] =>
  plane.map((row) => row.map((probability) => (probability - low) / (high - low)))
