/** Edge length of a viewer tile, px. */
export const tileSizePx = 256

/** Longest edge of a worklist thumbnail, px. */
export const thumbnailEdgePx = 160

/** The path of a picture below `app.info`'s `tiles`, the same for `slide://` and HTTP. */
export const tilePath = (imageId: number, level: number, column: number, row: number): string =>
  `/${imageId}/${level}/${column}_${row}.jpg`

export const thumbnailPath = (imageId: number): string => `/${imageId}/thumbnail.jpg`

export type TileRequest =
  | { kind: 'tile'; imageId: number; level: number; column: number; row: number }
  | { kind: 'thumbnail'; imageId: number }

/** What a picture path asks for, or null if it is none; nothing else is ever served. */
export function parseTilePath(path: string): TileRequest | null {
  const thumbnail = /^\/([1-9]\d{0,14})\/thumbnail\.jpg$/.exec(path)
  if (thumbnail?.[1] !== undefined) return { kind: 'thumbnail', imageId: Number(thumbnail[1]) }
  const tile = /^\/([1-9]\d{0,14})\/(\d{1,2})\/(\d{1,6})_(\d{1,6})\.jpg$/.exec(path)
  if (tile === null) return null
  const [imageId, level, column, row] = tile.slice(1).map(Number) as [number, number, number, number]
  return { kind: 'tile', imageId, level, column, row }
}

/** Deep-zoom levels of an image: 0 is one pixel, the last is full size. */
export const levelCount = (widthPx: number, heightPx: number): number =>
  Math.ceil(Math.log2(Math.max(widthPx, heightPx))) + 1
