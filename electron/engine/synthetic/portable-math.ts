/**
 * Direction and exponential from + - * / alone, since Math.sin, cos and exp may differ in the last bit between
 * engines, and a field must be the same bytes on every machine (Math.sqrt is exact everywhere).
 */

/** The unit vector at an angle given in whole turns, any finite number; within 3e-8. */
export function unitVector(turns: number): [number, number] {
  const quarters = Math.round(turns * 4)
  const angle = (turns - quarters / 4) * 6.283185307179586
  const square = angle * angle
  const cosine = 1 - (square / 2) * (1 - (square / 12) * (1 - (square / 30) * (1 - square / 56)))
  const sine = angle * (1 - (square / 6) * (1 - (square / 20) * (1 - (square / 42) * (1 - square / 72))))
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return [cosine, sine]
    case 1:
      return [-sine, cosine]
    case 2:
      return [-cosine, -sine]
    default:
      return [sine, -cosine]
  }
}

/** e^x for |x| below 16, within 1e-9 of its size: the series at x / 1024, squared ten times. */
export function exponential(x: number): number {
  const small = x / 1024
  let value = 1 + small * (1 + (small / 2) * (1 + (small / 3) * (1 + small / 4)))
  for (let square = 0; square < 10; square++) value *= value
  return value
}
