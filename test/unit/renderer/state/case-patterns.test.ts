import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { matchCases } from '../../../../electron/engine/tables/cases-of-names.ts'
import { caseForms, folderCases } from '../../../../electron/contract/case-forms.ts'
import { caseOf } from '../../../../renderer/state/case-patterns.ts'
import { sharedPath } from '../../../shared-data.ts'

const manifest = sharedPath('data/breakhis100x/manifest.csv')

it('finds the case of each example, in the page and at the import', () => {
  const forms = caseForms.filter(({ pattern }) => pattern !== folderCases)
  expect(forms.map(({ pattern, example }) => caseOf(example, pattern))).toEqual([
    '14-29960',
    'TCGA-A2-A0CX',
    'S21-12345',
    '07',
    '0815_A1',
    '0815',
    '2023.118-3',
    '2023.118',
    'B1204',
    '0815',
  ])
  for (const { pattern, example } of forms) {
    expect(matchCases({ names: [example], pattern, limitMs: 2000 })).toEqual([caseOf(example, pattern)])
  }
})

it('reads the patient of every slide of BreaKHis, that of 2015 included', () => {
  const pattern = caseForms.find(({ id }) => id === 'breakhis')?.pattern ?? ''
  const slides = ['B_A-14-22549AB', 'B_A-14-22549CD', 'M_DC-14-13412', 'M_LC-14-13412', 'M_PC-15-190EF']
  for (const magnification of [40, 100, 200, 400]) {
    const names = slides.map((slide) => `SOB_${slide}-${magnification}-001.png`)
    const cases = ['14-22549', '14-22549', '14-13412', '14-13412', '15-190']
    expect(names.map((name) => caseOf(name, pattern))).toEqual(cases)
    expect(matchCases({ names, pattern, limitMs: 2000 })).toEqual(cases)
  }
})

it.skipIf(manifest === null)('never splits a patient of BreaKHis into two cases', () => {
  const [head = '', ...lines] = readFileSync(manifest ?? '', 'utf8')
    .trim()
    .split(/\r?\n/)
  const place = (column: string): number => head.split(',').indexOf(column)
  const pattern = caseForms.find(({ id }) => id === 'breakhis')?.pattern ?? ''
  const casesOf = new Map<string, Set<string | null>>()
  for (const cells of lines.map((line) => line.split(','))) {
    const cases = casesOf.get(cells[place('patient')] ?? '') ?? new Set()
    casesOf.set(
      cells[place('patient')] ?? '',
      cases.add(caseOf(basename(cells[place('file')] ?? ''), pattern)),
    )
  }
  expect(lines).toHaveLength(167)
  const all = [...casesOf.values()].map((cases) => [...cases])
  expect(all.every((cases) => cases.length === 1 && cases[0] !== null)).toBe(true)
  // And two patients never become one case.
  expect(new Set(all.flat()).size).toBe(14)
})
