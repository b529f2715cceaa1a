import type OpenSeadragon from 'openseadragon'

/** The same image in normalised colours, as a layer over the original; a toggle switches between them at once. */
export class StainLayer {
  #viewer: OpenSeadragon.Viewer | null = null
  #item: OpenSeadragon.TiledImage | null = null
  #source: OpenSeadragon.TileSourceOptions | null = null
  /** Increases with each image, so that a layer requested for another image is not added to this one. */
  #round = 0
  #isOn = $state(false)

  /** Whether the normalised colours are shown; it stays so from image to image. */
  get isOn(): boolean {
    return this.#isOn
  }

  /** Call once for each viewer. */
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

  /** Sets the tile source for the image that is opened next. */
  prepare(source: OpenSeadragon.TileSourceOptions): void {
    this.#source = source
    this.#item = null
    this.#round++
  }

  /** Whether a layer of the viewer is this one. */
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
      // Directly above the original, below all other layers.
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
