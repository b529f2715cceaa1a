/** Whether the colours of a kind of map cover what the shown maps contain, not 0 to 1; stored on this machine. */
export class StretchChoice {
  readonly #key: string
  #isStretched: boolean

  /** @param key of the local storage */
  constructor(key: string) {
    this.#key = key
    this.#isStretched = $state(stored(key))
  }

  get isStretched(): boolean {
    return this.#isStretched
  }

  stretch(isStretched: boolean): void {
    this.#isStretched = isStretched
    try {
      localStorage.setItem(this.#key, isStretched ? 'stretched' : 'fixed')
    } catch {
      // Without storage the choice lasts until the page is closed.
    }
  }
}

function stored(key: string): boolean {
  try {
    return localStorage.getItem(key) === 'stretched'
  } catch {
    return false
  }
}
