import { describe, expect, it } from 'vitest'
import { at, zip } from '../../../electron/base/arrays.ts'

describe('zip', () => {
  it('joins arrays by index', () => {
    const joined: [number, string][] = zip([1, 2], ['a', 'b'])
    expect(joined).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    expect(zip(new Float32Array([0.5]), [undefined], ['x'])).toEqual([[0.5, undefined, 'x']])
    expect(zip([], [])).toEqual([])
  })

  it.each([
    [[1, 2], ['a']],
    [[1], ['a', 'b']],
    [[], ['a']],
  ])('refuses %j with %j', (a, b) => {
    expect(() => zip(a, b)).toThrow(RangeError)
    expect(() => zip(a, a, b)).toThrow(`${a.length}, ${a.length}, ${b.length}`)
  })
})

describe('at', () => {
  it('gives the element', () => {
    expect(at(['a', 'b'], 1)).toBe('b')
    expect([at([undefined], 0)]).toEqual([undefined])
    expect(at(new Float64Array([2]), 0)).toBe(2)
  })

  it.each([-1, 2, 0.5, NaN])('refuses index %d of two elements', (index) => {
    expect(() => at(['a', 'b'], index)).toThrow(RangeError)
  })
})
