/** So many tiles are drawn ahead, which take 96 MiB; two fields of 2048 x 1536 in both stains have 20. */
const mostTiles = 24
/** What is looked at comes first: the server makes four at once. */
const mostAtOnce = 2
/** An image whose tiles take longer (a large file without smaller copies) is not fetched ahead: that costs too much. */
const slowMs = 1000

/** How tiles are fetched and drawn; a test has its own. */
export interface TileMaker<Picture, Drawn> {
  /** Rejects where there is none, or once `signal` is aborted. */
  load: (address: string, signal: AbortSignal) => Promise<Picture>
  draw: (picture: Picture) => Promise<Drawn>
}

interface Tile<Picture, Drawn> {
  picture: Picture
  /** Given away once, since its taker will free it; drawn again from the picture where it is wanted again. */
  drawn: Drawn | null
}

/**
 * Tiles of the images that may come next, fetched and decoded before anybody asks. Nothing is fetched twice, and
 * what belongs to no wanted image is forgotten.
 */
export class TilesAhead<Picture, Drawn> {
  readonly #maker: TileMaker<Picture, Drawn>
  readonly #tiles = new Map<string, Tile<Picture, Drawn>>()
  readonly #loading = new Map<string, AbortController>()
  /** Tiles of images of which one failed or was slow; the viewer will say so, if it comes to that. */
  readonly #givenUp = new Set<string>()
  #wanted: readonly (readonly string[])[] = []

  constructor(maker: TileMaker<Picture, Drawn>) {
    this.#maker = maker
  }

  /**
   * Begins to fetch, or goes on.
   * @param wanted addresses of each image, the likeliest image first and what shows most of it first
   * @param kept addresses of the image that is seen now: of these, what is here stays, for the way back
   */
  fetch(wanted: readonly (readonly string[])[], kept: readonly string[]): void {
    let room = mostTiles
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

  /** Leaves everything to who needs it now, until `fetch`. */
  pause(): void {
    this.#wanted = []
    for (const [address, loading] of this.#loading) this.#stop(address, loading)
  }

  clear(): void {
    this.pause()
    this.#tiles.clear()
    this.#givenUp.clear()
  }

  /** A tile that is here: drawn, which is then the taker's own, or as a picture. */
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
        if (this.#loading.size >= mostAtOnce) return
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
