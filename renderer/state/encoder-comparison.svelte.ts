import {
  trainingOfPair,
  type CallInput,
  type CallOutput,
  type EncoderComparison,
  type EncoderPair,
  type RecipeChanges,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import type { Models } from './models.svelte.ts'

/** Which encoder and classifier does best on the labelled cases of the workspace. */
export class EncoderChoice {
  readonly #client: Client
  readonly #models: Models
  #found = $state.raw<CallOutput<'model.encoderComparison'>>(null)
  #isLoaded = $state(false)
  #loads = 0

  constructor(client: Client, models: Models) {
    this.#client = client
    this.#models = models
  }

  /** The newest comparison; null: none was made, or none is loaded yet. */
  get found(): CallOutput<'model.encoderComparison'> {
    return this.#found
  }

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  async load(): Promise<void> {
    const load = ++this.#loads
    const found = await this.#client['model.encoderComparison']({})
    if (load !== this.#loads) return
    this.#found = found
    this.#isLoaded = true
  }

  /** Starts a comparison; returns the job's id. What an earlier one has finished is used again. */
  async compare(input: CallInput<'model.compareEncoders'>): Promise<number> {
    return (await this.#client['model.compareEncoders'](input)).jobId
  }

  /** Gives the training dialog the settings of a pair. */
  prepareTraining(comparison: EncoderComparison, pair: EncoderPair): void {
    const { recipe, changes, groupBy } = trainingOfPair(comparison, pair)
    const edited = Object.fromEntries(
      Object.entries(changes).flatMap(([setting, value]) =>
        value === undefined ? [] : [[setting, settingText(value)]],
      ),
    )
    // Pairs are compared on whole images.
    this.#models.trainingDraft = { name: undefined, recipe, edited, groupBy, regions: false }
  }

  async write(path: string, replace: boolean): Promise<string> {
    return (await this.#client['model.writeEncoderComparison']({ path, replace })).path
  }

  clear(): void {
    this.#loads++
    this.#found = null
    this.#isLoaded = false
  }
}

type Setting = NonNullable<RecipeChanges[keyof RecipeChanges]>

/** A setting in the notation of `lobule train --set`. */
const settingText = (value: Setting): string =>
  Array.isArray(value)
    ? value.map((part) => (typeof part === 'string' ? part : cropText(part))).join(',')
    : String(value)

const cropText = ({ sizePx, scale }: NonNullable<RecipeChanges['crops']>[number]): string =>
  scale === 0.5 ? String(sizePx) : `${sizePx}@${scale}`
