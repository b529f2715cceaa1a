/** Collects ids that come close together and passes them on in one batch. null means all images. */
export class IdBatcher {
  readonly #pauseMs: number
  readonly #handOver: (ids: readonly number[] | null) => void
  #ids: Set<number> | null = new Set()
  #isWaiting = false

  constructor(pauseMs: number, handOver: (ids: readonly number[] | null) => void) {
    this.#pauseMs = pauseMs
    this.#handOver = handOver
  }

  add(ids: readonly number[] | null): void {
    if (ids === null) this.#ids = null
    else for (const id of ids) this.#ids?.add(id)
    if (this.#isWaiting) return
    this.#isWaiting = true
    setTimeout(() => this.#flush(), this.#pauseMs)
  }

  #flush(): void {
    const ids = this.#ids
    this.#ids = new Set()
    this.#isWaiting = false
    this.#handOver(ids === null ? null : [...ids])
  }
}
