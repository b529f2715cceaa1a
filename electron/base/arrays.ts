type ElementOf<A> = A extends ArrayLike<infer E> ? E : never

/**
 * Joins arrays by index: the i-th tuple holds the i-th element of each.
 * @throws RangeError if the lengths differ, so that a misalignment never passes for data
 */
export function zip<A extends readonly ArrayLike<unknown>[]>(
  ...arrays: A
): { [K in keyof A]: ElementOf<A[K]> }[] {
  const lengths = arrays.map(({ length }) => length)
  const [length = 0] = lengths
  if (lengths.some((other) => other !== length)) {
    throw new RangeError(`arrays of different lengths cannot be joined by index: ${lengths.join(', ')}`)
  }
  return Array.from(
    { length },
    (_, i) => arrays.map((array) => array[i]) as { [K in keyof A]: ElementOf<A[K]> },
  )
}

/**
 * The element at `index`, counted from 0.
 * @throws RangeError if there is none
 */
export function at<T>(array: ArrayLike<T>, index: number): T {
  if (!Number.isInteger(index) || index < 0 || index >= array.length) {
    throw new RangeError(`index ${index} is outside an array of ${array.length}`)
  }
  return array[index] as T
}
