import { z } from 'zod'

const key = 'lobule view'

/** Widths of a tile in the grid, in rem. */
export const tileWidths = { least: 7, most: 22, usual: 11 } as const

const keptSchema = z.object({
  isGrid: z.boolean(),
  tileRem: z.number().min(tileWidths.least).max(tileWidths.most),
  hasFilmStrip: z.boolean(),
})
type Kept = z.infer<typeof keptSchema>

/** How the page shows many images; all but the larger picture is stored by the page on this machine. */
export class ViewChoice {
  #kept = $state.raw<Kept>(stored())
  /** Whether a larger picture of the image under the cursor is shown over the worklist. */
  isPeeking = $state(false)

  /** Whether the worklist is a grid of pictures, not a table. */
  get isGrid(): boolean {
    return this.#kept.isGrid
  }

  get tileRem(): number {
    return this.#kept.tileRem
  }

  /** Whether the viewer shows the other images of the case below the image. */
  get hasFilmStrip(): boolean {
    return this.#kept.hasFilmStrip
  }

  toggleGrid(): void {
    this.#keep({ isGrid: !this.isGrid })
  }

  resizeTiles(tileRem: number): void {
    this.#keep({ tileRem: Math.min(tileWidths.most, Math.max(tileWidths.least, tileRem)) })
  }

  toggleFilmStrip(): void {
    this.#keep({ hasFilmStrip: !this.hasFilmStrip })
  }

  #keep(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change }
    try {
      localStorage.setItem(key, JSON.stringify(this.#kept))
    } catch {
      // Without storage the choice lasts until the page is closed.
    }
  }
}

function stored(): Kept {
  const usual: Kept = { isGrid: false, tileRem: tileWidths.usual, hasFilmStrip: true }
  try {
    return keptSchema.parse({ ...usual, ...JSON.parse(localStorage.getItem(key) ?? '{}') })
  } catch {
    return usual
  }
}
