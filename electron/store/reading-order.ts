import { canonicalJson } from '../base/canonical-json.ts'

/** Where an entry is among those of its image (of a comment: of its label). */
export interface Placed {
  readonly at: string
  /** Of an entry that came from another workspace; null: it was made here. */
  readonly orderMs: number | null
}

/** Of an entry that came from another workspace: the import that brought it, and its place in time. */
export interface ReceivedPlace {
  importId: number
  orderMs: number
}

/**
 * The place in time of each entry, ms since 1970. An entry that was made here is later than all that its workspace had
 * then, whatever the clocks said: the maximum of its own time and 1 ms after the latest before it. One that came from
 * elsewhere keeps the place that it has there. So each workspace computes the same place for an entry (a logical clock:
 * Lamport 1978).
 * @param entries every entry of one image, in the order of their rows
 */
export function placesOf(entries: readonly Placed[]): number[] {
  let latest = 0
  return entries.map(({ at, orderMs }) => {
    const place = orderMs ?? Math.max(Date.parse(at), latest + 1)
    latest = Math.max(latest, place)
    return place
  })
}

/**
 * The entries of one image in the order of their places. Without an entry from elsewhere that is the order of their
 * rows. Entries at the same millisecond of two workspaces are in the order of their contents.
 * @param entries in the order of their rows
 * @param content of an entry, with nothing that differs between workspaces
 */
export function inOrder<T extends Placed>(
  entries: readonly T[],
  content: (entry: T) => unknown,
): readonly T[] {
  if (entries.every(({ orderMs }) => orderMs === null)) return entries
  const places = placesOf(entries)
  return entries
    .map((entry, index) => ({ entry, place: places[index] ?? 0 }))
    .toSorted(
      (a, b) =>
        a.place - b.place || compareTexts(canonicalJson(content(a.entry)), canonicalJson(content(b.entry))),
    )
    .map(({ entry }) => entry)
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
