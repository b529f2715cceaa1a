import {
  firstLevelOf,
  levelCount,
  tilePath,
  tileSizePx,
  type ImageView,
} from '../../../electron/contract/index.ts'

/** A level is drawn if one of its pixels covers at least this many screen pixels: so no level is enlarged to fit. */
export const minPixelRatio = 0.5

/**
 * Addresses of the tiles that show a whole image, as OpenSeadragon requests them: from the level of one tile to the
 * finest one that is drawn.
 * @param screen size of the viewer, in screen pixels
 */
export function tilesOfFit(
  image: Pick<ImageView, 'id' | 'widthPx' | 'heightPx'>,
  tiles: string,
  screen: { x: number; y: number },
  pathOf = tilePath,
): string[] {
  const { id, widthPx, heightPx } = image
  const fit = Math.min(screen.x / widthPx, screen.y / heightPx)
  const first = firstLevelOf(image)
  const last = levelCount(widthPx, heightPx) - 1
  const addresses: string[] = []
  for (let level = first; level <= last; level++) {
    const shrink = 2 ** (last - level)
    if (level > first && fit * shrink < minPixelRatio) break
    const columns = Math.ceil(widthPx / shrink / tileSizePx)
    const rows = Math.ceil(heightPx / shrink / tileSizePx)
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) addresses.push(tiles + pathOf(id, level, column, row))
    }
  }
  return addresses
}
