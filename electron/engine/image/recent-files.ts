import { fileState } from './file-state.ts'

/**
 * What was made of the files that were used last: a viewer opens the same file for each tile. A file that has changed is another one, and
 * a failure is not kept.
 */
export class RecentFiles<T> {
  readonly #most: number
  /** Least recently used first. */
  readonly #kept = new Map<string, Promise<T>>()

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * @param part what else the result depends on
   * @throws AppError `path.not-found`, `path.unreadable`, and as `make`
   */
  async get(path: string, part: string, make: () => Promise<T>): Promise<T> {
    const key = `${part} ${await fileState(path)}`
    const made = this.#kept.get(key) ?? make()
    this.#kept.delete(key)
    this.#kept.set(key, made)
    made.catch(() => this.#kept.delete(key))
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break
      this.#kept.delete(oldest)
    }
    return made
  }
}
