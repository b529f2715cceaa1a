import { describe, expect, it } from 'vitest'
import { csvFile, csvText, parseCsv } from '../../../electron/base/csv.ts'

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
  ])('refuses %j', (text, message) => {
    expect(() => parse(text)).toThrow(message)
  })

  it.each([
    ['a;b\n1;2', ';'],
    ['a\tb\r\n1\t2\r\n', 'tab'],
    ['sep=;\r\na;b\r\n1;2\r\n', 'the line sep='],
    ['a,b\r1,2\r', 'the line ends of an old Mac'],
    ['a,b,,\n1,2,,\n', 'empty columns at the end'],
    ['"a";b\n"1";2', 'quoted names'],
  ])('reads %j: %s', (text) => {
    expect(parse(text)).toEqual([{ a: '1', b: '2' }])
  })

  it('takes the separator from the first line alone, and keeps the others in its cells', () => {
    expect(parse('a;b\n1,5;2,5,6')).toEqual([{ a: '1,5', b: '2,5,6' }])
    expect(parse('"a;x;y",b\n1,2')).toEqual([{ 'a;x;y': '1', b: '2' }])
    expect(() => parse('a,b,,\n1,2,3,')).toThrow(/row 1 has 3 fields and the first line has 2/)
  })

  it('reads back every text that it wrote', () => {
    const texts = [' spaces ', 'a,b', 'say "so"', 'two\nlines', '\r\n', 'ä 🔬', 'plain', "'quoted'", "'", '']
    const text = csvText([['a', 'end'], ...texts.map((cell) => [cell, '.'])])
    expect(parse(text).map((row) => row['a'])).toEqual(texts)
  })

  it('puts an apostrophe before what a spreadsheet would run, and only there', () => {
    const cells = ['=1+1', '+a', '-b', '@c', '\td', '\ne', '\uFF1D1', "'=1", "''=1", 'plain = text', "'a"]
    expect(csvText([cells])).toBe("'=1+1,'+a,'-b,'@c,'\td,\"'\ne\",'\uFF1D1,''=1,'''=1,plain = text,'a\r\n")
    expect(csvText([[-1, '=a,1']])).toBe('-1,"\'=a,1"\r\n')
    expect(csvFile([['a']])).toBe('\uFEFFa\r\n')
  })

  it('takes the apostrophe off again: any table comes back, and none has a cell that a spreadsheet would run', () => {
    const pieces = [
      "'",
      '=',
      '+',
      '-',
      '@',
      '\t',
      '\r',
      '\n',
      '"',
      ',',
      ' ',
      'a',
      '\uFEFF',
      '\uFF1D',
      '1',
      'ß',
    ]
    const random = seededRandom(11)
    const piece = (): string => pieces[Math.floor(random() * pieces.length)] ?? ''
    const cell = (): string => Array.from({ length: Math.floor(random() * 6) }, piece).join('')
    for (let round = 0; round < 3000; round++) {
      const rows = Array.from({ length: 1 + Math.floor(random() * 4) }, () => [cell(), cell(), cell()])
      const text = csvFile([['a', 'b', 'c'], ...rows])
      expect(parse(text).map(({ a, b, c }) => [a, b, c])).toEqual(rows)
      const fields = text.slice(1).matchAll(/(?<=^|[,\n])(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?=,|\r\n)/g)
      for (const [, quoted, plain] of fields) expect(quoted ?? plain).not.toMatch(/^[=+\-@\t\r\n\uFF1D]/)
    }
  })
})

/** A small generator with a seed (xorshift), 0 to 1. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
