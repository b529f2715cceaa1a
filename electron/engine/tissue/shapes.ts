/** A mask of yes (1) and no (0), row by row. All functions here but `eachPart` change it in place. */
export interface Flags {
  readonly columns: number
  readonly cells: Uint8Array
}

/** Gives `value` to each cell that has one with it within `reach` rows and columns; nothing is beyond the edge. */
export function spread({ columns, cells }: Flags, value: 0 | 1, reach: number): void {
  const rows = cells.length / columns
  const line = (start: number, step: number, length: number): void => {
    const end = start + step * length
    let last = -Infinity
    // Forwards what comes before a cell, backwards what comes after; the cells written on the way do not count.
    const reached: number[] = []
    for (let at = start, place = 0; at < end; at += step, place++) {
      if (cells[at] === value) last = place
      else if (place - last <= reach) reached.push(at)
    }
    last = Infinity
    for (let at = end - step, place = length - 1; at >= start; at -= step, place--) {
      if (cells[at] === value) last = place
      else if (last - place <= reach) cells[at] = value
    }
    for (const at of reached) cells[at] = value
  }
  for (let row = 0; row < rows; row++) line(row * columns, 1, columns)
  for (let column = 0; column < columns; column++) line(column, columns, rows)
}

/** Closes gaps narrower than the square of 2 x `reach` + 1 cells. */
export function close(flags: Flags, reach: number): void {
  spread(flags, 1, reach)
  spread(flags, 0, reach)
}

/** Cells that touch each other. */
export interface Part {
  /** Indices of its cells; valid only during the visit. */
  readonly members: Int32Array
  /** Whether it has a cell at the image's edge. */
  readonly touchesEdge: boolean
}

/**
 * Visits each part (1).
 * @param touching 8: also over corners; 4: by edges only
 */
export function eachPart({ columns, cells }: Flags, touching: 4 | 8, visit: (part: Part) => void): void {
  const rows = cells.length / columns
  const seen = new Uint8Array(cells.length)
  const members = new Int32Array(cells.length)
  for (let first = 0; first < cells.length; first++) {
    if (cells[first] !== 1 || seen[first] === 1) continue
    let [size, touchesEdge] = [1, false]
    members[0] = first
    seen[first] = 1
    for (let next = 0; next < size; next++) {
      const at = members[next] ?? 0
      const row = Math.floor(at / columns)
      const column = at - row * columns
      touchesEdge ||= row === 0 || column === 0 || row === rows - 1 || column === columns - 1
      for (let down = row === 0 ? 0 : -1; down <= (row === rows - 1 ? 0 : 1); down++) {
        for (let across = column === 0 ? 0 : -1; across <= (column === columns - 1 ? 0 : 1); across++) {
          if (touching === 4 && down !== 0 && across !== 0) continue
          const other = at + down * columns + across
          if (cells[other] !== 1 || seen[other] === 1) continue
          seen[other] = 1
          members[size++] = other
        }
      }
    }
    visit({ members: members.subarray(0, size), touchesEdge })
  }
}

/** Gives the cells of each part (1) for which `keep` answers no the value 0. */
export function keepParts(
  flags: Flags,
  touching: 4 | 8,
  keep: (part: { size: number; touchesEdge: boolean }) => boolean,
): void {
  eachPart(flags, touching, ({ members, touchesEdge }) => {
    if (keep({ size: members.length, touchesEdge })) return
    for (const member of members) flags.cells[member] = 0
  })
}

/** Gives the gaps (0) of less than `fewest` cells, which touch by edges, the value 1. */
export function fillGaps({ columns, cells }: Flags, fewest: number): void {
  const gaps = cells.map((cell) => 1 - cell)
  keepParts({ columns, cells: gaps }, 4, ({ size }) => size >= fewest)
  for (let at = 0; at < cells.length; at++) cells[at] = 1 - (gaps[at] ?? 0)
}
