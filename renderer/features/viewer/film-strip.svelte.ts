import type { ImageView } from '../../../electron/contract/index.ts'
import type { Lobule } from '../../state/lobule.svelte.ts'

/** The images beside the one in the viewer: those of its case, or without a case those of the list. */
export class FilmStrip {
  readonly #lobule: Lobule
  readonly #shown: () => ImageView | undefined
  /** In the order of the worklist; those of a case also if the filters hide them. */
  readonly images = $derived.by((): readonly ImageView[] => {
    const { worklist, images } = this.#lobule
    const shown = this.#shown()
    if (shown === undefined) return []
    if (shown.caseName !== null) return worklist.ofCase(shown.caseName)
    return worklist.round.flatMap((imageId) => images.find(imageId) ?? [])
  })
  /** Whether it is shown: a single image needs none. */
  readonly isShown = $derived.by(() => this.#lobule.view.hasFilmStrip && this.images.length > 1)

  /** @param shown the image in the viewer */
  constructor(lobule: Lobule, shown: () => ImageView | undefined) {
    this.#lobule = lobule
    this.#shown = shown
  }

  toggle(): void {
    this.#lobule.view.toggleFilmStrip()
  }

  /** Shows the next (1) or previous (-1) image of the strip, if there is one. */
  step(direction: 1 | -1): void {
    const shownId = this.#shown()?.id
    const next = this.images[this.images.findIndex(({ id }) => id === shownId) + direction]
    if (next !== undefined) this.open(next.id)
  }

  open(imageId: number): void {
    this.#lobule.review.show(imageId)
  }
}
