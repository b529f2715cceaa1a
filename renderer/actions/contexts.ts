import type { ImageView, RegionGeometry, RegionView } from '../../electron/contract/index.ts'
import type { Lobule } from '../state/lobule.svelte.ts'

/** What the worklist on screen offers to actions. */
export interface ListControls {
  /** Lines that fit on the screen. */
  pageRows: () => number
  /** Images in a line: 1 in the table. */
  columns: () => number
  /** Scrolls to the row under the cursor. */
  reveal: () => void
  isCursorInView: () => boolean
  /** The image that the larger picture shows; null: there is none. */
  peekedId: () => number | null
  closePeek: () => void
  focusSearch: () => void
  /** Opens the menu of the row under the cursor. */
  openMenu: () => void
}

/** What the drawn image offers to actions; SlideView in features/slide. */
export interface SlideControls {
  zoomIn: () => void
  zoomOut: () => void
  fit: () => void
  /** @param imageZoom screen pixels for each image pixel */
  zoomTo: (imageZoom: number) => void
  rotate: () => void
  /** Moves the view by steps to the right and down. */
  pan: (right: number, down: number) => void
  /** Sets a corner of the region that is being drawn, in the middle of the view. */
  setCornerAtCentre: () => void
  readonly stain: { toggle: () => void }
  readonly pen: {
    readonly isOn: boolean
    readonly isDrawing: boolean
    close: () => void
    removeCorner: () => void
    escape: () => void
  }
}

/** What the viewer on screen offers to actions. */
export interface ViewerControls {
  slide: SlideControls
  heat: { toggle: () => void; compareNext: () => void }
  slideMap: { toggle: () => void; analyse: () => void; readonly isSlide: boolean }
  caseSlides: { toggle: () => void; toggleLink: () => void; readonly isShown: boolean }
  /** The other images of the case, or of the list; `step` to the next (1) or previous (-1) of them. */
  strip: { toggle: () => void; step: (direction: 1 | -1) => void; readonly images: readonly ImageView[] }
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
  slide: SlideControls
  chosen: () => RegionView | null
  /** Whether the chosen region was just deleted, and no other is left. */
  hasDeleted: () => boolean
  /** Activates a drawing tool, or deactivates it if it is active. */
  toggleTool: (kind: RegionGeometry['kind']) => void
  choose: (regionId: number | null) => void
  /** To the next (1) or previous (-1) region. */
  step: (direction: 1 | -1) => void
  /** Moves the chosen region along the screen. */
  nudge: (right: number, down: number) => void
  setClass: (className: string | null) => void
  beginComment: () => void
  remove: () => void
}

/** What the map of the slide in the viewer offers to actions. */
export interface SlideMapControls {
  /** Whether a place was stepped to. */
  hasPlace: () => boolean
  /** To the next (1) or previous (-1) place worth a look. */
  step: (direction: 1 | -1) => void
  leave: () => void
  label: (className: string) => void
  export: () => void
  /** Opens the dialog for a threshold for slides. */
  calibrate: () => void
}

export interface PageContext {
  lobule: Lobule
}
export type ListContext = PageContext & { list: ListControls }
export type ViewerContext = PageContext & { viewer: ViewerControls }
export type SlideMapContext = PageContext & { slideMap: SlideMapControls }
export type RegionContext = PageContext & { regions: RegionControls }
