import { labelNext, type ImageView, type WorklistColumnId } from '../../electron/contract/index.ts'
import { byFile, type Sorting } from './list-address.ts'
import type { ListColumn } from './list-column.ts'
import { mapOf } from './collections.ts'
import {
  groupedByCase,
  nextDirection,
  sortedPlaces,
  type SortContext,
  type SortDirection,
  type SortKey,
} from './sort-images.ts'

const worstFirst = { id: 'attention', direction: 'descending' } as const satisfies Sorting

/** The order of the images, from when the list was fetched or a column head was clicked. */
export class WorklistOrder {
  #sorting = $state.raw<Sorting>(byFile)
  #isGrouped = $state(false)
  #places: readonly number[]
  readonly #sortKeys: ReadonlyMap<WorklistColumnId, SortKey>

  constructor(images: () => readonly ImageView[], columns: readonly ListColumn[], context: SortContext) {
    this.#sortKeys = mapOf(columns.map(({ id, sort }) => [id, sort]))
    this.#places = $derived.by(() => {
      const all = images()
      const sorting = this.#sorting
      const places =
        sorting === 'import'
          ? [...all.keys()]
          : sorting === 'label-next'
            ? sortedPlaces(all, labelNextOf(all), 'ascending', context)
            : sortedPlaces(all, this.#sortKeyOf(sorting.id), sorting.direction, context)
      return this.#isGrouped ? groupedByCase(all, places) : places
    })
  }

  /** Indices of the images, in order. */
  get places(): readonly number[] {
    return this.#places
  }

  /** Whether the images of a case are listed together. */
  get isGrouped(): boolean {
    return this.#isGrouped
  }

  group(isGrouped: boolean): void {
    this.#isGrouped = isGrouped
  }

  get sorting(): Sorting {
    return this.#sorting
  }

  sort(sorting: Sorting): void {
    this.#sorting = sorting
  }

  sortOf(id: WorklistColumnId): SortDirection | 'none' {
    const sorting = this.#sorting
    return typeof sorting !== 'string' && sorting.id === id ? sorting.direction : 'none'
  }

  sortBy(id: WorklistColumnId): void {
    const direction = nextDirection(this.sortOf(id), this.#sortKeyOf(id).first)
    this.#sorting = direction === 'none' ? 'import' : { id, direction }
  }

  get isWorstFirst(): boolean {
    return this.sortOf(worstFirst.id) === worstFirst.direction
  }

  /** Sorts by priority; if it is sorted so already, by file name. */
  sortWorstFirst(): void {
    this.#sorting = this.isWorstFirst ? byFile : worstFirst
  }

  get isLabelNext(): boolean {
    return this.#sorting === 'label-next'
  }

  /** Sorts by what to label next (`labelNext`); if it is sorted so already, by file name. */
  sortLabelNext(): void {
    this.#sorting = this.isLabelNext ? byFile : 'label-next'
  }

  #sortKeyOf(id: WorklistColumnId): SortKey {
    const key = this.#sortKeys.get(id)
    if (key === undefined) throw new Error(`No column is named ${id}.`)
    return key
  }
}

/** Images that wait for no label have no rank, and come last. */
function labelNextOf(images: readonly ImageView[]): SortKey {
  const ranks = mapOf(labelNext(images).map(({ imageId, rank }) => [imageId, rank]))
  return { valueOf: ({ id }) => ranks.get(id), first: 'ascending' }
}
