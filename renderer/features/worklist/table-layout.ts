import type { ListLine } from '../../state/list-lines.ts'
import type { WorklistColumn } from './columns/column.ts'

/** The check box and the thumbnail before the columns, and the gap between two cells. */
const fixedRem = [2.25, 3.75] as const
const gapRem = 0.75

/** Height of a row, and of the head of a case or of the table. */
export const rowHeightRem = 3.375
export const headHeightRem = 2.125

/** The CSS grid of a row that shows these columns, and the row's minimum width. */
export const layoutOf = (shown: readonly WorklistColumn[]): { template: string; minWidth: string } => ({
  template: [
    ...fixedRem.map((width) => `${width}rem`),
    ...shown.map(({ width }) => `minmax(${width.minRem}rem, ${width.share}fr)`),
  ].join(' '),
  minWidth: `${minRemOf(shown)}rem`,
})

const minRemOf = (shown: readonly WorklistColumn[]): number =>
  fixedRem.reduce((sum, width) => sum + width, 0) +
  shown.reduce((sum, { width }) => sum + width.minRem + gapRem, gapRem)

/** The columns for which a table of this width has space, in their order; 0: the width is not known yet. */
export function fitting(chosen: readonly WorklistColumn[], widthRem: number): readonly WorklistColumn[] {
  let shown = chosen
  while (widthRem > 0 && minRemOf(shown) > widthRem) {
    const last = Math.max(...shown.map(({ width }) => width.leaveOut ?? 0))
    if (last === 0) break
    shown = shown.filter(({ width }) => (width.leaveOut ?? 0) < last)
  }
  return shown
}

/** Key of a line, so that it keeps its element while other lines change. */
export function keyOf(line: ListLine | undefined, index: number): string {
  switch (line?.kind) {
    case undefined:
      return `beyond ${index}`
    case 'image':
      return `image ${line.image.id}`
    case 'case':
      return `case ${line.caseName ?? ''}`
    // Images move from line to line when one leaves the list.
    case 'tiles':
      return `tiles ${index}`
  }
}
