import { describe, expect, test } from 'vitest'
import { Float16RangeError, toFloat16 } from '../../../../electron/engine/encoders/float16.ts'

const half = (value: number): number => toFloat16(Float32Array.of(value), 'a value')[0] ?? -1

/** IEEE 754's definition of a binary16, from its bits. */
function valueOf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

describe('float32 to float16', () => {
  // Worked by hand: sign, exponent + 15, ten bits of fraction.
  test.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [0.1, 0x2e66],
    [1 / 3, 0x3555],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    // 1 + 2^-11 is between 1 and 1 + 2^-10, 1 + 3 * 2^-11 between that and 1 + 2^-9: both go to the even one.
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 + 2 ** -11 + 2 ** -23, 0x3c01],
    // A carry through the whole fraction into the exponent.
    [2 - 2 ** -12, 0x4000],
    // The smallest normal value, the largest subnormal, and a value between: rounded up it becomes normal.
    [2 ** -14, 0x0400],
    [1023 * 2 ** -24, 0x03ff],
    [1023.5 * 2 ** -24, 0x0400],
    // The smallest subnormal; half of it rounds to zero, more than half does not; one and a half rounds to two.
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [-(2 ** -25) * 1.001, 0x8001],
    [1.5 * 2 ** -24, 0x0002],
    [1e-30, 0x0000],
  ])('%d', (value, bits) => {
    expect(half(value)).toBe(bits)
  })

  test('every finite half is read back; a value between two rounds to the nearer, halfway to even', () => {
    const count = 0x7c00
    const values = Float32Array.from({ length: count }, (_, bits) => valueOf(bits))
    expect(toFloat16(values, 'all')).toEqual(Uint16Array.from({ length: count }, (_, bits) => bits))
    const between = (share: number) =>
      Float32Array.from({ length: count - 1 }, (_, bits) => {
        return (1 - share) * valueOf(bits) + share * valueOf(bits + 1)
      })
    const expected = (of: (bits: number) => number) =>
      Uint16Array.from({ length: count - 1 }, (_, bits) => of(bits))
    expect(toFloat16(between(0.25), 'all')).toEqual(expected((bits) => bits))
    expect(toFloat16(between(0.75), 'all')).toEqual(expected((bits) => bits + 1))
    expect(toFloat16(between(0.5), 'all')).toEqual(expected((bits) => bits + (bits % 2)))
    expect(
      toFloat16(
        between(0.5).map((value) => -value),
        'all',
      ),
    ).toEqual(expected((bits) => 0x8000 + bits + (bits % 2)))
  })

  test('reads a part of a longer buffer', () => {
    expect([...toFloat16(Float32Array.of(1, 1, -2, 0.1).subarray(2), 'a part')]).toEqual([0xc000, 0x2e66])
  })

  test.each([65520, -1e9, Infinity, NaN])('%d is refused', (value) => {
    const ask = () => toFloat16(Float32Array.of(1, value), 'the layer weight conv/kernel')
    expect(ask).toThrow(Float16RangeError)
    expect(ask).toThrow(
      /the layer weight conv\/kernel has the value .*; the maximum of half precision is 65504/,
    )
  })
})
