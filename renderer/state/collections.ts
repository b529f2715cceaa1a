/** Read-only collections, copied at each change: the page's state is never changed in place. */
export const indexBy = <K, V>(items: Iterable<V>, keyOf: (item: V) => K): ReadonlyMap<K, V> =>
  new Map(Array.from(items, (item) => [keyOf(item), item]))

/** The position of each item, by its key. */
export const placesBy = <K, V>(items: readonly V[], keyOf: (item: V) => K): ReadonlyMap<K, number> =>
  new Map(items.map((item, place) => [keyOf(item), place]))

export const setOf = <T>(...parts: Iterable<T>[]): ReadonlySet<T> =>
  new Set(parts.flatMap((part) => [...part]))

export const mapOf = <K, V>(...parts: Iterable<readonly [K, V]>[]): ReadonlyMap<K, V> =>
  new Map(parts.flatMap((part) => [...part]))
