import type OpenSeadragon from 'openseadragon'
import type { ImageBox } from './region-shapes.ts'

/** A view that stays for this long was looked at. */
const restMs = 500

/**
 * Reports the part of the image that is on the screen whenever the view was at rest for a while with all its tiles.
 * @param isReady whether every tile of the view is drawn
 * @returns to be called when `isReady` changes
 */
export function watchRest(
  viewer: OpenSeadragon.Viewer,
  isReady: () => boolean,
  onRest: (box: ImageBox) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const report = (): void => {
    const image = viewer.world.getItemAt(0) as OpenSeadragon.TiledImage | undefined
    if (image === undefined || !isReady()) return
    const size = viewer.viewport.getContainerSize()
    const corners = [viewer.viewport.getCenter(true).times(0), size].map((corner) =>
      image.viewerElementToImageCoordinates(corner),
    )
    // In a turned view, the corner that was at the upper left is another one.
    const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)]
    onRest({ left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) })
  }
  const again = (): void => {
    clearTimeout(timer)
    timer = setTimeout(report, restMs)
  }
  viewer.addHandler('viewport-change', again)
  viewer.addHandler('destroy', () => clearTimeout(timer))
  return again
}
