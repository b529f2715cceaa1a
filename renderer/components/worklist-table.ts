import { strings } from '../app/strings.ts'
import { sortColumns, type SortColumn } from '../state/worklist-order.svelte.ts'
import type { WorklistItem } from '../state/worklist.svelte.ts'

/** How wide a column is at least, rem, and its share of what is left. */
const widths: Record<SortColumn, readonly [leastRem: number, share: number]> = {
  file: [8.5, 1.5],
  case: [4.5, 0.6],
  label: [7.25, 0.7],
  readers: [5.75, 0.7],
  suggested: [8.5, 1],
  probability: [5.75, 0.7],
  score: [5.25, 0.4],
  spread: [4.25, 0.3],
  likeness: [5.125, 0.3],
  flags: [3, 0.2],
  attention: [5.25, 0.4],
  state: [6.25, 0.5],
  size: [7.5, 0.5],
}

/** The mark and the picture before the columns, and the space between two. */
const fixedRem = [2.25, 3.75] as const
const gapRem = 0.75

/** Of a row, and of the head of a case or of the table. */
export const rowHeightRem = 3.375
export const headHeightRem = 2.125

export interface Column {
  id: SortColumn
  name: string
  tip: string | undefined
}

/** Columns of the worklist after the mark and the picture. */
export const columns: readonly Column[] = sortColumns.map((id) => ({
  id,
  name: strings.worklist.columns[id],
  tip: (strings.worklist.columnTips as Partial<Record<SortColumn, string>>)[id],
}))

/** The CSS grid of a row that shows some of the columns, and how wide it is at least. */
export function layoutOf(shown: readonly SortColumn[]): { template: string; leastWidth: string } {
  const tracks = shown.map((id) => {
    const [leastRem, share] = widths[id]
    return `minmax(${leastRem}rem, ${share}fr)`
  })
  const leastRem =
    fixedRem.reduce((sum, width) => sum + width, 0) +
    shown.reduce((sum, id) => sum + widths[id][0] + gapRem, gapRem)
  return {
    template: [...fixedRem.map((width) => `${width}rem`), ...tracks].join(' '),
    leastWidth: `${leastRem}rem`,
  }
}

/** By how many rows a key moves the cursor; undefined: it is no such key. */
export function moveOf(key: string, pageRows: number, allRows: number): number | undefined {
  const moves: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: pageRows,
    PageUp: -pageRows,
    Home: -allRows,
    End: allRows,
  }
  return moves[key]
}

/** What a line is known by while others come and go. */
export function keyOf(item: WorklistItem | undefined, index: number): string {
  if (item === undefined) return `beyond ${index}`
  return item.kind === 'image' ? `image ${item.image.id}` : `case ${item.caseName ?? ''}`
}
