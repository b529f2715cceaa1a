/** The gap between two tiles, and the margin of a line on both sides together; as in WorklistGrid.svelte. */
const gapRem = 0.5
const marginRem = 1.5
/** Height of a picture as a share of its width: most fields of a microscope are wider than high. */
const pictureShare = 0.75
/** The frame of a tile, and a line of its caption. */
const frameRem = 0.375
const captionLineRem = 1.25
const captionPaddingRem = 0.375
/** Narrower tiles have no room for enough of a file name. */
const nameFromRem = 10

export interface GridLayout {
  columns: number
  /** Of the picture in a tile. */
  pictureRem: number
  /** Of a line, with the gap to the next one. */
  heightRem: number
  hasName: boolean
}

/** The grid of tiles of this width in a list of this width. */
export function gridLayoutOf(tileRem: number, widthRem: number): GridLayout {
  const columns = Math.max(1, Math.floor((widthRem - marginRem + gapRem) / (tileRem + gapRem)))
  const pictureRem = tileRem * pictureShare
  const hasName = tileRem >= nameFromRem
  const captionRem = captionLineRem * (hasName ? 3 : 2) + captionPaddingRem
  return { columns, pictureRem, hasName, heightRem: pictureRem + frameRem + captionRem + gapRem }
}
