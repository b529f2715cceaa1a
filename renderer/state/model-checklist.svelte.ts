import type { CallOutput, Checklist, ChecklistChanges, ChecklistName } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** The reporting checklist of the model that is reviewed, with the answers that the workspace has. */
export class ModelChecklist {
  readonly #client: Client
  readonly #modelOf: () => string | undefined
  #name = $state<ChecklistName | null>(null)
  #filled = $state.raw<Checklist | null>(null)
  #answered = $state.raw<CallOutput<'checklist.answered'>>([])

  /** @param modelOf name of the model that is reviewed */
  constructor(client: Client, modelOf: () => string | undefined) {
    this.#client = client
    this.#modelOf = modelOf
  }

  /** The chosen checklist; null: none. */
  get name(): ChecklistName | null {
    return this.#name
  }

  /** The chosen checklist, filled for the model; null: it is loading, or none is chosen. */
  get filled(): Checklist | null {
    const found = this.#filled
    return found?.model === this.#modelOf() && found?.checklist === this.#name ? found : null
  }

  /** Other models with answers to this checklist, the newest last. */
  get others(): readonly string[] {
    return this.#answered.map(({ model }) => model).filter((name) => name !== this.#modelOf())
  }

  clear(): void {
    this.#name = null
    this.#filled = null
    this.#answered = []
  }

  /** Fills a checklist. An outdated answer is not shown. */
  async choose(checklist: ChecklistName): Promise<void> {
    this.#name = checklist
    const model = this.#modelOf()
    if (model === undefined) return
    const [filled, answered] = await Promise.all([
      this.#client['checklist.fill']({ checklist, model }),
      this.#client['checklist.answered']({ checklist }),
    ])
    if (this.#name !== checklist) return
    this.#filled = filled
    this.#answered = answered
  }

  /** Saves answers to items of the checklist that is shown. */
  async save(answers: ChecklistChanges): Promise<void> {
    const shown = this.filled
    if (shown === null || answers.length === 0) return
    const { checklist, model } = shown
    const filled = await this.#client['checklist.answer']({ checklist, model, answers })
    if (this.#name === checklist) this.#filled = filled
  }

  /** Takes over the answers of another model to items that have none here. Returns how many. */
  async takeFrom(model: string): Promise<number> {
    const shown = this.filled
    if (shown === null) return 0
    const { items } = await this.#client['checklist.fill']({ checklist: shown.checklist, model })
    const open = shown.items.filter(({ answer }) => answer === null).map(({ number }) => number)
    const answers = items.flatMap(({ number, answer }) =>
      answer !== null && open.includes(number) ? { item: number, ...answer } : [],
    )
    await this.save(answers)
    return answers.length
  }

  /** Writes the checklist to a file, in the format of its extension. */
  async write(path: string, replace: boolean): Promise<string> {
    const shown = this.filled
    if (shown === null) return path
    const { checklist, model } = shown
    return (await this.#client['checklist.write']({ form: checklist, model, path, replace })).path
  }
}
