import type { ImageView, TissueClass } from '../../../electron/contract/index.ts'
import type { ImageState } from '../../state/batch.svelte.ts'
import type { WorklistItem } from '../../state/list-lines.ts'
import type { Lobule } from '../../state/lobule.svelte.ts'

/** What the table and the grid of the worklist receive. */
export interface ListProps {
  rows: readonly ImageView[]
  /** The rows, with the heads of their cases if they are grouped. */
  items: readonly WorklistItem[]
  stateOf: (image: ImageView) => ImageState
  /** Why an image could not be classified; null: no failure. */
  failureOf: (image: ImageView) => string | null
  tiles: string
  /** Increases when images that failed to load should be requested again. */
  reloadCount: number
  cursorId: number | null
  isSelected: (imageId: number) => boolean
  classOf: (name: string | undefined) => TissueClass | undefined
  onMove: (imageId: number, extend: boolean) => void
  onMoveBy: (rows: number, extend: boolean) => void
  onToggle: (imageId: number) => void
  onSelectCase: (caseName: string | null) => void
  /** null: the list shows one case only. */
  onOnlyCase: ((caseName: string | null) => void) | null
  onSelectNone: () => void
  onOpen: (imageId: number) => void
}

/** What the lines of the table or the grid offer. */
export interface ListLinesControls {
  focus: () => void
  /** Scrolls to the image under the cursor. */
  reveal: () => void
  /** Lines that fit on the screen. */
  pageRows: () => number
}

/** Getters, so that each part of the list follows only what it shows. */
export function listPropsOf(lobule: Lobule): ListProps {
  const { worklist } = lobule
  return {
    get rows() {
      return worklist.rows
    },
    get items() {
      return worklist.items
    },
    get tiles() {
      return lobule.session.info?.tiles ?? ''
    },
    get reloadCount() {
      return lobule.connectionCount
    },
    get cursorId() {
      return worklist.cursorId
    },
    get onOnlyCase() {
      return worklist.filter.caseName === null
        ? (caseName: string | null) => worklist.narrow({ caseName })
        : null
    },
    stateOf: (image) => lobule.batch.stateOf(image),
    failureOf: (image) => lobule.batch.failureOf(image),
    isSelected: (imageId) => worklist.isSelected(imageId),
    classOf: (name) => lobule.session.classOf(name),
    onMove: (imageId, extend) => worklist.moveTo(imageId, extend),
    onMoveBy: (rows, extend) => worklist.moveBy(rows, extend),
    onToggle: (imageId) => worklist.toggle(imageId),
    onSelectCase: (caseName) => worklist.selectCase(caseName),
    onSelectNone: () => worklist.selectNone(),
    onOpen: (imageId) => lobule.openImage(imageId),
  }
}

/** A click moves the cursor; with Shift it selects up to there, with Ctrl it selects one more. */
export function click(
  event: MouseEvent,
  imageId: number,
  { onMove, onToggle, onSelectNone }: Pick<ListProps, 'onMove' | 'onToggle' | 'onSelectNone'>,
): void {
  if (event.ctrlKey || event.metaKey) {
    onToggle(imageId)
    return
  }
  if (!event.shiftKey) onSelectNone()
  onMove(imageId, event.shiftKey)
}
