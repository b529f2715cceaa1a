import type { LeakReport } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** What may let a model see its test images, as far as it is known. */
export class Leaks {
  readonly #client: Client
  #report = $state.raw<LeakReport | null>(null)
  #loads = 0

  constructor(client: Client) {
    this.#client = client
  }

  /** null until the first answer. */
  get report(): LeakReport | null {
    return this.#report
  }

  async load(): Promise<void> {
    const load = ++this.#loads
    const report = await this.#client['leak.report']({})
    if (load === this.#loads) this.#report = report
  }

  /** Starts to compare all images; returns the job's id. */
  async compare(): Promise<number> {
    return (await this.#client['leak.compare']({})).jobId
  }

  clear(): void {
    this.#loads++
    this.#report = null
  }
}
