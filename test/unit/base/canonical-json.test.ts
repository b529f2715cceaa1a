import { expect, it } from 'vitest'
import { canonicalJson, strictCanonicalJson } from '../../../electron/base/canonical-json.ts'

it.each([canonicalJson, strictCanonicalJson])('writes keys in one order', (write) => {
  expect(write({ b: [1, { d: null, c: 'x' }], a: true, u: undefined })).toBe(
    '{"a":true,"b":[1,{"c":"x","d":null}]}',
  )
  expect(write({ '\u{10000}': 1, '\uffff': 2, é: 'ü"\n' })).toBe('{"é":"ü\\"\\n","\u{10000}":1,"\uffff":2}')
  expect(write(undefined)).toBe('null')
  expect(write([undefined, -0, 1e21])).toBe('[null,0,1e+21]')
})

it('writes null for a number that JSON cannot represent, and refuses it in strict mode', () => {
  expect(canonicalJson({ a: NaN, b: [Infinity] })).toBe('{"a":null,"b":[null]}')
  expect(() => strictCanonicalJson({ a: NaN })).toThrow(RangeError)
  expect(() => strictCanonicalJson({ a: [{ b: -Infinity }] })).toThrow(RangeError)
})
