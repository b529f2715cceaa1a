import type { ImageView, RegionView } from '../../../electron/contract/index.ts'
import type { Lobule } from '../../state/lobule.svelte.ts'
import type { PenKind } from '../../features/regions/region-pen.svelte.ts'
import type { SlideView } from '../../features/viewer/slide-view.svelte.ts'
import type { HeatMapHere } from '../../features/viewer/heat-map-here.svelte.ts'

/** What the worklist on screen offers to actions. */
export interface ListControls {
  /** Rows that fit on the screen. */
  pageRows: () => number
  /** Scrolls to the row under the cursor. */
  reveal: () => void
  focusSearch: () => void
}

/** What the viewer on screen offers to actions. */
export interface ViewerControls {
  slide: SlideView
  heat: HeatMapHere
  /** The image in the viewer; undefined: it is not in the workspace. */
  image: () => ImageView | undefined
  /** To the next (1) or previous (-1) magnification. */
  step: (direction: 1 | -1) => void
  /** Keeps this image beside the next ones, or removes it again. */
  pin: () => void
  toggleFullScreen: () => void
}

/** What the regions of the image in the viewer offer to actions. */
export interface RegionControls {
  slide: SlideView
  chosen: () => RegionView | null
  hasUndo: () => boolean
  /** Takes a drawing tool, or puts it away. */
  take: (kind: PenKind) => void
  choose: (regionId: number | null) => void
  /** To the next (1) or previous (-1) region. */
  step: (direction: 1 | -1) => void
  /** Moves the chosen region along the screen. */
  nudge: (right: number, down: number) => void
  setClass: (className: string | null) => void
  beginComment: () => void
  remove: () => void
  undo: () => void
}

export interface PageContext {
  lobule: Lobule
}
export type ListContext = PageContext & { list: ListControls }
export type ViewerContext = PageContext & { viewer: ViewerControls }
export type RegionContext = PageContext & { regions: RegionControls }
