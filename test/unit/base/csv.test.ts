import { describe, expect, it } from 'vitest'
import { csvText, parseCsv } from '../../../electron/base/csv.ts'

const refuse = (reason: string): never => {
  throw new Error(reason)
}
const parse = (text: string): Record<string, string>[] => parseCsv(text, refuse)

describe('CSV', () => {
  it('reads quotes, commas and line ends', () => {
    expect(parse('a,"b ""c"""\r\n"1,\n2",\r\n,"x"\r\n\r\n')).toEqual([
      { a: '1,\n2', 'b "c"': '' },
      { a: '', 'b "c"': 'x' },
    ])
    expect(parse('a\n1')).toEqual([{ a: '1' }])
    expect(parse('')).toEqual([])
    expect(parse('a,b\n')).toEqual([])
    expect(parse('\uFEFFa\n1')).toEqual([{ a: '1' }])
  })

  it.each([
    ['a,b\n1', /row 1 has 1 fields and the first line has 2/],
    ['a,b\n1,2\n\n3,4', /row 2 has 1 fields/],
    ['a,a\n1,2', /column "a" is there twice/],
    ['a\n"1', /row 1 has a quote or a line end out of place/],
    ['a\n1"2"', /row 1 has a quote/],
    ['a\n"1"2', /row 1 has a quote/],
    ['a\r1', /the first line has a quote or a line end/],
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message)
  })

  it('reads back every text that it wrote', () => {
    const texts = [' spaces ', 'a,b', 'say "so"', 'two\nlines', '\r\n', 'ä 🔬', 'plain']
    const text = csvText([['a', 'end'], ...texts.map((cell) => [cell, '.'])], { formulas: 'keep' })
    expect(parse(text).map((row) => row['a'])).toEqual(texts)
  })

  it('neutralises formulas in tables for people, and keeps them in tables that are read back', () => {
    const cells = ['=1+1', '+a', '-b', '@c', '\td', 'plain = text']
    expect(csvText([cells], { formulas: 'neutralise' })).toBe("'=1+1,'+a,'-b,'@c,'\td,plain = text\r\n")
    expect(csvText([cells], { formulas: 'keep' })).toBe('=1+1,+a,-b,@c,\td,plain = text\r\n')
    expect(csvText([[-1, '=a,1']], { formulas: 'neutralise' })).toBe('-1,"\'=a,1"\r\n')
  })
})
