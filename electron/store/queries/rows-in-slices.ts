import type { Sliced } from '../../base/slices.ts'

/** Rows that are read at once: some 5 to 20 ms of work. */
export const rowsOfSlice = 1000

/**
 * Reads rows in slices, in the order of their ids.
 * @param next up to `rowsOfSlice` rows with larger ids
 */
export function* rowsInSlices<R extends { id: number }>(
  next: (after: number) => R[],
  take: (row: R) => void,
): Sliced<void> {
  for (let after = 0; ; yield) {
    const rows = next(after)
    for (const row of rows) take(row)
    if (rows.length < rowsOfSlice) return
    after = rows.at(-1)?.id ?? after
  }
}
