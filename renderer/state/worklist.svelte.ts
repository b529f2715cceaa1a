import type { ImageView, WorklistColumnId } from '../../electron/contract/index.ts'
import type { SortDirection } from './sort-images.ts'
import { WorklistOrder } from './worklist-order.svelte.ts'
import { mapOf, setOf } from './collections.ts'
import type { ListColumn } from './list-column.ts'
import { fits, isFiltering, noFilter, withPresentClasses, type Filter } from './filters.ts'
import { gridLines, imageBelow, itemOf, itemsByCase, type WorklistItem } from './list-lines.ts'
import type { ListView } from './list-address.ts'
import type { Images } from './images.svelte.ts'

/**
 * Which images are listed, in which order, and which of them are selected. A label changes which images the filters
 * list, never the order: ten thousand rows are not sorted again, and no row moves while the reader works.
 */
export class Worklist {
  readonly #images: Images
  readonly #order: WorklistOrder
  #filter = $state.raw<Filter>(noFilter)
  #cursorId = $state<number | null>(null)
  #cursorRow = 0
  #anchorId: number | null = null
  #selection = $state.raw<ReadonlySet<number>>(setOf())
  #arrangement = $state(0)
  /** The order of previous and next in the viewer; labelling or a filter must not change it. */
  #round = $state.raw<readonly number[]>([])
  #rows: readonly ImageView[]
  #items: readonly WorklistItem[]
  #selectedIds: readonly number[]

  constructor(images: Images, columns: readonly ListColumn[], rankOf: (image: ImageView) => number) {
    this.#images = images
    this.#order = new WorklistOrder(() => images.fetched, columns, { rankOf })
    this.#rows = $derived.by(() => {
      const all = images.all
      const isListed = fits(this.#filter)
      return this.#order.places.flatMap((place) => {
        const image = all[place]
        return image !== undefined && isListed(image) ? image : []
      })
    })
    this.#items = $derived(this.#order.isGrouped ? itemsByCase(this.#rows) : this.#rows.map(itemOf))
    this.#selectedIds = $derived.by(() => {
      const selection = this.#selection
      if (selection.size === 0) return []
      return this.#rows.flatMap((image) => (selection.has(image.id) ? image.id : []))
    })
  }

  /** Filtered and sorted. */
  get rows(): readonly ImageView[] {
    return this.#rows
  }

  /** The rows, with the heads of their cases if they are grouped. */
  get items(): readonly WorklistItem[] {
    return this.#items
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

  /** The listed image under the cursor. */
  get cursor(): ImageView | undefined {
    return this.#rows.find(({ id }) => id === this.#cursorId)
  }

  get cursorId(): number | null {
    return this.#cursorId
  }

  get filter(): Filter {
    return this.#filter
  }

  get isFiltered(): boolean {
    return isFiltering(this.#filter)
  }

  get isGrouped(): boolean {
    return this.#order.isGrouped
  }

  /** Sets the order for `placeOf`: the present list, or the given images. */
  setViewingOrder(imageIds: readonly number[] = this.#rows.map((image) => image.id)): void {
    this.#round = imageIds
  }

  /** The images of the viewer's order. */
  get round(): readonly number[] {
    return this.#round.length > 0 ? this.#round : this.#rows.map((image) => image.id)
  }

  /** The images of a case in the order of the list, also those that the filters hide. */
  ofCase(caseName: string): ImageView[] {
    const all = this.#images.all
    return this.#order.places.flatMap((place) => {
      const image = all[place]
      return image?.caseName === caseName ? image : []
    })
  }

  /**
   * The position of an image in the viewer's order, from 1 (0: not in it), with the previous and next image. Those of an
   * image that is not in it, as one of the same case that the filters hide, are the ones beside it in the list.
   */
  placeOf(imageId: number): { place: number; count: number; previous: number | null; next: number | null } {
    const { round } = this
    const index = round.indexOf(imageId)
    const after = index < 0 ? this.#firstAfter(imageId, round) : index + 1
    const before = index < 0 ? after - 1 : index - 1
    return {
      place: index + 1,
      count: round.length,
      previous: round[before] ?? null,
      next: round[after] ?? null,
    }
  }

  isSelected(imageId: number): boolean {
    return this.#selection.has(imageId)
  }

  sortOf(id: WorklistColumnId): SortDirection | 'none' {
    return this.#order.sortOf(id)
  }

  /** Increases when the user filters, sorts or groups: the row under the cursor is elsewhere then. */
  get arrangement(): number {
    return this.#arrangement
  }

  /** Sorts by a column, with the present values. */
  sortBy(id: WorklistColumnId): void {
    this.#images.takeAsFetched()
    this.#order.sortBy(id)
    this.#arrangement++
  }

  get isWorstFirst(): boolean {
    return this.#order.isWorstFirst
  }

  /** Sorts by priority (contract/worst-first.ts), or by file name if it is sorted so already. */
  sortWorstFirst(): void {
    this.#images.takeAsFetched()
    this.#order.sortWorstFirst()
    this.#beginAtTop()
  }

  get isLabelNext(): boolean {
    return this.#order.isLabelNext
  }

  /** Sorts by what to label next (contract/label-next.ts), or by file name if it is sorted so already. */
  sortLabelNext(): void {
    this.#images.takeAsFetched()
    this.#order.sortLabelNext()
    this.#beginAtTop()
  }

  /** What is listed and where the cursor is, for the address. */
  get view(): ListView {
    const { sorting, isGrouped } = this.#order
    return { filter: this.#filter, sorting, isGrouped, cursorId: this.#cursorId }
  }

  /** Shows the list of an address. */
  show({ filter, sorting, isGrouped, cursorId }: ListView): void {
    this.#order.sort(sorting)
    this.#order.group(isGrouped)
    this.#setFilter(filter)
    if (cursorId !== null && this.#rowOf(cursorId) >= 0) this.moveTo(cursorId)
  }

  /** Keeps the images of a case together. */
  group(isGrouped: boolean): void {
    this.#order.group(isGrouped)
    this.#arrangement++
  }

  /** Changes a part of the filter; the rest stays. */
  narrow(change: Partial<Filter>): void {
    this.#setFilter({ ...this.#filter, ...change })
  }

  /** After the classes changed. @param classNameOf as in `withPresentClasses` */
  followClasses(classNameOf: (name: string) => string | null): void {
    const { label, suggested } = withPresentClasses(this.#filter, classNameOf)
    if (label !== this.#filter.label || suggested !== this.#filter.suggested)
      this.narrow({ label, suggested })
  }

  clearFilters(): void {
    this.#setFilter(noFilter)
  }

  /** Puts the cursor on an image; `extend` selects everything between it and the start of the selection. */
  moveTo(imageId: number, extend = false): void {
    if (extend) this.#selectRange(this.#anchorId ?? this.#cursorId ?? imageId, imageId)
    else this.#anchorId = imageId
    this.#cursorId = imageId
    const row = this.#rowOf(imageId)
    // The viewer may show an image that the filters do not list; the place in the list stays.
    if (row >= 0) this.#cursorRow = row
  }

  /** If the image under the cursor has left the list, the cursor moves to the image that took its place. */
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

  /** Moves the cursor by lines of a grid with so many columns, in its column; 1: as `moveBy`. */
  moveByLines(lines: number, columns: number, extend = false): void {
    const target =
      columns === 1 || !Number.isFinite(lines)
        ? undefined
        : imageBelow(gridLines(this.#items, columns), this.#cursorId, lines)
    if (target === undefined) this.moveBy(lines, extend)
    else this.moveTo(target.id, extend)
  }

  toggle(imageId: number): void {
    this.#anchorId = imageId
    this.#cursorId = imageId
    const others = [...this.#selection].filter((id) => id !== imageId)
    this.#selection = this.#selection.has(imageId) ? setOf(others) : setOf(others, [imageId])
  }

  selectAll(): void {
    this.#selection = setOf(this.#rows.map((image) => image.id))
  }

  /** Selects images, and puts the cursor on the first. */
  select(imageIds: readonly number[]): void {
    const [first] = imageIds
    if (first !== undefined) this.moveTo(first)
    this.#selection = setOf(imageIds)
  }

  /** Selects the listed images of a case, and puts the cursor on the first. */
  selectCase(caseName: string | null): void {
    const ids = this.#rows.flatMap((image) => (image.caseName === caseName ? image.id : []))
    const [first] = ids
    if (first === undefined) return
    this.moveTo(first)
    this.#selection = setOf(ids)
  }

  selectNone(): void {
    this.#selection = setOf()
  }

  clear(): void {
    this.clearFilters()
    this.selectNone()
    this.#round = []
    this.#cursorId = null
    this.#anchorId = null
  }

  /** An image that leaves the list is no longer selected, and is not when it comes back. */
  #setFilter(filter: Filter): void {
    const listed = this.#selectedIds
    this.#filter = filter
    if (this.#selection.size > 0) {
      this.#selection = setOf(listed)
      this.#selection = setOf(this.#selectedIds)
    }
    this.#arrangement++
  }

  /** An order of what to look at first begins with its first image. */
  #beginAtTop(): void {
    const [first] = this.#rows
    if (first !== undefined && (this.isWorstFirst || this.isLabelNext)) this.moveTo(first.id)
    this.#arrangement++
  }

  #selectRange(fromId: number, toId: number): void {
    const from = this.#rowOf(fromId)
    const to = this.#rowOf(toId)
    const range = this.#rows.slice(Math.min(from, to), Math.max(from, to) + 1)
    this.#anchorId = fromId
    this.#selection = setOf(range.map((image) => image.id))
  }

  /** The place in `round` of the first image that the list has after this one; past the end: there is none. */
  #firstAfter(imageId: number, round: readonly number[]): number {
    const { places } = this.#order
    const ranks = mapOf(places.map((place, rank) => [this.#images.all[place]?.id, rank]))
    const own = ranks.get(imageId)
    if (own === undefined) return Infinity
    const after = round.findIndex((id) => (ranks.get(id) ?? -1) > own)
    return after < 0 ? round.length : after
  }

  #rowOf(imageId: number): number {
    return this.#rows.findIndex((image) => image.id === imageId)
  }
}
