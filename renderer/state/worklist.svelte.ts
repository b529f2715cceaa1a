import {
  columnFilteringFeature,
  createColumnHelper,
  createFilteredRowModel,
  createSortedRowModel,
  createTable,
  globalFilteringFeature,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  type Row,
  type RowSelectionState,
  type SvelteTable,
} from '@tanstack/svelte-table'
import type { ImageView } from '../../electron/contract/index.ts'
import { isShown, type Show } from './filters.ts'

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

type Features = typeof features
const features = tableFeatures({
  columnFilteringFeature,
  globalFilteringFeature,
  rowSelectionFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
})

const byText = (a: Row<Features, ImageView>, b: Row<Features, ImageView>, columnId: string): number =>
  natural.compare(a.getValue(columnId), b.getValue(columnId))
const byNumber = (a: Row<Features, ImageView>, b: Row<Features, ImageView>, columnId: string): number =>
  a.getValue<number>(columnId) - b.getValue<number>(columnId)
const equals = (row: Row<Features, ImageView>, columnId: string, wanted: unknown): boolean =>
  row.getValue(columnId) === wanted
const shown = (row: Row<Features, ImageView>, _columnId: string, show: Show): boolean =>
  isShown[show](row.original)

const column = createColumnHelper<Features, ImageView>()
const empty = { sortUndefined: 'last' } as const
const columns = column.columns([
  column.accessor('fileName', { id: 'file', sortFn: byText }),
  column.accessor((image) => image.caseName ?? undefined, { id: 'case', sortFn: byText, ...empty }),
  column.accessor((image) => image.label?.className, {
    id: 'label',
    sortFn: byText,
    filterFn: equals,
    ...empty,
  }),
  column.accessor((image) => image.verdict?.suggested, {
    id: 'suggested',
    sortFn: byText,
    filterFn: equals,
    ...empty,
  }),
  column.accessor((image) => image.verdict?.probabilities[image.verdict.suggested], {
    id: 'probability',
    sortFn: byNumber,
    // The least certain first.
    sortDescFirst: false,
    enableGlobalFilter: false,
    ...empty,
  }),
  column.accessor((image) => image.verdict?.flags.length, {
    id: 'flags',
    sortFn: byNumber,
    sortDescFirst: true,
    enableGlobalFilter: false,
    ...empty,
  }),
  column.accessor((image) => image.widthPx * image.heightPx, {
    id: 'size',
    sortFn: byNumber,
    enableGlobalFilter: false,
  }),
  column.accessor(() => 0, { id: 'show', filterFn: shown, enableGlobalFilter: false, enableSorting: false }),
])

export type SortColumn = 'file' | 'case' | 'label' | 'suggested' | 'probability' | 'flags' | 'size'

/** Which images are listed, in which order, and which of them are meant. */
export class Worklist {
  readonly #table: SvelteTable<Features, ImageView>
  #cursorId = $state<number | null>(null)
  #cursorRow = 0
  #anchorId: number | null = null
  #selection = $state.raw<RowSelectionState>({})
  /** The order of the round through the viewer; labelling or a filter must not change it under way. */
  #round = $state.raw<readonly number[]>([])
  #rows: readonly ImageView[]
  #selectedIds: readonly number[]

  /** To be made while a component starts: the table lives as long as that component. */
  constructor(images: () => readonly ImageView[]) {
    const selection = (): RowSelectionState => this.#selection
    this.#table = createTable({
      features,
      columns,
      get data() {
        return images()
      },
      getRowId: (image) => String(image.id),
      state: {
        get rowSelection() {
          return selection()
        },
      },
      onRowSelectionChange: (next) => {
        this.#selection = typeof next === 'function' ? next(this.#selection) : next
      },
      initialState: { sorting: [{ id: 'file', desc: false }] },
      // Its default looks at the first row only, where a case may be missing.
      getColumnCanGlobalFilter: () => true,
      globalFilterFn: (row, columnId, text: string) =>
        String(row.getValue(columnId) ?? '')
          .toLowerCase()
          .includes(text.toLowerCase()),
    })
    this.#rows = $derived(this.#table.getRowModel().rows.map((row) => row.original))
    this.#selectedIds = $derived(
      this.#rows.flatMap((image) => (this.#selection[image.id] === true ? image.id : [])),
    )
  }

  /** Filtered and sorted. */
  get rows(): readonly ImageView[] {
    return this.#rows
  }

  /** Selected and listed, in the list's order. */
  get selectedIds(): readonly number[] {
    return this.#selectedIds
  }

  /** The images that a key acts on: the selected ones, else the one under the cursor. */
  get targetIds(): readonly number[] {
    if (this.#selectedIds.length > 0) return this.#selectedIds
    const cursorId = this.#cursorId
    return cursorId === null || this.#rowOf(cursorId) < 0 ? [] : [cursorId]
  }

  get cursorId(): number | null {
    return this.#cursorId
  }

  get search(): string {
    return (this.#table.atoms.globalFilter.get() as string | undefined) ?? ''
  }

  get show(): Show {
    return (this.#filterOf('show') as Show | undefined) ?? 'all'
  }

  get label(): string | null {
    return (this.#filterOf('label') as string | undefined) ?? null
  }

  get suggested(): string | null {
    return (this.#filterOf('suggested') as string | undefined) ?? null
  }

  get isFiltered(): boolean {
    return this.search !== '' || this.#table.atoms.columnFilters.get().length > 0
  }

  /** Fixes the present order for `placeOf`. */
  keepOrder(): void {
    this.#round = this.#rows.map((image) => image.id)
  }

  /** Where an image stands in the round, from 1 (0: nowhere), and what comes before and after it. */
  placeOf(imageId: number): { place: number; count: number; previous: number | null; next: number | null } {
    const round = this.#round.length > 0 ? this.#round : this.#rows.map((image) => image.id)
    const index = round.indexOf(imageId)
    const at = (position: number): number | null => (index < 0 ? null : (round[position] ?? null))
    return { place: index + 1, count: round.length, previous: at(index - 1), next: at(index + 1) }
  }

  isSelected(imageId: number): boolean {
    return this.#selection[imageId] === true
  }

  sortOf(id: SortColumn): 'ascending' | 'descending' | 'none' {
    const sort = this.#table.atoms.sorting.get().find((entry) => entry.id === id)
    return sort === undefined ? 'none' : sort.desc ? 'descending' : 'ascending'
  }

  searchFor(text: string): void {
    this.#table.setGlobalFilter(text)
  }

  showOnly(show: Show): void {
    this.#filter('show', show === 'all' ? undefined : show)
  }

  /** null: any label. */
  filterLabel(className: string | null): void {
    this.#filter('label', className ?? undefined)
  }

  /** null: any suggestion. */
  filterSuggested(className: string | null): void {
    this.#filter('suggested', className ?? undefined)
  }

  clearFilters(): void {
    this.#table.setGlobalFilter('')
    this.#table.setColumnFilters([])
  }

  sortBy(id: SortColumn): void {
    this.#table.getColumn(id)?.toggleSorting()
  }

  /** Puts the cursor on an image; `extend` selects all between it and where the selection began. */
  moveTo(imageId: number, extend = false): void {
    if (extend) this.#selectRange(this.#anchorId ?? this.#cursorId ?? imageId, imageId)
    else this.#anchorId = imageId
    this.#cursorId = imageId
    this.#cursorRow = Math.max(0, this.#rowOf(imageId))
  }

  /** Where the image under the cursor has left the list, the one that took its place gets the cursor. */
  keepCursor(): void {
    if (this.#cursorId === null || this.#rowOf(this.#cursorId) >= 0) return
    const target = this.#rows[Math.min(this.#cursorRow, this.#rows.length - 1)]
    if (target !== undefined) this.moveTo(target.id)
  }

  /** Moves the cursor by rows; stays on the list. */
  moveBy(rows: number, extend = false): void {
    const from = this.#cursorId === null ? -1 : this.#rowOf(this.#cursorId)
    const to = Math.max(0, Math.min(this.#rows.length - 1, from + rows))
    const target = this.#rows[from < 0 ? 0 : to]
    if (target !== undefined) this.moveTo(target.id, extend)
  }

  toggle(imageId: number): void {
    this.#anchorId = imageId
    this.#cursorId = imageId
    this.#selection = { ...this.#selection, [imageId]: this.#selection[imageId] !== true }
  }

  selectAll(): void {
    this.#selection = Object.fromEntries(this.#rows.map((image) => [image.id, true]))
  }

  selectNone(): void {
    this.#selection = {}
  }

  clear(): void {
    this.clearFilters()
    this.selectNone()
    this.#round = []
    this.#cursorId = null
    this.#anchorId = null
  }

  #selectRange(fromId: number, toId: number): void {
    const from = this.#rowOf(fromId)
    const to = this.#rowOf(toId)
    const range = this.#rows.slice(Math.min(from, to), Math.max(from, to) + 1)
    this.#anchorId = fromId
    this.#selection = Object.fromEntries(range.map((image) => [image.id, true]))
  }

  #rowOf(imageId: number): number {
    return this.#rows.findIndex((image) => image.id === imageId)
  }

  #filterOf(id: string): unknown {
    return this.#table.atoms.columnFilters.get().find((filter) => filter.id === id)?.value
  }

  #filter(id: string, value: unknown): void {
    this.#table.getColumn(id)?.setFilterValue(value)
  }
}
