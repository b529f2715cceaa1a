import type { CallInput, ImageView, VerdictView } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { isoNow } from '../app/format.ts'
import { indexBy } from './collections.ts'

/** Above this many changed images the whole list is asked for once. */
const singleRefreshLimit = 24

/** Earlier labels, to be set again by `undo`: class name (null: none) to images. */
type LabelChange = ReadonlyMap<string | null, readonly ImageView[]>

/** The images of the open workspace, with their newest label and verdict. */
export class Images {
  readonly #client: Client
  #all = $state.raw<readonly ImageView[]>([])
  #isLoaded = $state(false)
  #byId = $derived(indexBy(this.#all, (image) => image.id))
  #undo: LabelChange | null = null

  constructor(client: Client) {
    this.#client = client
  }

  get all(): readonly ImageView[] {
    return this.#all
  }

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  find(imageId: number): ImageView | undefined {
    return this.#byId.get(imageId)
  }

  clear(): void {
    this.#all = []
    this.#isLoaded = false
    this.#undo = null
  }

  async load(): Promise<void> {
    this.#all = await this.#client['image.list']({})
    this.#isLoaded = true
  }

  /** Asks again for some images; null: for all. */
  async refresh(imageIds: readonly number[] | null): Promise<void> {
    const areKnown = imageIds?.every((imageId) => this.#byId.has(imageId)) ?? false
    if (imageIds === null || !areKnown || imageIds.length > singleRefreshLimit) return this.load()
    this.#replace(await Promise.all(imageIds.map((imageId) => this.#client['image.get']({ imageId }))))
  }

  verdictsOf(imageId: number): Promise<VerdictView[]> {
    return this.#client['image.verdicts']({ imageId })
  }

  async importPaths(input: CallInput<'image.import'>): Promise<number> {
    return (await this.#client['image.import'](input)).jobId
  }

  async createDemo(input: CallInput<'demo.create'>): Promise<number> {
    return (await this.#client['demo.create'](input)).jobId
  }

  /** Labels images; shown at once, taken back if the label could not be saved. */
  async label(imageIds: readonly number[], className: string | null, reader: string): Promise<void> {
    const before = imageIds.flatMap((imageId) => this.find(imageId) ?? [])
    const change = Map.groupBy(before, (image) => image.label?.className ?? null)
    await this.#setLabel(imageIds, className, reader)
    this.#undo = change
  }

  /** Sets the labels before the last `label` again. False: there is nothing to take back. */
  async undoLabel(reader: string): Promise<boolean> {
    if (this.#undo === null) return false
    const change = this.#undo
    this.#undo = null
    for (const [className, images] of change) {
      await this.#setLabel(
        images.map((image) => image.id),
        className,
        reader,
      )
    }
    return true
  }

  async #setLabel(imageIds: readonly number[], className: string | null, reader: string): Promise<void> {
    const before = imageIds.flatMap((imageId) => this.find(imageId) ?? [])
    const label = className === null ? null : { className, reader, at: isoNow() }
    this.#replace(before.map((image) => ({ ...image, label })))
    try {
      await this.#client['image.label']({ imageIds: [...imageIds], className })
    } catch (error) {
      this.#replace(before)
      throw error
    }
  }

  #replace(changed: readonly ImageView[]): void {
    const byId = indexBy(changed, (image) => image.id)
    this.#all = this.#all.map((image) => byId.get(image.id) ?? image)
  }
}
