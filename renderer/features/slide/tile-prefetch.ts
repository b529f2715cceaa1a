/** Maximum of prefetched tiles, which take 96 MiB; two fields of 2048 x 1536 in both stains have 20. */
const maxTiles = 24
/** The visible image has priority: the server makes four tiles at once. */
const maxConcurrent = 2
/** An image whose tiles take longer (a large file without smaller copies) is not prefetched: that costs too much. */
const slowMs = 1000

/** How tiles are fetched and drawn; a test passes its own. */
export interface TileMaker<Picture, Drawn> {
  /** Rejects if there is no such tile, or once `signal` is aborted. */
  load: (address: string, signal: AbortSignal) => Promise<Picture>
  draw: (picture: Picture) => Promise<Drawn>
}

interface Tile<Picture, Drawn> {
  picture: Picture
  /** Handed out once, since OpenSeadragon frees it; drawn again from the bitmap if it is needed again. */
  drawn: Drawn | null
}

/**
 * Prefetches and decodes tiles of the images that may be shown next. No tile is fetched twice, and tiles of images
 * that are no longer wanted are discarded.
 */
export class TilePrefetch<Picture, Drawn> {
  readonly #maker: TileMaker<Picture, Drawn>
  readonly #tiles = new Map<string, Tile<Picture, Drawn>>()
  readonly #loading = new Map<string, AbortController>()
  /** Tiles of images that had a failed or slow tile; if such an image is opened, the viewer reports it. */
  readonly #givenUp = new Set<string>()
  #wanted: readonly (readonly string[])[] = []

  constructor(maker: TileMaker<Picture, Drawn>) {
    this.#maker = maker
  }

  /**
   * Starts to fetch, or continues.
   * @param wanted addresses of each image, the likeliest image first, and within it the coarsest tiles first
   * @param kept addresses of the visible image: their prefetched tiles stay, for the way back
   */
  fetch(wanted: readonly (readonly string[])[], kept: readonly string[]): void {
    let room = maxTiles
    this.#wanted = wanted.map((addresses) => {
      const some = addresses.slice(0, room)
      room -= some.length
      return some
    })
    const all = new Set(this.#wanted.flat())
    const stays = new Set([...all, ...kept])
    for (const address of this.#tiles.keys()) if (!stays.has(address)) this.#tiles.delete(address)
    for (const address of this.#givenUp) if (!stays.has(address)) this.#givenUp.delete(address)
    for (const [address, loading] of this.#loading) if (!all.has(address)) this.#stop(address, loading)
    this.#go()
  }

  /** Stops until the next `fetch`, so that the visible image loads first. */
  pause(): void {
    this.#wanted = []
    for (const [address, loading] of this.#loading) this.#stop(address, loading)
  }

  clear(): void {
    this.pause()
    this.#tiles.clear()
    this.#givenUp.clear()
  }

  /** A prefetched tile: drawn, then owned by the caller, or as a bitmap. null: not prefetched. */
  take(address: string): { drawn: Drawn } | { picture: Picture } | null {
    const tile = this.#tiles.get(address)
    if (tile === undefined) return null
    const { drawn, picture } = tile
    if (drawn === null) return { picture }
    tile.drawn = null
    return { drawn }
  }

  #stop(address: string, loading: AbortController): void {
    this.#loading.delete(address)
    loading.abort()
  }

  #go(): void {
    for (const addresses of this.#wanted) {
      for (const address of addresses) {
        if (this.#loading.size >= maxConcurrent) return
        if (this.#needs(address)) void this.#make(address, addresses)
      }
    }
  }

  #needs(address: string): boolean {
    const isDone = this.#tiles.get(address)?.drawn != null
    return !isDone && !this.#loading.has(address) && !this.#givenUp.has(address)
  }

  async #make(address: string, ofImage: readonly string[]): Promise<void> {
    const loading = new AbortController()
    this.#loading.set(address, loading)
    try {
      const startedAtMs = performance.now()
      const known = this.#tiles.get(address)?.picture
      const picture = known ?? (await this.#maker.load(address, loading.signal))
      const drawn = await this.#maker.draw(picture)
      if (loading.signal.aborted) return
      this.#tiles.set(address, { picture, drawn })
      if (performance.now() - startedAtMs > slowMs) this.#giveUp(ofImage)
    } catch {
      if (!loading.signal.aborted) this.#giveUp(ofImage)
    } finally {
      if (this.#loading.get(address) === loading) this.#loading.delete(address)
      this.#go()
    }
  }

  #giveUp(ofImage: readonly string[]): void {
    for (const address of ofImage) this.#givenUp.add(address)
  }
}
