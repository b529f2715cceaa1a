import { expect, it } from 'vitest'
import { recognisePublicImage } from '../../../../electron/engine/leaks/public-sets.ts'
import { findSimilarNames } from '../../../../electron/engine/leaks/similar-names.ts'

it.each([
  ['case', ['S21-12345', 's21-12345'], 'spelling'],
  ['accents in two encodings', ['Müller'.normalize('NFC'), 'Müller'.normalize('NFD')], 'spelling'],
  ['accents', ['Muller', 'Müller'], 'spelling'],
  ['spaces', ['S21 12345', 'S21-12345 '], 'spelling'],
  ['invisible characters', ['H23\u200b-1204', 'H23-1204'], 'spelling'],
  ['full width', ['Ｓ２１-12345', 'S21-12345'], 'spelling'],
  ['leading zeros', ['case07', 'case7'], 'spelling'],
  ['letters at the end', ['29960AB', '29960CD'], 'suffix'],
  ['a letter that one of them has', ['14-3411F', '14-3411'], 'suffix'],
  ['both', ['29960ab', '29960 CD'], 'suffix'],
] as const)('takes names that differ in %s for one patient', (_, names, difference) => {
  const found = findSimilarNames([...names, 'other'])
  expect(found).toEqual([{ names: names.toSorted(), difference }])
})

it.each([
  ['numbers', ['14-9146', '149146']],
  ['digits', ['case7', 'case70', 'case71']],
  ['short names', ['A1a', 'A1b', 'P12']],
  ['words', ['Maria', 'Marie']],
])('takes names that differ in %s for several patients', (_, names) => {
  expect(findSimilarNames(names)).toEqual([])
})

it('says each name once', () => {
  expect(findSimilarNames(['S21', 's21', 'S21', 's21'])).toEqual([
    { names: ['S21', 's21'], difference: 'spelling' },
  ])
})

const bachPx = { widthPx: 2048, heightPx: 1536 }
it.each([
  [
    'SOB_B_A-14-22549AB-100-001.png',
    { set: 'BreaKHis', patient: '14-22549', slide: '14-22549AB', magnification: 100 },
  ],
  [
    'SOB_M_DC-14-12312-400-021.png',
    { set: 'BreaKHis', patient: '14-12312', slide: '14-12312', magnification: 400 },
  ],
  [
    'SOB_M_PC-15-190EF-40-001.png',
    { set: 'BreaKHis', patient: '15-190', slide: '15-190EF', magnification: 40 },
  ],
  ['b001.tif', { set: 'BACH', patient: null, slide: null, magnification: null }],
  ['iv100.tif', { set: 'BACH', patient: null, slide: null, magnification: null }],
  ['x001.tif', null],
  ['b1.tif', null],
])('knows the set of %s', (name, expected) => {
  expect(recognisePublicImage(name, bachPx)).toEqual(expected)
})

it('needs the size of BACH beside its short names', () => {
  expect(recognisePublicImage('b001.tif', { widthPx: 1024, heightPx: 768 })).toBeNull()
})
