/** The maximum of IEEE 754's binary16. Values from 65520 would be rounded to infinity. */
const maxFloat16 = 65504
const firstTooLarge = 65520
/** Smaller values are subnormal: multiples of 2^-24. */
const minNormal = 2 ** -14
const steps = 2 ** 24

/** A value that float16 cannot hold: NaN, or beyond 65504. */
export class Float16RangeError extends Error {}

/**
 * Converts float32 values to IEEE 754 binary16, one Uint16 each. Rounds to nearest, ties to even, and keeps subnormals.
 * Returns a new array.
 * @param what describes the values in an error
 * @throws Float16RangeError if a value is NaN or too large
 */
export function toFloat16(values: Float32Array, what: string): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const halves = new Uint16Array(values.length)
  // A plain loop without closures: a network has tens of millions of weights.
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0
    const magnitude = Math.abs(value)
    // NaN fails this comparison too.
    if (!(magnitude < firstTooLarge)) {
      throw new Float16RangeError(
        `${what} has the value ${value}; the maximum of half precision is ${maxFloat16}`,
      )
    }
    const word = bits[index] ?? 0
    const sign = (word >>> 16) & 0x8000
    halves[index] =
      sign | (magnitude < minNormal ? roundToEven(magnitude * steps) : normal(word & 0x7fffffff))
  }
  return halves
}

/** Drops 13 of the 23 fraction bits and subtracts 112 from the exponent. A carry from rounding moves into the exponent. */
const normal = (magnitude: number): number =>
  (magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13

/** Rounds a number >= 0 to the nearest integer, ties to even. */
function roundToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0)
}

/** Converts IEEE 754 binary16, one Uint16 each, to float32, which holds all of its values. Returns a new array. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length)
  for (let index = 0; index < halves.length; index++) {
    const half = halves[index] ?? 0
    const exponent = (half >>> 10) & 0x1f
    const fraction = half & 0x3ff
    const magnitude =
      exponent === 0
        ? fraction / steps
        : exponent === 0x1f
          ? fraction === 0
            ? Infinity
            : NaN
          : (1 + fraction / 1024) * 2 ** (exponent - 15)
    values[index] = half & 0x8000 ? -magnitude : magnitude
  }
  return values
}
