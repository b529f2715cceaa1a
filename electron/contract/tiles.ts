import { wholeRange, type HeatRange } from './heat-colours.ts'

/**
 * Edge length of a viewer tile, px. Large, because each tile costs a request and a task, and doubling the edge divides
 * the number of tiles by four (docs/performance.md). Small enough that several cores share the work for a field.
 */
export const tileSizePx = 1024

/** Longest edge of a worklist thumbnail, px. */
export const thumbnailEdgePx = 160

/** The path of a tile below `app.info`'s `tiles`, the same for `slide://` and HTTP. */
export const tilePath = (imageId: number, level: number, column: number, row: number): string =>
  `/${imageId}/${level}/${column}_${row}.jpg`

/** The same tile in normalised stain, as the encoders see it (docs/pipeline.md, section 3). */
export const normalizedTilePath = (imageId: number, level: number, column: number, row: number): string =>
  `/${imageId}/normalised/${level}/${column}_${row}.jpg`

export const thumbnailPath = (imageId: number): string => `/${imageId}/thumbnail.jpg`

/**
 * The heat map of one class by a model, to be drawn over the whole image; it must exist (explanation.create). Its colours
 * cover a range of probabilities in whole percents.
 */
export function heatMapPath(
  imageId: number,
  modelId: number,
  classIndex: number,
  { low, high }: HeatRange = wholeRange,
): string {
  const range = low === 0 && high === 1 ? '' : `_${Math.round(100 * low)}-${Math.round(100 * high)}`
  return `/${imageId}/heat/${modelId}_${classIndex}${range}.png`
}

export type TileRequest =
  | { kind: 'tile' | 'normalized-tile'; imageId: number; level: number; column: number; row: number }
  | { kind: 'thumbnail'; imageId: number }
  /** `range` of its colours; absent: from 0 to 1. */
  | { kind: 'heat-map'; imageId: number; modelId: number; classIndex: number; range?: HeatRange }

/** The request of a path, or null for any other path; only these requests are served. */
export function parseTilePath(path: string): TileRequest | null {
  const thumbnail = /^\/([1-9]\d{0,15})\/thumbnail\.jpg$/.exec(path)
  if (thumbnail?.[1] !== undefined) return { kind: 'thumbnail', imageId: Number(thumbnail[1]) }
  const tile = /^\/([1-9]\d{0,15})(\/normalised)?\/(\d{1,2})\/(\d{1,6})_(\d{1,6})\.jpg$/.exec(path)
  if (tile === null) return parseHeatMapPath(path)
  const [imageId, level, column, row] = [1, 3, 4, 5].map((group) => Number(tile[group])) as [
    number,
    number,
    number,
    number,
  ]
  return { kind: tile[2] === undefined ? 'tile' : 'normalized-tile', imageId, level, column, row }
}

function parseHeatMapPath(path: string): TileRequest | null {
  const map = /^\/([1-9]\d{0,15})\/heat\/([1-9]\d{0,14})_(\d{1,2})(?:_(\d{1,3})-(\d{1,3}))?\.png$/.exec(path)
  if (map === null) return null
  const [imageId, modelId, classIndex] = map.slice(1, 4).map(Number) as [number, number, number]
  if (map[4] === undefined) return { kind: 'heat-map', imageId, modelId, classIndex }
  const [low, high] = [Number(map[4]) / 100, Number(map[5]) / 100]
  return low < high && high <= 1
    ? { kind: 'heat-map', imageId, modelId, classIndex, range: { low, high } }
    : null
}

/** Deep-zoom levels of an image: 0 is one pixel, the last is full size. */
export const levelCount = (widthPx: number, heightPx: number): number =>
  Math.ceil(Math.log2(Math.max(widthPx, heightPx))) + 1

interface Size {
  widthPx: number
  heightPx: number
}

/** The finest level that is one tile: it shows the whole image, and the viewer starts with it. */
export const firstLevelOf = ({ widthPx, heightPx }: Size): number =>
  Math.min(Math.log2(tileSizePx), levelCount(widthPx, heightPx) - 1)

/**
 * The path of the smallest picture of a whole image whose longest edge has so many pixels, if there is one: the
 * thumbnail, or a level that is one tile.
 * @param edgePx pixels of the screen
 */
export function wholePicturePath({ id, ...size }: Size & { id: number }, edgePx: number): string {
  if (edgePx <= thumbnailEdgePx) return thumbnailPath(id)
  const last = levelCount(size.widthPx, size.heightPx) - 1
  const shrink = Math.max(size.widthPx, size.heightPx) / edgePx
  // Rounded to the finer level; the coarser one would have too few pixels.
  const level = last - Math.max(0, Math.floor(Math.log2(shrink)))
  return tilePath(id, Math.min(level, firstLevelOf(size)), 0, 0)
}
