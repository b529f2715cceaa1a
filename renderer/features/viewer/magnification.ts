/** A named zoom step. */
export interface ZoomStep {
  /** Magnification of an objective, e.g. 10; null: the pixel size is unknown and only the zoom can be given. */
  magnification: number | null
  /** Screen pixels for each image pixel. */
  imageZoom: number
}

const magnifications = [1, 2.5, 5, 10, 20, 40] as const
const zooms = [0.25, 0.5, 1, 2, 4] as const
/** The convention of slide scanners: at 10x a pixel shows 1 um. */
const umPerPixelAtOne = 10
/** Two zooms nearer than this are the same step. */
const nearness = 1.01

/** Steps of the zoom, smallest first. @param pixelSizeUm edge length of an image pixel, um; null: unknown */
export function zoomSteps(pixelSizeUm: number | null): ZoomStep[] {
  if (pixelSizeUm === null) return zooms.map((imageZoom) => ({ magnification: null, imageZoom }))
  return magnifications.map((magnification) => ({
    magnification,
    imageZoom: (magnification * pixelSizeUm) / umPerPixelAtOne,
  }))
}

/** The magnification of an objective that shows the same: 10 if a screen pixel shows 1 um. */
export const magnificationOf = (imageZoom: number, pixelSizeUm: number): number =>
  (imageZoom * umPerPixelAtOne) / pixelSizeUm

/** The next larger (1) or smaller (-1) step than a zoom; null beyond the last. */
export function nextStep(steps: readonly ZoomStep[], imageZoom: number, direction: 1 | -1): ZoomStep | null {
  const isBeyond = (step: ZoomStep): boolean =>
    direction === 1 ? step.imageZoom > imageZoom * nearness : step.imageZoom < imageZoom / nearness
  return (direction === 1 ? steps.find(isBeyond) : steps.findLast(isBeyond)) ?? null
}
