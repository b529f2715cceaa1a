import { expect, it } from 'vitest'
import type { ImportReport } from '../../../../electron/contract/index.ts'
import { parseCsv } from '../../../../electron/base/csv.ts'
import { accountCsv } from '../../../../electron/features/images/import-account-csv.ts'

it('writes each file once, and what can be acted on with its sentence', () => {
  const contradiction = { path: 'b', row: 2, reader: 'Ann', offered: 'Benign', present: 'Other', image: 'a' }
  const report = {
    failed: [{ path: 'c', code: 'image.truncated', message: 'c is cut' }],
    files: [
      { path: 'a', outcome: 'imported' },
      { path: 'b', outcome: 'contradicting' },
      { path: 'c', outcome: 'failed' },
    ],
    skipped: [{ ending: '.bmp', files: 2 }],
    rows: [{ row: 3, file: '=d', problem: 'no such file' }],
    account: {
      contradictions: [{ ...contradiction, what: 'label' }],
      changes: [{ path: 'a', row: 1, reader: null, before: 'Benign', after: 'Other' }],
      notes: [{ path: 'a', kind: 'dim', value: '4000' }],
    },
  } as unknown as ImportReport
  const { rows, text } = accountCsv(report)
  const read = parseCsv(text, (reason) => {
    throw new Error(reason)
  })
  expect(rows).toBe(8)
  expect(read.map(({ what, file, row, outcome }) => [what, file, row, outcome])).toEqual([
    ['file', 'a', '', 'imported'],
    ['file', 'b', '', 'contradicting'],
    ['file', 'c', '', 'failed'],
    ['label', 'b', '2', 'contradicting'],
    ['label', 'a', '1', 'changed'],
    ['row', '=d', '3', 'failed'],
    ['note', 'a', '', 'dim'],
    ['skipped', '.bmp', '', '2'],
  ])
  expect(read[2]?.['message']).toBe('c is cut')
  expect(text).toContain("'=d")
})
