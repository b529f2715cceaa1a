import { AppError } from '../../contract/index.ts'

/**
 * Runs only the newest piece of work of each key: an older one that is still under way is aborted and fails with
 * `call.superseded`, as nothing needs its result any more.
 */
export class NewestOnly {
  readonly #current = new Map<string, AbortController>()

  /** @throws AppError `call.superseded`; what `work` throws */
  async run<T>(key: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#current.get(key)?.abort()
    const controller = new AbortController()
    const { signal } = controller
    this.#current.set(key, controller)
    try {
      const result = await work(signal)
      if (!signal.aborted) return result
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      if (this.#current.get(key) === controller) this.#current.delete(key)
    }
    throw new AppError('call.superseded', {})
  }
}
