import {
  createColumnHelper,
  createSortedRowModel,
  createTable,
  rowSortingFeature,
  tableFeatures,
  type Row,
  type SvelteTable,
} from '@tanstack/svelte-table'
import type { ImageView } from '../../electron/contract/index.ts'
import { attentionOf, likenessOf, spreadOf } from './attention.ts'

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

type Features = typeof features
const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })

const byText = (a: Row<Features, ImageView>, b: Row<Features, ImageView>, columnId: string): number =>
  natural.compare(a.getValue(columnId), b.getValue(columnId))
const byNumber = (a: Row<Features, ImageView>, b: Row<Features, ImageView>, columnId: string): number =>
  a.getValue<number>(columnId) - b.getValue<number>(columnId)

const column = createColumnHelper<Features, ImageView>()
const empty = { sortUndefined: 'last' } as const
const columnsOf = (rankOf: (image: ImageView) => number) =>
  column.columns([
    column.accessor('fileName', { id: 'file', sortFn: byText }),
    column.accessor((image) => image.caseName ?? undefined, { id: 'case', sortFn: byText, ...empty }),
    column.accessor((image) => image.label?.className, { id: 'label', sortFn: byText, ...empty }),
    column.accessor((image) => image.verdict?.suggested, { id: 'suggested', sortFn: byText, ...empty }),
    column.accessor((image) => image.verdict?.probabilities[image.verdict.suggested], {
      id: 'probability',
      sortFn: byNumber,
      // The least certain first.
      sortDescFirst: false,
      ...empty,
    }),
    column.accessor((image) => image.verdict?.flags.length, {
      id: 'flags',
      sortFn: byNumber,
      sortDescFirst: true,
      ...empty,
    }),
    column.accessor((image) => image.widthPx * image.heightPx, { id: 'size', sortFn: byNumber }),
    column.accessor((image) => image.readings.all.length, {
      id: 'readers',
      sortFn: byNumber,
      sortDescFirst: true,
    }),
    column.accessor((image) => image.verdict?.carcinomaScore ?? undefined, {
      id: 'score',
      sortFn: byNumber,
      sortDescFirst: true,
      ...empty,
    }),
    column.accessor((image) => spreadOf(image.verdict?.details ?? null) ?? undefined, {
      id: 'spread',
      sortFn: byNumber,
      sortDescFirst: true,
      ...empty,
    }),
    column.accessor((image) => likenessOf(image.verdict?.details ?? null)?.pValue, {
      id: 'likeness',
      sortFn: byNumber,
      // The least alike first.
      sortDescFirst: false,
      ...empty,
    }),
    column.accessor((image) => (image.verdict === null ? undefined : attentionOf(image.verdict).total), {
      id: 'attention',
      sortFn: byNumber,
      sortDescFirst: true,
      ...empty,
    }),
    column.accessor((image) => rankOf(image), { id: 'state', sortFn: byNumber, sortDescFirst: false }),
  ])

/** What the worklist can be sorted by, in the order of its columns. */
export const sortColumns = [
  'file',
  'case',
  'state',
  'label',
  'readers',
  'suggested',
  'probability',
  'score',
  'spread',
  'likeness',
  'flags',
  'attention',
  'size',
] as const
export type SortColumn = (typeof sortColumns)[number]

/** In which order images are listed: as sorted when the list was fetched or a column was pressed. */
export class WorklistOrder {
  readonly #table: SvelteTable<Features, ImageView>
  #isGrouped = $state(false)
  #places: readonly number[]

  /**
   * To be made while a component starts: the table lives as long as that component.
   * @param rankOf where an image stands by its state, the most urgent first
   */
  constructor(images: () => readonly ImageView[], rankOf: (image: ImageView) => number) {
    this.#table = createTable({
      features,
      columns: columnsOf(rankOf),
      get data() {
        return images()
      },
      getRowId: (image) => String(image.id),
      initialState: { sorting: [{ id: 'file', desc: false }] },
    })
    this.#places = $derived.by(() => {
      const rows = this.#table.getRowModel().rows
      return this.#isGrouped ? groupedPlaces(rows) : rows.map((row) => row.index)
    })
  }

  /** Indices of the images, in order. */
  get places(): readonly number[] {
    return this.#places
  }

  /** Whether the images of a case stand together. */
  get isGrouped(): boolean {
    return this.#isGrouped
  }

  group(isGrouped: boolean): void {
    this.#isGrouped = isGrouped
  }

  sortOf(id: SortColumn): 'ascending' | 'descending' | 'none' {
    const sort = this.#table.atoms.sorting.get().find((entry) => entry.id === id)
    return sort === undefined ? 'none' : sort.desc ? 'descending' : 'ascending'
  }

  sortBy(id: SortColumn): void {
    this.#table.getColumn(id)?.toggleSorting()
  }

  /** What a reader should look at first comes first; files by name where that is so already. */
  sortWorstFirst(): void {
    const isWorstFirst = this.sortOf('attention') === 'descending'
    this.#table.setSorting([isWorstFirst ? { id: 'file', desc: false } : { id: 'attention', desc: true }])
  }
}

/** Cases by name, those without a case last; within a case the order that was there. */
function groupedPlaces(rows: readonly Row<Features, ImageView>[]): number[] {
  const groups = Map.groupBy(rows, (row) => row.original.caseName)
  return [...groups]
    .sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : natural.compare(a, b)))
    .flatMap(([, members]) => members.map((row) => row.index))
}
