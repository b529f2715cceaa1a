/** A rectangle of an image, pixels; edges may be between two. */
export interface PixelWindow {
  readonly leftPx: number
  readonly topPx: number
  readonly widthPx: number
  readonly heightPx: number
}
