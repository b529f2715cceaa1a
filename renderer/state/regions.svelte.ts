import type {
  CallInput,
  RegionGeometry,
  RegionImportReport,
  RegionView,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

type Changes = Omit<CallInput<'region.change'>, 'regionId' | 'reader'>

/** The regions of the image in the viewer, and the chosen one. */
export class Regions {
  readonly #client: Client
  #imageId = $state<number | null>(null)
  #all = $state.raw<readonly RegionView[]>([])
  #chosenId = $state<number | null>(null)
  #draft = $state.raw<RegionGeometry | null>(null)
  #hasDeleted = $state(false)

  constructor(client: Client) {
    this.#client = client
  }

  get all(): readonly RegionView[] {
    return this.#all
  }

  get chosen(): RegionView | null {
    return this.#all.find(({ id }) => id === this.#chosenId) ?? null
  }

  /** From 1, as in the list; 0: none. */
  numberOf(regionId: number): number {
    return this.#all.findIndex(({ id }) => id === regionId) + 1
  }

  async open(imageId: number): Promise<void> {
    if (this.#imageId !== imageId) {
      this.#imageId = imageId
      this.#all = []
      this.choose(null)
    }
    await this.#load(imageId)
  }

  /** Fetches the regions again if this image has changed. */
  async refresh(imageId: number | null): Promise<void> {
    const open = this.#imageId
    if (open !== null && (imageId === null || imageId === open)) await this.#load(open)
  }

  close(): void {
    this.#imageId = null
    this.#all = []
    this.#chosenId = null
  }

  choose(regionId: number | null): void {
    this.#chosenId = regionId
    this.#draft = null
    this.#hasDeleted = false
  }

  /** The chosen region while it is moved; null: it is not being moved. */
  get draft(): RegionGeometry | null {
    return this.#draft
  }

  drag(geometry: RegionGeometry): void {
    if (this.#chosenId !== null) this.#draft = geometry
  }

  /** Saves the chosen region after a move; it returns to its place if that is refused. */
  async saveMove(): Promise<void> {
    const [regionId, geometry] = [this.#chosenId, this.#draft]
    if (regionId === null || geometry === null) return
    try {
      await this.change(regionId, { geometry })
    } finally {
      if (this.#draft === geometry) this.#draft = null
    }
  }

  /** The next (1) or previous (-1) region, cyclic; null: there is none. */
  neighbour(direction: 1 | -1): RegionView | null {
    const count = this.#all.length
    if (count === 0) return null
    const place = this.#all.findIndex(({ id }) => id === this.#chosenId)
    const next = place === -1 ? (direction === 1 ? 0 : count - 1) : (place + direction + count) % count
    return this.#all[next] ?? null
  }

  /** Adds a region; null: another image was opened meanwhile. */
  async add(geometry: RegionGeometry, className: string | null): Promise<RegionView | null> {
    const imageId = this.#imageId
    if (imageId === null) return null
    const region = await this.#client['region.add']({ imageId, geometry, className })
    if (imageId !== this.#imageId) return null
    this.#all = [...this.#all.filter(({ id }) => id !== region.id), region]
    return region
  }

  async change(regionId: number, changes: Changes): Promise<void> {
    const region = await this.#client['region.change']({ regionId, ...changes })
    this.#all = this.#all.map((other) => (other.id === regionId ? region : other))
  }

  /** Removes a region and chooses the one that takes its place in the list. */
  async remove(regionId: number): Promise<void> {
    await this.#client['region.delete']({ regionId })
    const place = this.#all.findIndex(({ id }) => id === regionId)
    this.#all = this.#all.filter(({ id }) => id !== regionId)
    if (this.#chosenId !== regionId) return
    this.#chosenId = (this.#all[place] ?? this.#all.at(-1))?.id ?? null
    this.#hasDeleted = this.#chosenId === null
  }

  /** Whether the chosen region was the last and was deleted: another press of the key is not for the reader's label. */
  get hasDeleted(): boolean {
    return this.#hasDeleted
  }

  async importText(text: string): Promise<RegionImportReport | null> {
    const imageId = this.#imageId
    if (imageId === null) return null
    const report = await this.#client['region.import']({ imageId, source: { text } })
    await this.refresh(imageId)
    return report
  }

  /** Writes the regions to a file; returns their number. */
  async exportTo(path: string, replace: boolean): Promise<number> {
    const imageId = this.#imageId
    if (imageId === null) return 0
    return (await this.#client['region.export']({ imageId, path, replace })).regions
  }

  async #load(imageId: number): Promise<void> {
    const all = await this.#client['region.list']({ imageId })
    if (imageId !== this.#imageId) return
    this.#all = all
    if (!all.some(({ id }) => id === this.#chosenId)) this.#chosenId = null
  }
}
