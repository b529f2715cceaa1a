import type { Component } from 'svelte'
import type { ImageView, TissueClass } from '../../../../electron/contract/index.ts'
import type { ImageState } from '../../../state/batch.svelte.ts'
import type { ListColumn } from '../../../state/list-column.ts'

/** What a cell may show and do. */
export interface CellProps {
  image: ImageView
  imageState: ImageState
  /** Why the image could not be classified; null: no failure. */
  failure: string | null
  classOf: (name: string | undefined) => TissueClass | undefined
  onOpenLabelMenu: (anchor: HTMLElement) => void
}

/** A column of the worklist: all that the page knows about it. */
export interface WorklistColumn extends ListColumn {
  title: string
  /** Tooltip of the head. */
  tip?: string
  width: { minRem: number; share: number }
  cell: Component<CellProps>
}
