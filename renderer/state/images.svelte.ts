import {
  agreedReading,
  isSameReader,
  labelOf,
  type CallInput,
  type CallOutput,
  type ImageView,
  type ReadingView,
  type Readings,
  type StainReport,
  type VerdictView,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { images } from '../words/counts.ts'
import { isoNow } from '../words/format.ts'
import { placesBy } from './collections.ts'

/** Above this many changed images the whole list is fetched once. */
const singleRefreshLimit = 24

/** Id of a label that is being saved; no stored one has it. */
const unsavedId = 0

/** A change by this page that is being saved. */
interface OwnChange {
  /** Ids of its images, as text. */
  ids: string
  /** Whether its event has come. */
  isAnnounced: boolean
}

/** A label to save: a class, or unsure without a class; neither of them withdraws the reader's label. */
export interface LabelInput {
  className: string | null
  isUnsure: boolean
  comment: string | null
  /** Whether labels that were given blind may be withdrawn. */
  confirmBlind?: boolean
}

/** The images of the open workspace, with their labels and newest prediction. */
export class Images {
  readonly #client: Client
  #all = $state.raw<readonly ImageView[]>([])
  /** The same images as last fetched, in the same positions. */
  #fetched = $state.raw<readonly ImageView[]>([])
  #isLoaded = $state(false)
  #places = $derived(placesBy(this.#fetched, (image) => image.id))
  /** Changes by this page whose answer has not come yet. */
  #ownChanges: readonly OwnChange[] = []
  /** Increases when the workspace or the reader changes: an answer to an earlier request is not shown then. */
  #round = 0
  /** For each list that has not come yet: the images that came or changed meanwhile. */
  #whileLoading: readonly ImageView[][] = []

  constructor(client: Client) {
    this.#client = client
  }

  get all(): readonly ImageView[] {
    return this.#all
  }

  /** Changes only when all images are fetched, not at each label: the sort order depends on it. */
  get fetched(): readonly ImageView[] {
    return this.#fetched
  }

  takeAsFetched(): void {
    this.#fetched = this.#all
  }

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  find(imageId: number): ImageView | undefined {
    const place = this.#places.get(imageId)
    return place === undefined ? undefined : this.#all[place]
  }

  /** The file name of a single image, or the number of images: what a dialog or a message is about. */
  wordsOf(imageIds: readonly number[]): string {
    const [first, ...others] = imageIds
    const single = first === undefined || others.length > 0 ? undefined : this.find(first)
    return single?.fileName ?? images(imageIds.length)
  }

  clear(): void {
    this.#all = []
    this.#fetched = []
    this.#isLoaded = false
    this.#round++
  }

  /** The list is of the moment of its call: what came to an image since then is newer. */
  async load(): Promise<void> {
    const round = this.#round
    const newer: ImageView[] = []
    this.#whileLoading = [...this.#whileLoading, newer]
    const all = await this.#client['image.list']({}).finally(() => {
      this.#whileLoading = this.#whileLoading.filter((other) => other !== newer)
    })
    if (round !== this.#round) return
    this.#all = all
    this.#fetched = all
    this.#replace(newer)
    this.#fetched = this.#all
    this.#isLoaded = true
  }

  /** Fetches some images again; null: all. */
  async refresh(imageIds: readonly number[] | null): Promise<void> {
    const areKnown = imageIds?.every((imageId) => this.#places.has(imageId)) ?? false
    if (imageIds === null || !areKnown || imageIds.length > singleRefreshLimit) return this.load()
    const round = this.#round
    const changed = await Promise.all(imageIds.map((imageId) => this.#client['image.get']({ imageId })))
    if (round === this.#round) this.#replace(changed)
  }

  predictionsOf(imageId: number): Promise<VerdictView[]> {
    return this.#client['image.verdicts']({ imageId })
  }

  /** What the stain fit finds in an image. */
  stainsOf(imageId: number): Promise<StainReport> {
    return this.#client['view.stains']({ imageId })
  }

  async importPaths(input: CallInput<'image.import'>): Promise<number> {
    return (await this.#client['image.import'](input)).jobId
  }

  /** The event that follows loads the images again. */
  setCase(imageIds: readonly number[], caseName: string | null): Promise<CallOutput<'image.setCase'>> {
    return this.#client['image.setCase']({ imageIds: [...imageIds], caseName })
  }

  setPixelSize(imageIds: readonly number[], pixelSizeUm: number): Promise<CallOutput<'image.setPixelSize'>> {
    return this.#client['image.setPixelSize']({ imageIds: [...imageIds], pixelSizeUm })
  }

  /** The event that follows loads the images again. */
  setRemoved(imageIds: readonly number[], isRemoved: boolean): Promise<CallOutput<'image.setRemoved'>> {
    return this.#client['image.setRemoved']({ imageIds: [...imageIds], isRemoved })
  }

  listRemoved(): Promise<CallOutput<'image.listRemoved'>> {
    return this.#client['image.listRemoved']({})
  }

  async createDemo(input: CallInput<'demo.create'>): Promise<number> {
    return (await this.#client['demo.create'](input)).jobId
  }

  async createDemoSlide(input: CallInput<'demo.slide'>): Promise<number> {
    return (await this.#client['demo.slide'](input)).jobId
  }

  /** Labels images. The page shows the labels at once, and removes them again if they cannot be saved. */
  async label(
    imageIds: readonly number[],
    { confirmBlind = false, ...label }: LabelInput,
    reader: string,
  ): Promise<void> {
    const change = imageIds.flatMap((imageId) => {
      const image = this.find(imageId)
      return image === undefined ? [] : withLabel(image, label, reader)
    })
    await this.#show(change, imageIds, (ids) =>
      this.#client['image.label']({ imageIds: ids, ...label, ...(confirmBlind ? { confirmBlind } : {}) }),
    )
  }

  /** Sets the comment on the reader's label of an image; null removes it. */
  async comment(imageId: number, comment: string | null): Promise<void> {
    await this.#show([], [imageId], async () => [await this.#client['label.comment']({ imageId, comment })])
  }

  /** Shows the images that a call returns; `expected`: which ones, as far as the page knows. */
  async takeFrom(expected: readonly number[], call: () => Promise<readonly ImageView[]>): Promise<void> {
    await this.#show([], expected, call)
  }

  /** Adjudicates images; null removes their adjudication. */
  async adjudicate(
    imageIds: readonly number[],
    className: string | null,
    comment: string | null,
  ): Promise<void> {
    await this.#show([], imageIds, (ids) =>
      this.#client['reading.adjudicate']({ imageIds: ids, className, comment }),
    )
  }

  /**
   * Whether an event reports a change that this page itself made and whose answer is still to come: the answer holds
   * the images as they now are, so nothing needs to be fetched. Each change accounts for one event.
   */
  isOwnChange(imageIds: readonly number[] | null): boolean {
    const ids = String(imageIds)
    const own = this.#ownChanges.find((change) => change.ids === ids && !change.isAnnounced)
    if (imageIds === null || own === undefined) return false
    own.isAnnounced = true
    return true
  }

  /** Shows a change at once, then the server's answer, or the earlier state if it could not be saved. */
  async #show(
    change: readonly ImageView[],
    imageIds: readonly number[],
    save: (imageIds: number[]) => Promise<readonly ImageView[]>,
  ): Promise<void> {
    const round = this.#round
    const own: OwnChange = { ids: String(imageIds), isAnnounced: false }
    const before = change.flatMap((image) => this.find(image.id) ?? [])
    this.#replace(change)
    this.#ownChanges = [...this.#ownChanges, own]
    try {
      const changed = await save([...imageIds])
      if (round === this.#round) this.#replace(changed)
    } catch (error) {
      if (round === this.#round) this.#replace(before)
      throw error
    } finally {
      this.#ownChanges = this.#ownChanges.filter((other) => other !== own)
    }
  }

  #replace(changed: readonly ImageView[]): void {
    const all = [...this.#all]
    for (const image of changed) {
      for (const newer of this.#whileLoading) newer.push(image)
      const place = this.#places.get(image.id)
      if (place !== undefined) all[place] = image
    }
    this.#all = all
  }
}

/** An image as it will be once it is saved. */
function withLabel(
  image: ImageView,
  { className, isUnsure, comment }: Omit<LabelInput, 'confirmBlind'>,
  reader: string,
): ImageView {
  const isWithdrawn = className === null && !isUnsure
  const isBlind = image.readings.isWithheld
  const isReplaced = (reading: ReadingView): boolean =>
    isSameReader(reading.reader, reader) || (isWithdrawn && isSameReader(reading.importedBy, reader))
  const others = image.readings.all.filter((reading) => !isReplaced(reading))
  // The id of the label event comes with the answer.
  const own: ReadingView = {
    id: unsavedId,
    reader,
    source: 'reader',
    table: null,
    importedBy: null,
    className,
    isUnsure,
    isBlind,
    at: isoNow(),
    comment,
  }
  const all = isWithdrawn ? others : [...others, own]
  const labels = { all, adjudication: image.readings.adjudication }
  const readings: Readings = { ...image.readings, ...labels, isDisputed: agreedReading(labels).isDisputed }
  return { ...image, readings, label: labelOf(readings) }
}
