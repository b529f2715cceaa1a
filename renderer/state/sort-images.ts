import type { ImageView } from '../../electron/contract/index.ts'

export type SortDirection = 'ascending' | 'descending'

/** What a sort may use besides the image. */
export interface SortContext {
  /** Rank of an image's state, the most urgent first. */
  rankOf: (image: ImageView) => number
}

/** How a column is sorted. All values of a column are of one type; undefined: the image has none. */
export interface SortKey {
  valueOf: (image: ImageView, context: SortContext) => string | number | undefined
  /** Direction of the first click on the column head. */
  first: SortDirection
}

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/**
 * Indices of the images in sorted order. Text is compared naturally (image 2 before image 10). Images without a value
 * come last in both directions; equal values keep the given order.
 */
export function sortedPlaces(
  images: readonly ImageView[],
  { valueOf }: SortKey,
  direction: SortDirection,
  context: SortContext,
): number[] {
  const values = images.map((image) => valueOf(image, context))
  const sign = direction === 'ascending' ? 1 : -1
  return [...images.keys()].sort((a, b) => {
    const [first, second] = [values[a], values[b]]
    if (first === undefined || second === undefined) {
      return Number(first === undefined) - Number(second === undefined)
    }
    return sign * compare(first, second)
  })
}

/** Sorted cases by name, images without a case last; within a case the given order. */
export function groupedByCase(images: readonly ImageView[], places: readonly number[]): number[] {
  const groups = Map.groupBy(places, (place) => images[place]?.caseName ?? null)
  return [...groups]
    .sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : natural.compare(a, b)))
    .flatMap(([, members]) => members)
}

/** The direction after a click on a column head: the first direction, then the other, then no sorting. */
export function nextDirection(current: SortDirection | 'none', first: SortDirection): SortDirection | 'none' {
  if (current === 'none') return first
  if (current !== first) return 'none'
  return first === 'ascending' ? 'descending' : 'ascending'
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : natural.compare(String(a), String(b))
}
