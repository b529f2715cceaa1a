/** What became of a file: it was written, there is one already that was not to be replaced, or it failed. */
export type Saved = 'saved' | 'exists' | 'failed'

/** Writes a file from a dialog, which asks before an existing one is replaced. */
export class Saving {
  /** The path at which there was a file already. */
  #existing = $state<string | null>(null)
  #isBusy = $state(false)

  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Whether the next `save` to this path replaces a file; the dialog must say so. */
  replaces(path: string): boolean {
    return this.#existing === path
  }

  /** Returns whether the file was written. */
  async save(path: string, write: (path: string, replace: boolean) => Promise<Saved>): Promise<boolean> {
    this.#isBusy = true
    try {
      const saved = await write(path, this.replaces(path))
      this.#existing = saved === 'exists' ? path : null
      return saved === 'saved'
    } finally {
      this.#isBusy = false
    }
  }
}
