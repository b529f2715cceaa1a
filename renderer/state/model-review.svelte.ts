import {
  type CallOutput,
  hasCode,
  type ModelComparison,
  type ModelReport,
  type ModelVerdict,
  type ModelView,
  type PackagePreview,
  type Promotion,
  type SubgroupColumn,
  type Subgroups,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { indexBy, setOf } from './collections.ts'
import { flipLine, outOfFoldLine, predictionLine, type FlipLine, type ImageLine } from './image-lines.ts'
import type { Images } from './images.svelte.ts'
import { ModelChecklist } from './model-checklist.svelte.ts'
import type { Models } from './models.svelte.ts'

/** The model that is reviewed: its report, a draft of its operating point, and a model to compare it with. */
export class ModelReview {
  readonly #client: Client
  readonly #images: Images
  readonly #models: Models
  readonly checklist: ModelChecklist
  #chosenName = $state<string | null>(null)
  #otherName = $state<string | null>(null)
  #report = $state.raw<ModelReport | null>(null)
  /** Why there is no report. */
  #missing = $state<string | null>(null)
  #verdicts = $state.raw<readonly ModelVerdict[]>([])
  #promotions = $state.raw<readonly Promotion[]>([])
  #comparison = $state.raw<ModelComparison | null>(null)
  #column = $state<SubgroupColumn | null>(null)
  #subgroups = $state.raw<Subgroups | null>(null)
  /** Draft of the operating point; null: unchanged. */
  #draft = $state<number | null>(null)
  #loads = 0
  #compares = 0
  #byHash
  #lines
  #predictionLines
  #flips

  constructor(client: Client, images: Images, models: Models) {
    this.#client = client
    this.#images = images
    this.#models = models
    this.checklist = new ModelChecklist(client, () => this.chosen?.name)
    this.#byHash = $derived(indexBy(images.fetched, (image) => image.sha256))
    this.#lines = $derived(
      (this.#report?.predictions ?? []).map((row) => outOfFoldLine(row, this.#byHash.get(row.sha256))),
    )
    this.#predictionLines = $derived(
      this.#verdicts.map((verdict) => predictionLine(verdict, this.#images.find(verdict.imageId))),
    )
    this.#flips = $derived(
      (this.#comparison?.flips ?? []).map((flip) => flipLine(flip, this.#byHash.get(flip.sha256))),
    )
  }

  /** The chosen model, else the one in use, else the newest. */
  get chosen(): ModelView | undefined {
    return this.#models.find(this.#chosenName) ?? this.#models.inUse ?? this.#models.newest
  }

  /** The model to compare with; by default the one in use, or the newest other one. */
  get other(): ModelView | undefined {
    const { chosen } = this
    const others = this.#models.all.filter((model) => model.id !== chosen?.id)
    return (
      others.find((model) => model.name === this.#otherName) ??
      others.find((model) => model.inUse === true) ??
      others[0]
    )
  }

  /** Report of the chosen model; null while it loads, or if there is none. */
  get report(): ModelReport | null {
    return this.#report?.model === this.chosen?.name ? this.#report : null
  }

  get missing(): string | null {
    return this.#missing
  }

  /** The training images, in the report's order. */
  get lines(): readonly ImageLine[] {
    return this.#lines
  }

  /** Images of the workspace with a prediction of the chosen model. */
  get predictionLines(): readonly ImageLine[] {
    return this.#predictionLines
  }

  get promotions(): readonly Promotion[] {
    return this.#promotions
  }

  /** null: no comparison of these two models is loaded. */
  get comparison(): ModelComparison | null {
    const found = this.#comparison
    return found?.first === this.other?.name && found?.second === this.chosen?.name ? found : null
  }

  get flips(): readonly FlipLine[] {
    return this.#flips
  }

  /** The operating point that the views show: the draft, else the stored one. */
  get threshold(): number {
    return this.#draft ?? this.#report?.operatingPoint ?? 0.5
  }

  choose(name: string): void {
    this.#chosenName = name
    this.#column = null
    this.checklist.clear()
    this.#draft = null
  }

  compareWith(name: string): void {
    this.#otherName = name
  }

  tryThreshold(threshold: number): void {
    this.#draft = threshold
  }

  discardThreshold(): void {
    this.#draft = null
  }

  clear(): void {
    this.#chosenName = null
    this.#otherName = null
    this.#report = null
    this.#missing = null
    this.#verdicts = []
    this.#promotions = []
    this.#comparison = null
    this.#column = null
    this.#subgroups = null
    this.checklist.clear()
    this.#draft = null
  }

  /** Loads the data of the chosen model. An outdated answer changes nothing. */
  async load(): Promise<void> {
    const model = this.chosen?.name
    const load = ++this.#loads
    if (model === undefined) return
    const [report, verdicts, promotions] = await Promise.all([
      this.#client['model.report']({ model }).catch((error: unknown) => {
        if (hasCode(error, 'model.no-report')) return error.message
        throw error
      }),
      this.#client['model.verdicts']({ model }),
      this.#client['model.promotions']({}),
    ])
    if (load !== this.#loads) return
    this.#report = typeof report === 'string' ? null : report
    this.#missing = typeof report === 'string' ? report : null
    this.#verdicts = verdicts
    this.#promotions = promotions
  }

  /** Compares the chosen model with the other, if there is one and both have a report. */
  async compare(): Promise<void> {
    const first = this.other?.name
    const second = this.chosen?.name
    const compare = ++this.#compares
    if (first === undefined || second === undefined) return
    const found = await this.#client['model.compare']({ first, second }).catch((error: unknown) => {
      if (hasCode(error, 'model.no-report')) return null
      throw error
    })
    if (compare === this.#compares) this.#comparison = found
  }

  async saveThreshold(): Promise<void> {
    const model = this.#report?.model
    const threshold = this.#draft
    if (model === undefined || threshold === null) return
    await this.#client['model.setOperatingPoint']({ model, threshold })
    if (this.#report?.model !== model) return
    this.#report = { ...this.#report, operatingPoint: threshold }
    this.#draft = null
  }

  async promote(model: string, reason: string): Promise<string | null> {
    return (await this.#client['model.promote']({ model, reason })).inUse
  }

  async rollBack(reason: string): Promise<string | null> {
    return (await this.#client['model.rollback']({ reason })).inUse
  }

  async rename(model: string, name: string, reason: string): Promise<string> {
    const renamed = await this.#client['model.rename']({ model, name, reason: reason === '' ? null : reason })
    this.choose(renamed.name)
    return renamed.name
  }

  /** Removes a model, or restores it; returns the number of images with a suggestion of it. */
  async setRemoved(model: string, isRemoved: boolean, reason: string | null): Promise<number> {
    return (await this.#client['model.setRemoved']({ model, isRemoved, reason })).images
  }

  listRemoved(): Promise<CallOutput<'model.listRemoved'>> {
    return this.#client['model.listRemoved']({})
  }

  get canRollBack(): boolean {
    return this.#standing.length > 0
  }

  /** The model that will be in use after a rollback; null: none. */
  get afterRollBack(): string | null {
    return this.#standing[1]?.model ?? this.#models.all.find((model) => !model.needsPromotion)?.name ?? null
  }

  /** Promotions that were not undone, newest first, of models that were not removed. */
  get #standing(): readonly Promotion[] {
    const present = setOf(this.#models.all.map(({ name }) => name))
    return this.#promotions.filter(({ model, withdrawn }) => withdrawn === null && present.has(model))
  }

  /** The accuracy by the chosen column; null: it is loading, or none is chosen. */
  get subgroups(): Subgroups | null {
    const found = this.#subgroups
    return found?.model === this.chosen?.name && found?.column === this.#column ? found : null
  }

  get column(): SubgroupColumn | null {
    return this.#column
  }

  /** Loads the accuracy by a column. An outdated answer is not shown. */
  async groupBy(column: SubgroupColumn): Promise<void> {
    this.#column = column
    const model = this.chosen?.name
    if (model === undefined) return
    const found = await this.#client['model.subgroups']({ model, column })
    if (this.#column === column) this.#subgroups = found
  }

  /** Starts to measure the learning curve of the model's recipe. */
  async measureCurve(model: string): Promise<number> {
    return (await this.#client['model.learningCurve']({ model })).jobId
  }

  async writeReport(model: string, path: string, replace: boolean): Promise<string> {
    return (await this.#client['model.writeReport']({ model, path, replace })).path
  }

  async writeCard(model: string, path: string, replace: boolean): Promise<string> {
    return (await this.#client['checklist.write']({ form: 'card', model, path, replace })).path
  }

  async exportPackage(model: string, path: string, replace: boolean): Promise<number> {
    return (await this.#client['model.export']({ model, path, replace })).jobId
  }

  /** What a package says about itself. */
  previewPackage(path: string): Promise<PackagePreview> {
    return this.#client['model.preview']({ path })
  }

  /** @param name null: the one in the package */
  async importPackage(path: string, name: string | null): Promise<number> {
    return (await this.#client['model.import']({ path, name })).jobId
  }
}
