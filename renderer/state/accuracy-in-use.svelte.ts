import type { AccuracyInUse } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** How often the suggestions of each model agreed with the labels given after them. Never loaded for a blind reader. */
export class AccuracyInUseList {
  readonly #client: Client
  #all = $state.raw<readonly AccuracyInUse[]>([])
  #loads = 0

  constructor(client: Client) {
    this.#client = client
  }

  /** undefined: not loaded. */
  of(model: string | undefined): AccuracyInUse | undefined {
    return this.#all.find((one) => one.model === model)
  }

  /** An outdated answer changes nothing. */
  async load(): Promise<void> {
    const load = ++this.#loads
    const all = await this.#client['model.accuracyInUse']({ model: null })
    if (load === this.#loads) this.#all = all
  }

  clear(): void {
    this.#loads++
    this.#all = []
  }
}
