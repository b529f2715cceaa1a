/** The calls that a user waits for. Work in the background waits between its steps until they are answered. */
export class Foreground {
  #calls = 0
  #waiting: (() => void)[] = []

  /** Does the work of a call, to the end of its answer. */
  async during<R>(work: () => R | Promise<R>): Promise<R> {
    this.#calls++
    try {
      return await work()
    } finally {
      this.#calls--
      if (this.#calls === 0) for (const resolve of this.#waiting.splice(0)) resolve()
    }
  }

  /** Resolves at once, or when no call is being answered any more. */
  idle(): Promise<void> {
    if (this.#calls === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
