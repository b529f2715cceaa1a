import { SvelteMap } from 'svelte/reactivity'
import type { ImageView } from '../../electron/contract/index.ts'

/** Steps of the magnification: a cell has the highest one that it was seen at. */
export const viewedMagnifications = [2.5, 5, 10, 20] as const

/** Cells along the longer side of an image. */
const longest = 120
/** A view at 4.99x by rounding is one at 5x. */
const nearness = 1.01

/** What of an image was looked at, as a grid over it. */
export interface ViewedGrid {
  readonly columns: number
  readonly rows: number
  /** Row by row: 0 not seen, otherwise 1 + the index into `viewedMagnifications`. */
  readonly cells: Uint8Array
}

/** A part of an image, in its pixels. */
interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/**
 * Which parts of slides each reader looked at, and at which magnification. It is kept in the page alone, while the workspace is
 * open: it is never stored, and no other reader sees it.
 */
export class ViewedAreas {
  /** By reader and image. */
  readonly #grids = new SvelteMap<string, ViewedGrid>()

  /** null: nothing was looked at. */
  gridOf(reader: string, imageId: number): ViewedGrid | null {
    return this.#grids.get(keyOf(reader, imageId)) ?? null
  }

  /**
   * Records that a part of an image was on the screen. A cell was seen if its middle was.
   * @param magnification of an objective; below the first of `viewedMagnifications` nothing is recorded
   */
  look(
    reader: string,
    { id, widthPx, heightPx }: Pick<ImageView, 'id' | 'widthPx' | 'heightPx'>,
    box: Box,
    magnification: number,
  ): void {
    const level = viewedMagnifications.filter((one) => one <= magnification * nearness).length
    if (level === 0) return
    const edge = Math.max(widthPx, heightPx) / longest
    const columns = Math.max(1, Math.round(widthPx / edge))
    const rows = Math.max(1, Math.round(heightPx / edge))
    const cells = this.gridOf(reader, id)?.cells.slice() ?? new Uint8Array(columns * rows)
    const [width, height] = [widthPx / columns, heightPx / rows]
    for (let row = 0; row < rows; row++) {
      const y = (row + 0.5) * height
      if (y < box.top || y > box.bottom) continue
      for (let column = 0; column < columns; column++) {
        const x = (column + 0.5) * width
        if (x < box.left || x > box.right) continue
        const cell = row * columns + column
        cells[cell] = Math.max(cells[cell] ?? 0, level)
      }
    }
    this.#grids.set(keyOf(reader, id), { columns, rows, cells })
  }

  clear(): void {
    this.#grids.clear()
  }
}

const keyOf = (reader: string, imageId: number): string => `${imageId} ${reader}`
