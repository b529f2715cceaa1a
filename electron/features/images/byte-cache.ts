/** Keeps made bytes up to a bound, the least recently used going first; equal requests share one making. */
export class ByteCache {
  readonly #limit: number
  /** A Map keeps its order of insertion: the first entry is the least recently used. */
  readonly #kept = new Map<string, Uint8Array>()
  readonly #making = new Map<string, Promise<Uint8Array>>()
  #size = 0

  constructor(limitBytes: number) {
    this.#limit = limitBytes
  }

  /** The bytes of `key`, from memory or by `make`. A failure is told to everyone who waits and not kept. */
  async get(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const kept = this.#kept.get(key)
    if (kept !== undefined) {
      this.#kept.delete(key)
      this.#kept.set(key, kept)
      return kept
    }
    const waiting = this.#making.get(key)
    if (waiting !== undefined) return waiting
    const making = make()
      .then((bytes) => this.#keep(key, bytes))
      .finally(() => this.#making.delete(key))
    this.#making.set(key, making)
    return making
  }

  #keep(key: string, bytes: Uint8Array): Uint8Array {
    this.#kept.set(key, bytes)
    this.#size += bytes.byteLength
    for (const [oldest, old] of this.#kept) {
      if (this.#size <= this.#limit) break
      this.#kept.delete(oldest)
      this.#size -= old.byteLength
    }
    return bytes
  }
}
