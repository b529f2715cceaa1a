import type OpenSeadragon from 'openseadragon'

/** A layer over the whole image of a viewer; it follows every zoom, rotation and move. */
export class HeatMapOverlay {
  #viewer: OpenSeadragon.Viewer | null = null
  #item: OpenSeadragon.TiledImage | null = null
  #address: string | null = null
  #opacity = 1

  /** Call once for each viewer. If another image is opened in it, the present layer is drawn over that one. */
  attach(viewer: OpenSeadragon.Viewer): void {
    this.#viewer = viewer
    this.#item = null
    viewer.addHandler('open', () => {
      this.#item = null
      this.#draw()
    })
    viewer.addHandler('destroy', () => {
      this.#viewer = null
      this.#item = null
    })
  }

  /** @param address null: nothing is shown */
  show(address: string | null, opacity: number): void {
    this.#opacity = opacity
    if (address === this.#address) {
      this.#item?.setOpacity(opacity)
      return
    }
    this.#address = address
    this.#draw()
  }

  /** Whether a layer of the viewer is this one. */
  isLayer(layer: unknown): boolean {
    return this.#item !== null && layer === this.#item
  }

  #draw(): void {
    const viewer = this.#viewer
    const image = viewer?.world.getItemAt(0)
    if (this.#item !== null) viewer?.world.removeItem(this.#item)
    this.#item = null
    const address = this.#address
    if (viewer === null || image === undefined || address === null) return
    const { x, y, width } = image.getBounds(true)
    viewer.addTiledImage({
      tileSource: { type: 'image', url: address, buildPyramid: false },
      x,
      y,
      width,
      opacity: this.#opacity,
      success: (event: Event) => {
        const { item } = event as unknown as { item: OpenSeadragon.TiledImage }
        if (this.#viewer !== viewer) return
        if (this.#address !== address || viewer.world.getItemAt(0) !== image) {
          viewer.world.removeItem(item)
          return
        }
        this.#item = item
        item.setOpacity(this.#opacity)
      },
    })
  }
}
