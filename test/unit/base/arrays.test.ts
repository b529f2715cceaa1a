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
    const join = (): unknown => zip(a, b)
    expect(join).toThrow(RangeError)
    const lengths = [a, a, b].map(({ length }) => length).join(', ')
    expect(() => zip(a, a, b)).toThrow(lengths)
  })
})

describe('at', () => {
  it('gives the element', () => {
    expect(at(['a', 'b'], 1)).toBe('b')
    expect(at([undefined, 'b'], 0)).toBeUndefined()
    expect(at(new Float64Array([2]), 0)).toBe(2)
  })

  it.each([-1, 2, 0.5, NaN])('refuses index %d of two elements', (index) => {
    const read = (): string => at(['a', 'b'], index)
    expect(read).toThrow(RangeError)
  })
})
