/**
 * The percentile of some numbers, with linear interpolation between ranks (NumPy's default, Hyndman and Fan's
 * type 7). Reorders `values` instead of copying and sorting them: two order statistics by Hoare's quickselect.
 * `values` must not be empty nor hold NaN; percent 0..100.
 */
export function percentileInPlace(values: Float64Array, percent: number): number {
  const place = (percent / 100) * (values.length - 1)
  const rank = Math.floor(place)
  const [low, high] = neighboursInPlace(values, rank)
  return low + (place - rank) * (high - low)
}

/** The values that sorting would put at `rank` and after it; the same one twice at the last rank. Reorders them. */
export function neighboursInPlace(values: Float64Array, rank: number): [low: number, high: number] {
  const low = selectInPlace(values, rank)
  if (rank + 1 >= values.length) return [low, low]
  let next = Infinity
  for (let at = rank + 1; at < values.length; at++) {
    const value = values[at] ?? 0
    if (value < next) next = value
  }
  return [low, next]
}

/** The value that sorting would put at `rank`; after it, nothing before `rank` is larger, nothing after it smaller. */
function selectInPlace(values: Float64Array, rank: number): number {
  let left = 0
  let right = values.length - 1
  while (left < right) {
    const pivot = middleOf(values[left] ?? 0, values[(left + right) >> 1] ?? 0, values[right] ?? 0)
    let low = left
    let high = right
    while (low <= high) {
      while ((values[low] ?? 0) < pivot) low++
      while ((values[high] ?? 0) > pivot) high--
      if (low <= high) {
        const held = values[low] ?? 0
        values[low] = values[high] ?? 0
        values[high] = held
        low++
        high--
      }
    }
    if (rank <= high) right = high
    else if (rank >= low) left = low
    else break
  }
  return values[rank] ?? NaN
}

const middleOf = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
