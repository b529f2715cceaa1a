import type { Component } from 'svelte'
import type { ImageView, TissueClass, WorklistColumnId } from '../../../../electron/contract/index.ts'
import type { ImageState } from '../../../state/batch.svelte.ts'
import type { SortKey } from '../../../state/sort-images.ts'

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
export interface WorklistColumn {
  id: WorklistColumnId
  title: string
  /** Tooltip of the head. */
  tip?: string
  width: { minRem: number; share: number }
  sort: SortKey
  cell: Component<CellProps>
  /** Columns are shown until the user chooses otherwise, except these. */
  isHiddenByDefault?: true
}
