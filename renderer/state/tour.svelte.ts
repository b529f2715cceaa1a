const key = 'lobule tour'

/** The subjects of the steps; the texts are in words/tour.ts, the element is marked with `data-tour`. */
export const tourSteps = ['worklist', 'label', 'train', 'classify', 'help'] as const
export type TourStep = (typeof tourSteps)[number]

/** A tour of the window in five steps, offered once on this machine. */
export class Tour {
  #index = $state<number | null>(null)
  #isOffered = $state(localStorage.getItem(key) === null)

  /** Whether the tour has been neither taken nor declined. */
  get isOffered(): boolean {
    return this.#isOffered
  }

  /** null: not running. */
  get step(): TourStep | null {
    return this.#index === null ? null : (tourSteps[this.#index] ?? null)
  }

  /** From 1. */
  get place(): number {
    return (this.#index ?? 0) + 1
  }

  get isFirst(): boolean {
    return this.#index === 0
  }

  get isLast(): boolean {
    return this.#index === tourSteps.length - 1
  }

  start(): void {
    this.dismiss()
    this.#index = 0
  }

  /** To the previous (-1) or next (1) step; after the last the tour ends. */
  go(steps: number): void {
    if (this.#index === null) return
    const next = Math.max(0, this.#index + steps)
    this.#index = next < tourSteps.length ? next : null
  }

  end(): void {
    this.#index = null
  }

  /** Stops offering the tour. */
  dismiss(): void {
    this.#isOffered = false
    localStorage.setItem(key, 'seen')
  }
}
