import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { matchCases } from '../../../../electron/engine/tables/cases-of-names.ts'
import { proposeCases, type NamedFile } from '../../../../electron/engine/tables/propose-cases.ts'
import { sharedPath } from '../../../shared-data.ts'

const files = (...names: string[]): NamedFile[] => names.map((name) => ({ name, folder: null }))
const propose = (given: readonly NamedFile[], last: string | null = null) =>
  proposeCases({ files: given, last, limitMs: 2000 })
const fields = sharedPath('data/breakhis100x')

it.each([
  [
    'breakhis',
    ['SOB_B_A-14-22549AB-100-001.png', 'SOB_B_A-14-22549CD-100-001.png', 'SOB_M_DC-14-2523-100-002.png'],
    2,
  ],
  ['tcga', ['TCGA-A2-A0CX-01Z-00-DX1.svs', 'TCGA-A2-A0CX-01Z-00-DX2.svs', 'TCGA-B6-A0I2-01Z-00-DX1.svs'], 2],
  ['lab-number', ['S21-12345_A1_03.tif', 'S21-12345_A2_01.tif', 'S21-12399_A1_01.tif'], 2],
  ['case-number', ['case07_field2.png', 'case07_field3.png', 'case11_field1.png'], 2],
  ['before-last-underscore', ['0815_1.png', '0815_2.png', '0816_1.png'], 2],
  ['before-first-underscore', ['815_A_1.png', '815_B_2.png', '816_C_3.png'], 2],
  ['before-last-hyphen', ['2023.118-3.png', '2023.118-4.png', '2023.119-1.png'], 2],
  ['before-first-dot', ['B1204.2.tif', 'B1204.3.tif', 'C7.1.tif'], 2],
] as const)('proposes %s first', (form, names, cases) => {
  expect(propose(files(...names))[0]).toMatchObject({
    form,
    cases,
    withoutCase: 0,
    minImages: 1,
    maxImages: 2,
  })
})

it('proposes folders where names say nothing', () => {
  const named = ['H23-1204', 'H23-1204', 'H23-1300'].map((folder, at) => ({ name: `${at}.tif`, folder }))
  expect(propose(named)).toMatchObject([{ form: 'folder', cases: 2, maxImages: 2 }])
})

it('proposes nothing where each image would be a case, or all one', () => {
  expect(propose(files('a.png', 'b.png', 'c.png'))).toEqual([])
  expect(propose(files('img001.png', 'img002.png'))).toEqual([])
  expect(propose(files('b001.tif', 'is002.tif', 'iv003.tif', 'n004.tif'))).toEqual([])
  expect(propose(files('a.x.png', 'a.y.png', 'b.x.png', 'c.x.png', 'd.x.png', 'e.x.png'))).toEqual([])
  expect(propose([])).toEqual([])
})

it('puts the expression of the last import first, and leaves it out where it does not fit', () => {
  const names = files('S21-12345_A1_03.tif', 'S21-12345_A2_01.tif', 'S21-12399_A1_01.tif')
  expect(propose(names, String.raw`S21-123(\d)`)[0]).toMatchObject({ form: null, isLast: true, cases: 2 })
  expect(propose(names, 'other(x)')[0]).toMatchObject({ form: 'lab-number', isLast: false })
  expect(propose(names, '(')[0]).toMatchObject({ form: 'lab-number' })
  // A known form keeps its name.
  expect(propose(names, '^([^_]+)_')[0]).toMatchObject({ form: 'before-first-underscore', isLast: true })
})

it('leaves out forms that give the same cases as a better one', () => {
  const forms = propose(files('case07_a.png', 'case07_b.png', 'case11_a.png')).map(({ form }) => form)
  expect(forms).toEqual(['case-number'])
})

it('counts files without a case, and gives up on an expression that takes too long', () => {
  const names = files(...Array.from({ length: 9 }, (_, at) => `S21-1000${at % 2}_${at}.tif`), 'overview.tif')
  expect(propose(names)[0]).toMatchObject({ cases: 2, withoutCase: 1, minImages: 4, maxImages: 5 })
  const slow = files(`${'a'.repeat(40)}!_1.tif`, `${'a'.repeat(40)}!_2.tif`, 'b_1.tif')
  const found = proposeCases({ files: slow, last: '^(a+)+$', limitMs: 50 })
  expect(found[0]).toMatchObject({ form: 'before-last-underscore' })
})

it('writes names composed, so that two computers give one case', () => {
  const names = ['Müller_1.png'.normalize('NFC'), 'Müller_2.png'.normalize('NFD')]
  const cases = matchCases({ names, pattern: '^([^_]+)_', limitMs: 2000 })
  expect(cases).toEqual(['Müller', 'Müller'].map((name) => name.normalize('NFC')))
})

it.skipIf(fields === null)('reads the 14 patients of the real fields', () => {
  const names = readdirSync(fields ?? '', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.png'),
  )
  const [best] = propose(names.map((name) => ({ name: basename(name), folder: null })))
  expect(best).toMatchObject({ form: 'breakhis', cases: 14, withoutCase: 0, minImages: 4, maxImages: 23 })
})
