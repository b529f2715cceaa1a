import type { AnyEvent } from '../../contract/index.ts'

/** Changes within this time are sent together. */
const throttleMs = 200

/** Throttles `images.changed`: a batch sends one event for many images. */
export class ImageChanges {
  readonly #emit: (event: AnyEvent) => void
  readonly #imageIds = new Set<number>()
  #timer: NodeJS.Timeout | null = null

  constructor(emit: (event: AnyEvent) => void) {
    this.#emit = emit
  }

  add(imageId: number): void {
    this.#imageIds.add(imageId)
    this.#timer ??= setTimeout(() => this.flush(), throttleMs)
  }

  /** Sends the changes collected so far. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#imageIds.size === 0) return
    this.#emit({ name: 'images.changed', payload: { imageIds: [...this.#imageIds] } })
    this.#imageIds.clear()
  }
}
