import { strings } from '../app/strings.ts'
import type { SortColumn, WorklistItem } from '../state/worklist.svelte.ts'

const names = strings.worklist.columns

/** Columns of the worklist after the mark and the picture. */
export const columns: readonly { id: SortColumn; name: string }[] = [
  { id: 'file', name: names.file },
  { id: 'case', name: names.case },
  { id: 'label', name: names.label },
  { id: 'suggested', name: names.suggested },
  { id: 'probability', name: names.probability },
  { id: 'flags', name: names.flags },
  { id: 'size', name: names.size },
]

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
