import {
  cropsPerSecondOf,
  type CallInput,
  type CallOutput,
  type DoctorReport,
  type BuiltInEncoder,
  type EncoderName,
  type EncoderOffer,
  type EncoderView,
  type ModelView,
  type RecipeChanges,
  type TrainingEstimate,
  type TrainingFields,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { EffortChoice } from './effort-choice.svelte.ts'

/** Settings of a training that is not started yet. */
interface TrainingDraft {
  /** undefined: a free one. */
  name: string | undefined
  recipe: string | undefined
  /** Texts of the changed fields. */
  edited: Readonly<Partial<Record<keyof RecipeChanges, string>>>
  groupBy: 'case' | 'image' | undefined
  /** undefined: as in the last training. */
  regions: boolean | undefined
}

/** Models, their recipes and the encoders they need. */
export class Models {
  /** Used for every classification that this page starts. */
  readonly effort = new EffortChoice()
  readonly #client: Client
  /** Newest first. */
  #all = $state.raw<readonly ModelView[]>([])
  /** What the training dialog has, or had when it was left without an end; null: nothing. */
  trainingDraft: TrainingDraft | null = null
  #encoders = $state.raw<readonly EncoderView[]>([])
  #recipes = $state.raw<CallOutput<'recipe.list'>>([])
  /** The last measurement; null: not measured while this page was open. */
  #measured = $state.raw<DoctorReport | null>(null)

  constructor(client: Client) {
    this.#client = client
  }

  get all(): readonly ModelView[] {
    return this.#all
  }

  get newest(): ModelView | undefined {
    return this.#all[0]
  }

  /** The model that is used if none is named; undefined: none is in use. */
  get inUse(): ModelView | undefined {
    return this.#all.find((model) => model.inUse === true)
  }

  /** The newest model that no one has decided on. */
  get candidate(): ModelView | undefined {
    return this.#all.find((model) => model.isCandidate === true)
  }

  /** The newest model that was trained in this workspace; its settings are those of the next training. */
  get lastTrained(): ModelView | undefined {
    return this.#all.find((model) => model.isImported !== true)
  }

  find(name: string | null): ModelView | undefined {
    return this.#all.find((model) => model.name === name)
  }

  get encoders(): readonly EncoderView[] {
    return this.#encoders
  }

  get recipes(): CallOutput<'recipe.list'> {
    return this.#recipes
  }

  /** Those of the named encoders that this machine lacks. */
  missingOf<Name extends EncoderName>(encoders: readonly Name[]): readonly Name[] {
    return encoders.filter((name) => this.#sourceOf(name) === 'missing')
  }

  titleOf(name: EncoderName): string {
    return this.#encoders.find((encoder) => encoder.name === name)?.title ?? name
  }

  /** Whether any of them is untrained here. */
  areUntrained(encoders: readonly EncoderName[]): boolean {
    return encoders.some((name) => this.#sourceOf(name) === 'untrained')
  }

  /** The source of their weights that a result must not be trusted for; undefined: there is none. */
  dangerOf(encoders: readonly EncoderName[]): 'untrained' | 'unverified' | undefined {
    return (['untrained', 'unverified'] as const).find((source) =>
      encoders.some((name) => this.#sourceOf(name) === source),
    )
  }

  /** Crops of 400 px per second for an encoder, on the back-end that it would start with; null: not measured. */
  cropsPerSecond(encoder: EncoderName): number | null {
    return this.#measured === null ? null : cropsPerSecondOf(this.#measured, encoder)
  }

  clear(): void {
    this.#all = []
    this.forgetTraining()
  }

  forgetTraining(): void {
    this.trainingDraft = null
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

  async train(input: CallInput<'model.train'>): Promise<number> {
    return (await this.#client['model.train'](input)).jobId
  }

  /** Estimate of a training on the present labels. */
  estimate(recipe: string, changes: RecipeChanges, regions: boolean): Promise<TrainingEstimate> {
    return this.#client['model.estimate']({ recipe, changes, regions })
  }

  /** Starts to write a plan to encode the images on several computers, each with its best back-end; returns the job. */
  async plan(
    wanted: Required<Pick<CallInput<'shard.plan'>, 'recipe' | 'changes' | 'directory' | 'images'>>,
  ): Promise<number> {
    return (await this.#client['shard.plan']({ ...wanted, backend: 'auto', allowsHalf: false })).jobId
  }

  /** Starts to write a plan to train the classifiers of the present labels on several computers; returns the job. */
  async planTraining(wanted: CallInput<'shard.planTraining'>): Promise<number> {
    return (await this.#client['shard.planTraining'](wanted)).jobId
  }

  /** The training fields that labelled regions give with these crops. */
  trainingFields(recipe: string, changes: Pick<RecipeChanges, 'crops'>): Promise<TrainingFields> {
    return this.#client['model.trainingFields']({ recipe, changes })
  }

  /** Tests and times every back-end; takes seconds for each. */
  async measure(): Promise<void> {
    this.#measured = await this.#client['app.doctor']({ measure: true })
  }

  /** Classifies images (null: all) with a model (null: the one in use). */
  async classify(imageIds: readonly number[] | null, model: string | null): Promise<number> {
    const input = { imageIds: imageIds === null ? null : [...imageIds], model, effort: this.effort.value }
    return (await this.#client['model.classify'](input)).jobId
  }

  async installUntrained(names: readonly BuiltInEncoder[]): Promise<number> {
    return (await this.#client['encoder.demo']({ names: [...names] })).jobId
  }

  /** Downloads official weights. */
  async fetchEncoders(names: readonly BuiltInEncoder[]): Promise<number> {
    return (await this.#client['encoder.fetch']({ names: [...names] })).jobId
  }

  /** @param allowUnofficial accepts files that are not official, and marks them */
  async importWeights(paths: readonly string[], allowUnofficial = false): Promise<number> {
    return (await this.#client['encoder.import']({ paths: [...paths], allowUnofficial })).jobId
  }

  /** What an encoder of one's own is, and how it runs; installs nothing. */
  inspectEncoder(path: string): Promise<EncoderOffer> {
    return this.#client['encoder.inspect']({ path })
  }

  async installEncoder(path: string, fingerprint: string): Promise<number> {
    return (await this.#client['encoder.install']({ path, fingerprint })).jobId
  }

  async removeEncoder(name: EncoderName): Promise<number> {
    return (await this.#client['encoder.remove']({ name })).jobId
  }

  /** @param measure tests and times every back-end now; takes seconds for each */
  examine(measure = false): Promise<DoctorReport> {
    return this.#client['app.doctor']({ measure })
  }

  #sourceOf(name: EncoderName): EncoderView['source'] {
    return this.#encoders.find((encoder) => encoder.name === name)?.source ?? 'missing'
  }
}
