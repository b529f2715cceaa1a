const key = 'lobule tour'

/** What each step is about; the words are in the catalogue, the element is marked with `data-tour`. */
export const tourSteps = ['worklist', 'label', 'train', 'classify', 'help'] as const
export type TourStep = (typeof tourSteps)[number]

/** A walk through the window in five steps, offered once on this machine. */
export class Tour {
  #index = $state<number | null>(null)
  #isOffered = $state(localStorage.getItem(key) === null)

  /** Whether nobody took it or said no yet. */
  get isOffered(): boolean {
    return this.#isOffered
  }

  /** null: not under way. */
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
    this.putAway()
    this.#index = 0
  }

  /** To the step before (-1) or after (1); after the last the tour is over. */
  go(steps: number): void {
    if (this.#index === null) return
    const next = Math.max(0, this.#index + steps)
    this.#index = next < tourSteps.length ? next : null
  }

  end(): void {
    this.#index = null
  }

  /** Is not offered any more. */
  putAway(): void {
    this.#isOffered = false
    localStorage.setItem(key, 'seen')
  }
}
