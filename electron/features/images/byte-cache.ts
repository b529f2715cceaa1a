/** A cache of computed bytes that evicts the least recently used. Requests for the same key share one computation. */
export class ByteCache {
  readonly #limit: number
  /** A Map keeps its order of insertion: the first entry is the least recently used. */
  readonly #cached = new Map<string, Uint8Array>()
  readonly #pending = new Map<string, Promise<Uint8Array>>()
  #size = 0

  constructor(limitBytes: number) {
    this.#limit = limitBytes
  }

  /** The bytes of `key`, from memory or by `make`. A failure rejects all that wait for it and is not cached. */
  async get(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const cached = this.#cached.get(key)
    if (cached !== undefined) {
      this.#cached.delete(key)
      this.#cached.set(key, cached)
      return cached
    }
    const shared = this.#pending.get(key)
    if (shared !== undefined) return shared
    const pending = make()
      .then((bytes) => this.#store(key, bytes))
      .finally(() => this.#pending.delete(key))
    this.#pending.set(key, pending)
    return pending
  }

  #store(key: string, bytes: Uint8Array): Uint8Array {
    this.#cached.set(key, bytes)
    this.#size += bytes.byteLength
    for (const [oldest, old] of this.#cached) {
      if (this.#size <= this.#limit) break
      this.#cached.delete(oldest)
      this.#size -= old.byteLength
    }
    return bytes
  }
}
