import { expect, it } from 'vitest'
import { fitting, layoutOf } from '../../../../renderer/features/worklist/table-layout.ts'
import type { WorklistColumn } from '../../../../renderer/features/worklist/columns/column.ts'

const column = (id: WorklistColumn['id'], minRem: number, leaveOut?: number): WorklistColumn => ({
  id,
  title: id,
  width: { minRem, share: 1, ...(leaveOut === undefined ? {} : { leaveOut }) },
  sort: { valueOf: () => undefined, first: 'ascending' },
  text: () => '',
})
const all = [column('file', 8), column('case', 4, 2), column('label', 7), column('score', 6, 3)]
const shown = (widthRem: number): string[] => fitting(all, widthRem).map(({ id }) => id)

// The check box and the thumbnail take 6 rem; each column has a gap of 0.75 rem, and there is one at the end.
it('leaves out columns in their order, and no more than needed', () => {
  expect(layoutOf(all).minWidth).toBe('34.75rem')
  expect(shown(34.75)).toEqual(['file', 'case', 'label', 'score'])
  expect(shown(34.7)).toEqual(['file', 'case', 'label'])
  expect(shown(28)).toEqual(['file', 'case', 'label'])
  expect(shown(27.9)).toEqual(['file', 'label'])
})

it('keeps the columns that always stay, and all while the width is unknown', () => {
  expect(shown(5)).toEqual(['file', 'label'])
  expect(shown(0)).toEqual(['file', 'case', 'label', 'score'])
})
