/** The largest value of IEEE 754's binary16; from 65520 on a value would be rounded to infinity. */
const largest = 65504
const firstTooLarge = 65520
/** Under it a value has no leading one: it counts in steps of 2^-24. */
const minNormal = 2 ** -14
const steps = 2 ** 24

/** A value that half precision cannot hold: not a number, or beyond 65504. */
export class Float16RangeError extends Error {}

/**
 * Float32 values as IEEE 754 binary16, one Uint16 each, rounded to the nearest, ties to even, subnormals kept; a new
 * array. Float16RangeError, which names `what` the values are.
 */
export function toFloat16(values: Float32Array, what: string): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const halves = new Uint16Array(values.length)
  // A network has tens of millions of weights: no closure for each.
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0
    const magnitude = Math.abs(value)
    // Not a number is no number under the limit either.
    if (!(magnitude < firstTooLarge)) {
      throw new Float16RangeError(`${what} has the value ${value}, and half precision ends at ${largest}`)
    }
    const word = bits[index] ?? 0
    const sign = (word >>> 16) & 0x8000
    halves[index] =
      sign | (magnitude < minNormal ? roundToEven(magnitude * steps) : normal(word & 0x7fffffff))
  }
  return halves
}

/** Drops 13 of the 23 bits of a fraction and takes 112 from the exponent; a carry goes into the exponent by itself. */
const normal = (magnitude: number): number =>
  (magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13

/** A number >= 0 that float64 holds exactly, to the nearest integer. */
function roundToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0)
}
