import type { WorklistItem } from '../../state/worklist.svelte.ts'
import type { WorklistColumn } from './columns/column.ts'

/** The check box and the thumbnail before the columns, and the gap between two cells. */
const fixedRem = [2.25, 3.75] as const
const gapRem = 0.75

/** Height of a row, and of the head of a case or of the table. */
export const rowHeightRem = 3.375
export const headHeightRem = 2.125

/** The CSS grid of a row that shows these columns, and the row's minimum width. */
export function layoutOf(shown: readonly WorklistColumn[]): { template: string; minWidth: string } {
  const tracks = shown.map(({ width }) => `minmax(${width.minRem}rem, ${width.share}fr)`)
  const minRem =
    fixedRem.reduce((sum, width) => sum + width, 0) +
    shown.reduce((sum, { width }) => sum + width.minRem + gapRem, gapRem)
  return {
    template: [...fixedRem.map((width) => `${width}rem`), ...tracks].join(' '),
    minWidth: `${minRem}rem`,
  }
}

/** Key of a line, so that it keeps its element while other lines change. */
export function keyOf(item: WorklistItem | undefined, index: number): string {
  if (item === undefined) return `beyond ${index}`
  return item.kind === 'image' ? `image ${item.image.id}` : `case ${item.caseName ?? ''}`
}
