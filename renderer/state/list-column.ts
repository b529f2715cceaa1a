import type { WorklistColumnId } from '../../electron/contract/index.ts'
import type { SortKey } from './sort-images.ts'

/** What the state needs to know of a column of the worklist. features/worklist/columns has the whole record. */
export interface ListColumn {
  id: WorklistColumnId
  sort: SortKey
  /** Columns are shown until the user chooses otherwise, except these. */
  isHiddenByDefault?: true
}
