import type { CallInput, TestSetView } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** The locked test sets of the workspace. */
export class TestSets {
  readonly #client: Client
  /** Newest first. */
  #all = $state.raw<readonly TestSetView[]>([])

  constructor(client: Client) {
    this.#client = client
  }

  get all(): readonly TestSetView[] {
    return this.#all
  }

  find(id: number | null): TestSetView | undefined {
    return this.#all.find((set) => set.id === id)
  }

  clear(): void {
    this.#all = []
  }

  async load(): Promise<void> {
    this.#all = await this.#client['testSet.list']({})
  }

  lock(input: CallInput<'testSet.lock'>): Promise<TestSetView> {
    return this.#change(this.#client['testSet.lock'](input))
  }

  /** Ends the collecting of later images. */
  close(testSet: string): Promise<TestSetView> {
    return this.#change(this.#client['testSet.close']({ testSet }))
  }

  release(testSet: string, reason: string): Promise<TestSetView> {
    return this.#change(this.#client['testSet.release']({ testSet, reason }))
  }

  /** Starts the test of a model. @returns the job's id */
  async open(input: CallInput<'testSet.open'>): Promise<number> {
    return (await this.#client['testSet.open'](input)).jobId
  }

  async #change(call: Promise<TestSetView>): Promise<TestSetView> {
    const changed = await call
    await this.load()
    return changed
  }
}
