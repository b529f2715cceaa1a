import type { ImageView, WorklistColumnId } from '../../electron/contract/index.ts'
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

interface Sorting {
  id: WorklistColumnId
  direction: SortDirection
}

const byFile: Sorting = { id: 'file', direction: 'ascending' }
const worstFirst: Sorting = { id: 'attention', direction: 'descending' }

/** The order of the images, from when the list was fetched or a column head was clicked. */
export class WorklistOrder {
  /** null: the order of import. */
  #sorting = $state.raw<Sorting | null>(byFile)
  #isGrouped = $state(false)
  #places: readonly number[]
  readonly #sortKeys: ReadonlyMap<WorklistColumnId, SortKey>

  constructor(images: () => readonly ImageView[], columns: readonly ListColumn[], context: SortContext) {
    this.#sortKeys = mapOf(columns.map(({ id, sort }) => [id, sort]))
    this.#places = $derived.by(() => {
      const all = images()
      const sorting = this.#sorting
      const places =
        sorting === null
          ? [...all.keys()]
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

  sortOf(id: WorklistColumnId): SortDirection | 'none' {
    return this.#sorting?.id === id ? this.#sorting.direction : 'none'
  }

  sortBy(id: WorklistColumnId): void {
    const direction = nextDirection(this.sortOf(id), this.#sortKeyOf(id).first)
    this.#sorting = direction === 'none' ? null : { id, direction }
  }

  get isWorstFirst(): boolean {
    return this.sortOf(worstFirst.id) === worstFirst.direction
  }

  /** Sorts by priority; if it is sorted so already, by file name. */
  sortWorstFirst(): void {
    this.#sorting = this.isWorstFirst ? byFile : worstFirst
  }

  #sortKeyOf(id: WorklistColumnId): SortKey {
    const key = this.#sortKeys.get(id)
    if (key === undefined) throw new Error(`No column is named ${id}.`)
    return key
  }
}
