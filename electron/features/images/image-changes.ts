import type { AnyEvent } from '../../contract/index.ts'

/** Verdicts that come within this time are told together. */
const pauseMs = 200

/** Tells the page which images changed, not for each by itself where many come in a row. */
export class ImageChanges {
  readonly #emit: (event: AnyEvent) => void
  readonly #imageIds = new Set<number>()
  #timer: NodeJS.Timeout | null = null

  constructor(emit: (event: AnyEvent) => void) {
    this.#emit = emit
  }

  add(imageId: number): void {
    this.#imageIds.add(imageId)
    this.#timer ??= setTimeout(() => this.tell(), pauseMs)
  }

  /** Tells at once what has come together. */
  tell(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#imageIds.size === 0) return
    this.#emit({ name: 'images.changed', payload: { imageIds: [...this.#imageIds] } })
    this.#imageIds.clear()
  }
}
