/**
 * Places that hold things for a time, as the elements of a list hold its lines: what stays keeps its place, and what is new
 * gets a place that something has left, so that its element is changed instead of made again, which takes longer.
 */
export class Slots {
  #taken = new Map<string | number, number>()
  #count = 0

  /**
   * The slot of each thing, from 0, for as many as get one now: all that had one, and at most so many new ones.
   * @param keys each one once; the first of the new ones get slots
   */
  of<K extends string | number>(keys: readonly K[], most = Infinity): Map<K, number> {
    const before = this.#taken
    const kept = new Set(keys.flatMap((key) => before.get(key) ?? []))
    const free = Array.from({ length: this.#count }, (_, slot) => slot).filter((slot) => !kept.has(slot))
    const taken = new Map<K, number>()
    let left = most
    for (const key of keys) {
      const slot = before.get(key)
      if (slot !== undefined) taken.set(key, slot)
      else if (left-- > 0) taken.set(key, free.shift() ?? this.#count++)
    }
    this.#taken = taken
    return taken
  }
}
