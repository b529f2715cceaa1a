import type { PlaceMatch } from './hash-index.ts'
import type { PicturePrint } from './picture-print.ts'

/** Takes a point of one image to the same point of another: u = a x - b y + e; v = ±(b x + a y) + f. */
export interface Alignment {
  a: number
  b: number
  e: number
  f: number
  isMirrored: boolean
  /** Places that agree on it. */
  agreeing: number
}

/** How far a place may be from where it should be, in parts of the other image's longer edge. */
const maxShift = 0.025
const maxLogRatio = Math.log(1.5)
const maxTurn = Math.PI / 7
/** Fewer that agree may be chance; two define an alignment, so these are the ones that confirm it. */
export const minAgreeing = 4
/** So many agree only on the right alignment: no better one is looked for. */
const surelyAgreeing = 25

/**
 * The alignment that most matches agree on, with turn, size and mirroring; null if fewer than `minAgreeing` do. Each match
 * alone gives an alignment, since places have a direction and a scale; the best is fitted again to all that agree.
 */
export function align(
  from: PicturePrint,
  to: PicturePrint,
  matches: readonly PlaceMatch[],
): Alignment | null {
  if (matches.length < minAgreeing) return null
  let best: { alignment: Alignment; agreeing: PlaceMatch[] } | null = null
  const alignments = matches.map((match) => fromMatch(from, to, match))
  const ratios = Float64Array.from(alignments, ({ a, b }) => Math.log(Math.hypot(a, b)))
  const turns = Float64Array.from(alignments, ({ a, b }) => Math.atan2(b, a))
  for (const [index, alignment] of alignments.entries()) {
    if (
      countAlike(alignments, ratios, turns, index) < Math.max(minAgreeing, (best?.agreeing.length ?? 0) + 1)
    )
      continue
    const agreeing = agreeingWith(alignment, from, to, matches)
    if (agreeing.length > (best?.agreeing.length ?? minAgreeing - 1)) best = { alignment, agreeing }
    if (agreeing.length >= surelyAgreeing) break
  }
  if (best === null) return null
  const fitted = fit(from, to, best.agreeing, best.alignment)
  const agreeing = agreeingWith(fitted, from, to, matches)
  return agreeing.length < minAgreeing
    ? null
    : { ...fit(from, to, agreeing, fitted), agreeing: agreeing.length }
}

/** Matches with about the turn and size of one of them: the most that can agree on its alignment. */
function countAlike(
  alignments: readonly Alignment[],
  ratios: Float64Array,
  turns: Float64Array,
  index: number,
): number {
  const isMirrored = alignments[index]?.isMirrored
  const [ratio = 0, turn = 0] = [ratios[index], turns[index]]
  let count = 0
  for (const [at, other] of alignments.entries()) {
    const difference = Math.abs((turns[at] ?? 0) - turn)
    const isNear = Math.min(difference, 2 * Math.PI - difference) <= maxTurn
    if (isNear && other.isMirrored === isMirrored && Math.abs((ratios[at] ?? 0) - ratio) <= maxLogRatio)
      count++
  }
  return count
}

const placeOf = ({ places }: PicturePrint, at: number): [number, number, number, number] => [
  places[4 * at] ?? 0,
  places[4 * at + 1] ?? 0,
  places[4 * at + 2] ?? 0,
  places[4 * at + 3] ?? 0,
]

function fromMatch(
  from: PicturePrint,
  to: PicturePrint,
  { place, other, isMirrored }: PlaceMatch,
): Alignment {
  const [x, y, scale, angle] = placeOf(from, place)
  const [u, v, otherScale, otherAngle] = placeOf(to, other)
  const ratio = otherScale / scale
  const turn = (isMirrored ? -otherAngle : otherAngle) - angle
  const a = ratio * Math.cos(turn)
  const b = ratio * Math.sin(turn)
  const sign = isMirrored ? -1 : 1
  return { a, b, e: u - (a * x - b * y), f: v - sign * (b * x + a * y), isMirrored, agreeing: 1 }
}

export function mapPoint({ a, b, e, f, isMirrored }: Alignment, x: number, y: number): [number, number] {
  return [a * x - b * y + e, (isMirrored ? -1 : 1) * (b * x + a * y) + f]
}

/** Matches that the alignment explains; of several with one place only the first. */
function agreeingWith(
  alignment: Alignment,
  from: PicturePrint,
  to: PicturePrint,
  matches: readonly PlaceMatch[],
): PlaceMatch[] {
  const reach = maxShift * Math.max(to.widthPx, to.heightPx)
  const ratio = Math.hypot(alignment.a, alignment.b)
  const turn = Math.atan2(alignment.b, alignment.a)
  const [used, usedOther] = [new Set<number>(), new Set<number>()]
  return matches.filter(({ place, other, isMirrored }) => {
    if (isMirrored !== alignment.isMirrored || used.has(place) || usedOther.has(other)) return false
    const [x, y, scale, angle] = placeOf(from, place)
    const [u, v, otherScale, otherAngle] = placeOf(to, other)
    const [px, py] = mapPoint(alignment, x, y)
    if (Math.hypot(px - u, py - v) > reach) return false
    if (Math.abs(Math.log(otherScale / scale / ratio)) > maxLogRatio) return false
    const turned = (isMirrored ? -otherAngle : otherAngle) - angle - turn
    if (Math.abs(Math.atan2(Math.sin(turned), Math.cos(turned))) > maxTurn) return false
    used.add(place)
    usedOther.add(other)
    return true
  })
}

/** Least squares over the matches. `rough` if they are all at one point. */
function fit(
  from: PicturePrint,
  to: PicturePrint,
  matches: readonly PlaceMatch[],
  rough: Alignment,
): Alignment {
  const sign = rough.isMirrored ? -1 : 1
  const pairs = matches.map(({ place, other }) => {
    const [x, y] = placeOf(from, place)
    const [u, v] = placeOf(to, other)
    return { x, y, u, v: sign * v }
  })
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const [mx, my, mu, mv] = [
    mean(pairs.map(({ x }) => x)),
    mean(pairs.map(({ y }) => y)),
    mean(pairs.map(({ u }) => u)),
    mean(pairs.map(({ v }) => v)),
  ]
  let [spread, dot, cross] = [0, 0, 0]
  for (const { x, y, u, v } of pairs) {
    spread += (x - mx) ** 2 + (y - my) ** 2
    dot += (x - mx) * (u - mu) + (y - my) * (v - mv)
    cross += (x - mx) * (v - mv) - (y - my) * (u - mu)
  }
  if (spread < 1) return rough
  const [a, b] = [dot / spread, cross / spread]
  return {
    a,
    b,
    e: mu - (a * mx - b * my),
    f: sign * (mv - (b * mx + a * my)),
    isMirrored: rough.isMirrored,
    agreeing: matches.length,
  }
}
