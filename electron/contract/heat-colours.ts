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
