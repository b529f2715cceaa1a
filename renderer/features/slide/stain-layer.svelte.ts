import type OpenSeadragon from 'openseadragon'

/** The same image in normalised colours, laid over the original; a toggle shows the one or the other at once. */
export class StainLayer {
  #viewer: OpenSeadragon.Viewer | null = null
  #item: OpenSeadragon.TiledImage | null = null
  #source: OpenSeadragon.TileSourceOptions | null = null
  /** Raised with each image, so that what was asked for another one is not laid over this one. */
  #round = 0
  #isOn = $state(false)

  /** Whether the normalised colours are shown; it stays so from image to image. */
  get isOn(): boolean {
    return this.#isOn
  }

  /** To be called once for a viewer. */
  attach(viewer: OpenSeadragon.Viewer): void {
    this.#viewer = viewer
    viewer.addHandler('open', () => {
      this.#item = null
      this.#round++
      if (this.#isOn) this.#add()
    })
    viewer.addHandler('destroy', () => {
      this.#viewer = null
      this.#item = null
    })
  }

  /** Where its tiles are found, for the image that is opened next. */
  prepare(source: OpenSeadragon.TileSourceOptions): void {
    this.#source = source
    this.#item = null
    this.#round++
  }

  /** Whether a layer of the viewer is this picture. */
  isLayer(layer: unknown): boolean {
    return this.#item !== null && layer === this.#item
  }

  toggle(): void {
    this.#isOn = !this.#isOn
    if (this.#item !== null) this.#item.setOpacity(this.#isOn ? 1 : 0)
    else if (this.#isOn) this.#add()
  }

  #add(): void {
    const viewer = this.#viewer
    const image = viewer?.world.getItemAt(0)
    const source = this.#source
    if (viewer === null || image === undefined || source === null) return
    const round = this.#round
    const { x, y, width } = image.getBounds(true)
    viewer.addTiledImage({
      tileSource: source,
      // Right above the original, below whatever else lies over it.
      index: 1,
      x,
      y,
      width,
      opacity: this.#isOn ? 1 : 0,
      success: (event: Event) => {
        const { item } = event as unknown as { item: OpenSeadragon.TiledImage }
        if (this.#viewer !== viewer || this.#round !== round) viewer.world.removeItem(item)
        else {
          this.#item = item
          item.setOpacity(this.#isOn ? 1 : 0)
        }
      },
    })
  }
}
