import OpenSeadragon from 'openseadragon'

/** A grid of levels over an image; 0 is empty. */
interface Levels {
  readonly columns: number
  readonly rows: number
  readonly cells: Uint8Array
}

/** Opacity of each level from 1 on, so that a higher magnification is darker. */
const opacities = [0.16, 0.32, 0.5, 0.68] as const
/** Of the colour of the frame that shows the view. */
const [red, green, blue] = [80, 72, 196]

/** The colour of a level from 1 on, as CSS. */
export const viewedColour = (level: number): string =>
  `rgb(${red} ${green} ${blue} / ${100 * (opacities[level - 1] ?? 0)}%)`

/** What was looked at, drawn over the overview of a viewer; it turns with it. */
export class ViewedOverlay {
  #viewer: OpenSeadragon.Viewer | null = null
  #levels: Levels | null = null
  #canvas: HTMLCanvasElement | null = null

  attach(viewer: OpenSeadragon.Viewer): void {
    this.#viewer = viewer
    this.#canvas = null
    // Another image removes what was drawn over the one before.
    viewer.navigator.world.addHandler('add-item', () => {
      this.#canvas = null
      this.#draw()
    })
    viewer.addHandler('destroy', () => (this.#viewer = null))
  }

  /** @param levels null: nothing is shown */
  show(levels: Levels | null): void {
    this.#levels = levels
    this.#draw()
  }

  #draw(): void {
    const navigator = this.#viewer?.navigator
    const image = navigator?.world.getItemAt(0)
    if (navigator === undefined || image === undefined) return
    if (this.#levels === null) {
      if (this.#canvas !== null) navigator.removeOverlay(this.#canvas)
      this.#canvas = null
      return
    }
    if (this.#canvas === null) {
      this.#canvas = document.createElement('canvas')
      this.#canvas.dataset['testid'] = 'viewed'
      this.#canvas.style.pointerEvents = 'none'
      navigator.addOverlay({ element: this.#canvas, location: image.getBounds(true) })
    }
    paint(this.#canvas, this.#levels)
  }
}

function paint(canvas: HTMLCanvasElement, { columns, rows, cells }: Levels): void {
  canvas.width = columns
  canvas.height = rows
  const context = canvas.getContext('2d')
  if (context === null) return
  const picture = context.createImageData(columns, rows)
  cells.forEach((level, cell) => {
    if (level > 0) picture.data.set([red, green, blue, 255 * (opacities[level - 1] ?? 0)], 4 * cell)
  })
  context.putImageData(picture, 0, 0)
}
