/** What a cell of a tissue mask shows. Only `tissue` is analysed. */
export const maskClasses = ['background', 'tissue', 'pen', 'border', 'blur'] as const
export type MaskClass = (typeof maskClasses)[number]

/** Edge of a cell, um, at any magnification. */
export const maskCellUm = 8

/** Where a slide has tissue: cells of `maskCellUm`, from the upper left corner of the image. */
export interface TissueMask {
  readonly rows: number
  readonly columns: number
  /** One index into `maskClasses` for each cell, row by row. */
  readonly cells: Uint8Array
}
