import { expect, it } from 'vitest'
import {
  classSchemeSchema,
  levelCount,
  newClassSchemeSchema,
  parseClassScheme,
  parseTilePath,
  tilePath,
} from '../../../electron/contract/index.ts'

it('reads names and stars', () => {
  const classes = parseClassScheme(' benign, malignant* ')
  expect(classes.map((c) => [c.name, c.isPositive, c.key])).toEqual([
    ['benign', false, '1'],
    ['malignant', true, '2'],
  ])
})

it('gives carcinoma a warm colour, never green, and repeats a colour only after all are used', () => {
  const coloursOf = (text: string): string[] => parseClassScheme(text).map(({ colour }) => colour)
  const [blue, green, orange, vermilion] = ['#0072b2', '#009e73', '#e69f00', '#d55e00']
  expect(coloursOf('Normal,Benign,InSitu*,Invasive*')).toEqual([blue, green, orange, vermilion])
  expect(coloursOf('Benign,Malignant*')).toEqual([blue, orange])
  expect(coloursOf('Malignant*,Benign')).toEqual([orange, blue])
  for (const text of ['a,b,c,d,e,f,g,h', 'a*,b*,c*,d*,e*,f*,g*,h*', 'a,b*,c*,d*,e*,f*,g*,h*']) {
    expect(new Set(coloursOf(text)).size).toBe(8)
    expect(coloursOf(`${text},i,j*`).slice(8)).toEqual([blue, orange])
  }
  // When the warm colours are used up, other ones follow, until all are used.
  expect(coloursOf('a*,b*,c*,d*,e*').at(-1)).toBe(blue)
})

it('gives each of twenty classes a key', () => {
  const classes = parseClassScheme(Array.from({ length: 20 }, (_, i) => `c${i}`).join(','))
  expect(classes.map(({ key }) => key).join('')).toBe('1234567890eikloqvyhj')
})

it.each([
  ['one', /at least 2/],
  ['a,A', /same name/],
  ['a,', /: a class has no name\.$/],
  ['A,,B', /: a class has no name\.$/],
  [`a,${'b'.repeat(61)}`, /: the name of a class has more than 60 characters\.$/],
  ['a,none', /: "none" cannot name a class, because it says that there is none\.$/],
  ['Unsure,a', /"Unsure" cannot name a class/],
  ['a,-', /needs a letter or a digit/],
  ['a,b\nc', /one line/],
  ['Naïve,NAI\u0308VE', /same name/],
  ['In situ,in  situ', /same name/],
  ['In situ,in\u200B situ', /same name/],
  ['Benign,Be\u034Fnign', /same name/],
  ['Benign,Benign\uFE0F', /same name/],
  ['Benign,Benign\u180B', /same name/],
  ['Benign,Benign\u3164', /same name/],
  ['a,\u3164', /needs a letter or a digit/],
  ['a,B\u0435nign', /Latin letters beside Cyrillic or Greek ones/],
  ['a,\u0392enign', /Latin letters beside Cyrillic or Greek ones/],
  ['a,b/c', /must not contain a comma, star or slash/],
  [Array.from({ length: 21 }, (_, i) => `c${i}`).join(','), /: a scheme has at most 20 classes\.$/],
])('refuses "%s"', (text, reason) => {
  expect(() => parseClassScheme(text)).toThrow(reason)
})

it('stores names composed, and opens what earlier versions allowed', () => {
  expect(parseClassScheme('Naive,U\u0308').map(({ name }) => name)).toEqual(['Naive', '\u00DC'])
  const earlier = parseClassScheme('a,b').map((one, index) => ({ ...one, name: ['none', '-'][index] }))
  expect(classSchemeSchema.safeParse(earlier).success).toBe(true)
  expect(newClassSchemeSchema.safeParse(earlier).success).toBe(false)
})

it('allows names in any one alphabet, and Greek letters that look like no Latin one', () => {
  const names = [
    '\u041D\u043E\u0440\u043C\u0430',
    '\u03A6\u03C5\u03C3\u03B9\u03BF',
    'ER\u03B1+',
    '> 5 \u00B5m',
  ]
  expect(parseClassScheme(names.join(',')).map(({ name }) => name)).toEqual(names)
})

it('parses the addresses of tiles and nothing else', () => {
  expect(parseTilePath(tilePath(7, 11, 3, 2))).toEqual({
    kind: 'tile',
    imageId: 7,
    level: 11,
    column: 3,
    row: 2,
  })
  expect(parseTilePath('/7/thumbnail.jpg')).toEqual({ kind: 'thumbnail', imageId: 7 })
  for (const path of [
    '/0/thumbnail.jpg',
    '/7/../8/thumbnail.jpg',
    '/7/1/1_1.png',
    '/7/1/-1_1.jpg',
    '//etc/passwd',
    '/7/1/1_1.jpg/',
  ]) {
    expect(parseTilePath(path)).toBeNull()
  }
  expect([levelCount(1, 1), levelCount(2048, 1536), levelCount(2049, 1)]).toEqual([1, 12, 13])
})
