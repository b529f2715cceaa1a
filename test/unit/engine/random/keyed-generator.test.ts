import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fillNormalFloat32, keyedGenerator, type KeyParts } from '../../../../electron/engine/random/index.ts'
import { normalQuantile, portableLog } from '../../../../electron/engine/random/normal.ts'
import { philoxBlock } from '../../../../electron/engine/random/philox.ts'

interface Golden {
  key: KeyParts
  words: number[]
  floats: number[]
  normals: number[]
  quantiles: { p: number[]; value: number[] }
  fill: { scale: number; bits: number[] }
  large: { key: KeyParts; count: number; scale: number; sha256: string }
}
const golden = JSON.parse(
  readFileSync(new URL('../../../references/random/golden.json', import.meta.url), 'utf8'),
) as Golden

const draws = (count: number, draw: () => number) => Array.from({ length: count }, draw)

describe('philox', () => {
  // kat_vectors of Random123, the authors' own library: counter, key, answer.
  test.each([
    ['00000000 00000000 00000000 00000000 00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    ['ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ['243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])('answers %s as published', (input, answer) => {
    const [c0 = 0, c1 = 0, c2 = 0, c3 = 0, k0 = 0, k1 = 0] = input
      .split(' ')
      .map((word) => parseInt(word, 16))
    const out = new Uint32Array(4)
    philoxBlock(c0, c1, c2, c3, k0, k1, out)
    expect([...out].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(answer)
  })
})

describe('the generator against NumPy, to the bit', () => {
  test('words, floats and normals', () => {
    const words = keyedGenerator(...golden.key)
    expect(draws(golden.words.length, () => words.nextUint32())).toEqual(golden.words)
    const floats = keyedGenerator(...golden.key)
    expect(draws(golden.floats.length, () => floats.nextFloat())).toEqual(golden.floats)
    const normals = keyedGenerator(...golden.key)
    expect(draws(golden.normals.length, () => normals.nextNormal())).toEqual(golden.normals)
    expect(golden.quantiles.p.map(normalQuantile)).toEqual(golden.quantiles.value)
  })

  test('float32 fills, also the end of a block that is not whole', () => {
    const out = new Float32Array(golden.fill.bits.length)
    fillNormalFloat32(golden.key, out, golden.fill.scale)
    expect([...new Uint32Array(out.buffer)]).toEqual(golden.fill.bits)
    const large = new Float32Array(golden.large.count)
    fillNormalFloat32(golden.large.key, large, golden.large.scale)
    const digest = createHash('sha256').update(new Uint8Array(large.buffer)).digest('hex')
    expect(digest).toBe(golden.large.sha256)
  })
})

describe('properties', () => {
  test('the logarithm is the logarithm', () => {
    for (const x of [1e-300, 1e-10, 0.074, 0.5, 0.7071067811865475, 0.7071067811865476, 1, 1.5, 3e200]) {
      // Two units in the last place: the series and two roundings.
      expect(Math.abs(portableLog(x) - Math.log(x))).toBeLessThanOrEqual(4.5e-16 * Math.abs(Math.log(x)))
    }
  })

  test('a fill has the moments of a normal', () => {
    const values = new Float32Array(200_000)
    fillNormalFloat32(['moments'], values, 2)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    // Five standard errors of the mean and of the variance of 200 000 draws.
    expect(Math.abs(mean)).toBeLessThan(5 * (2 / Math.sqrt(values.length)))
    expect(Math.abs(variance / 4 - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length))
  })

  test('integers are uniform and within the bound', () => {
    const generator = keyedGenerator('integers')
    const counts = new Array<number>(7).fill(0)
    for (let draw = 0; draw < 70_000; draw++) {
      const value = generator.nextInteger(7)
      counts[value] = (counts[value] ?? 0) + 1
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
    expect(counts).toHaveLength(7)
    // 22.5 is the 99.9th percentile with 6 degrees of freedom; the draw is fixed, so this is deterministic.
    expect(chiSquare).toBeLessThan(22.5)
    expect(generator.nextInteger(1)).toBe(0)
    expect(generator.nextInteger(2 ** 32)).toBeGreaterThanOrEqual(0)
  })

  test('uniform, boolean and shuffle', () => {
    const generator = keyedGenerator('others')
    for (let draw = 0; draw < 1000; draw++) {
      const value = generator.nextUniform(0.7, 1.3)
      expect(value >= 0.7 && value < 1.3).toBe(true)
    }
    const heads = draws(10_000, () => Number(generator.nextBoolean())).reduce((sum, head) => sum + head, 0)
    expect(Math.abs(heads - 5000)).toBeLessThan(250)
    const items = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    const shuffled = generator.shuffle(items)
    expect(shuffled).not.toEqual(items)
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items)
    expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('no two lists of parts are encoded alike', () => {
    const lists: KeyParts[] = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc'],
      ['1'],
      [1],
      [],
      [''],
      ['', ''],
      [1, 2],
      [12],
    ]
    const firsts = lists.map((parts) => keyedGenerator(...parts).nextUint32())
    expect(new Set(firsts).size).toBe(lists.length)
    expect(keyedGenerator(-0).nextUint32()).toBe(keyedGenerator(0).nextUint32())
  })
})

describe('refusals', () => {
  test('invalid keys and invalid bounds', () => {
    expect(() => keyedGenerator(NaN)).toThrow(RangeError)
    expect(() => keyedGenerator(Infinity)).toThrow(RangeError)
    const generator = keyedGenerator('refusals')
    for (const bound of [0, -1, 1.5, NaN, 2 ** 32 + 1]) {
      expect(() => generator.nextInteger(bound)).toThrow(RangeError)
    }
  })
})
