import {
  recipes,
  type CallOutput,
  type DoctorReport,
  type EncoderName,
  type EncoderView,
  type ModelView,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** Models, the recipes that make them and the encoders they need. */
export class Models {
  readonly #client: Client
  /** Newest first. */
  #all = $state.raw<readonly ModelView[]>([])
  #encoders = $state.raw<readonly EncoderView[]>([])
  #recipes = $state.raw<CallOutput<'recipe.list'>>([])

  constructor(client: Client) {
    this.#client = client
  }

  get all(): readonly ModelView[] {
    return this.#all
  }

  get newest(): ModelView | undefined {
    return this.#all[0]
  }

  get encoders(): readonly EncoderView[] {
    return this.#encoders
  }

  get recipes(): CallOutput<'recipe.list'> {
    return this.#recipes
  }

  /** Encoders that a recipe needs and this machine lacks. */
  missingFor(recipe: string): readonly EncoderName[] {
    const needed = recipes[recipe]?.encoders ?? []
    return needed.filter((name) => this.#sourceOf(name) === 'missing')
  }

  titleOf(name: EncoderName): string {
    return this.#encoders.find((encoder) => encoder.name === name)?.title ?? name
  }

  /** Whether a recipe would train on untrained encoders here. */
  isDemo(recipe: string): boolean {
    return (recipes[recipe]?.encoders ?? []).some((name) => this.#sourceOf(name) === 'demo')
  }

  clear(): void {
    this.#all = []
  }

  async loadModels(): Promise<void> {
    const all = await this.#client['model.list']({})
    this.#all = all.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id - a.id)
  }

  async loadEncoders(): Promise<void> {
    this.#encoders = await this.#client['encoder.list']({})
  }

  async loadRecipes(): Promise<void> {
    this.#recipes = await this.#client['recipe.list']({})
  }

  async train(name: string, recipe: string): Promise<number> {
    return (await this.#client['model.train']({ name, recipe })).jobId
  }

  /** Classifies images (null: all) with a model (null: the newest). */
  async classify(imageIds: readonly number[] | null, model: string | null): Promise<number> {
    const input = { imageIds: imageIds === null ? null : [...imageIds], model }
    return (await this.#client['model.classify'](input)).jobId
  }

  async installDemo(names: readonly EncoderName[]): Promise<number> {
    return (await this.#client['encoder.demo']({ names: [...names] })).jobId
  }

  async importWeights(paths: readonly string[]): Promise<number> {
    return (await this.#client['encoder.import']({ paths: [...paths] })).jobId
  }

  examine(): Promise<DoctorReport> {
    return this.#client['app.doctor']({})
  }

  #sourceOf(name: EncoderName): EncoderView['source'] {
    return this.#encoders.find((encoder) => encoder.name === name)?.source ?? 'missing'
  }
}
