/** A group of places of one kind that touch by an edge. */
export interface ConnectedPlaces {
  /** Index of the kind. */
  readonly kind: number
  /** Positions in `cells`, in the order in which they were reached. */
  readonly members: readonly number[]
}

/**
 * The groups of places of the same kind that are neighbours in a row or a column; a corner is no contact. Ordered by
 * their first place.
 * @param cells indices into a grid with this many columns, ascending
 * @param kinds of each place
 */
export function connectPlaces(
  cells: ArrayLike<number>,
  kinds: ArrayLike<number>,
  columns: number,
): ConnectedPlaces[] {
  const placeAt = new Map(Array.from(cells, (cell, place) => [cell, place]))
  const isReached = new Uint8Array(cells.length)
  const groups: ConnectedPlaces[] = []
  for (let first = 0; first < cells.length; first++) {
    if (isReached[first] === 1) continue
    const kind = kinds[first] ?? -1
    const members = [first]
    isReached[first] = 1
    for (let next = 0; next < members.length; next++) {
      for (const cell of neighboursOf(cells[members[next] ?? first] ?? 0, columns)) {
        const place = placeAt.get(cell)
        if (place === undefined || isReached[place] === 1 || kinds[place] !== kind) continue
        isReached[place] = 1
        members.push(place)
      }
    }
    groups.push({ kind, members })
  }
  return groups
}

/** Cells above, below and beside; those outside the grid have no place. */
function neighboursOf(cell: number, columns: number): number[] {
  const column = cell % columns
  const beside = [...(column > 0 ? [cell - 1] : []), ...(column + 1 < columns ? [cell + 1] : [])]
  return [cell - columns, ...beside, cell + columns]
}
