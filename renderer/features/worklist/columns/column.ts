import type { Component } from 'svelte'
import type { ImageView, TissueClass } from '../../../../electron/contract/index.ts'
import type { ImageState } from '../../../state/batch.svelte.ts'
import type { ListColumn } from '../../../state/list-column.ts'

/** What a cell receives. */
export interface CellProps {
  image: ImageView
  imageState: ImageState
  /** Why the image could not be classified; null: no failure. */
  failure: string | null
  classOf: (name: string | undefined) => TissueClass | undefined
  onOpenLabelMenu: (anchor: HTMLElement) => void
}

interface ColumnFacts extends ListColumn {
  title: string
  /** Tooltip of the head. */
  tip?: string
  /**
   * Its minimum width and its share of what is left. `leaveOut`: in a table that is too narrow for all, the column with
   * the largest number is left out first; absent: it always stays.
   */
  width: { minRem: number; share: number; leaveOut?: number }
}

/** What a cell shows: a component, or only a text; an empty text leaves the cell empty. */
type CellContent = { cell: Component<CellProps> } | { cell?: never; text: (image: ImageView) => string }

/** A column of the worklist: everything that the page knows about it. */
export type WorklistColumn = ColumnFacts & CellContent
