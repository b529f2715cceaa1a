import OpenSeadragon from 'openseadragon'
import { normalizedTilePath, tilePath, tileSizePx, type ImageView } from '../../../electron/contract/index.ts'
import { createViewer, watchReadiness } from './create-viewer.ts'
import { HeatMapOverlay } from './heat-map-overlay.ts'
import { RegionPen } from './region-pen.svelte.ts'
import type { ImageBox, ImagePoint } from './region-shapes.ts'
import { StainLayer } from './stain-layer.svelte.ts'
import { tilePrefetch, tileSourceOf } from './tile-source.ts'
import { tilesOfFit } from './tiles-of-fit.ts'
import { linkScales, linkViewers } from './view-link.ts'
import { ViewedOverlay } from './viewed-overlay.ts'
import { watchRest } from './watch-rest.ts'

const zoomStep = 1.5
const panStepPx = 120
/** A press that moves less is not a drag. */
const dragPx = 4
/** Screen distance within which a press hits a corner or line. */
const nearScreenPx = 8

/** The nearest place of the image. */
function clamped(image: OpenSeadragon.TiledImage, { x, y }: OpenSeadragon.Point): ImagePoint {
  const size = image.getContentSize()
  return { x: Math.max(0, Math.min(size.x, x)), y: Math.max(0, Math.min(size.y, y)) }
}

/**
 * One image under the microscope: zoom, rotate, move, measure. Wraps OpenSeadragon, which draws on a canvas of its
 * own.
 */
export class SlideView {
  #viewer: OpenSeadragon.Viewer | null = null
  #imageZoom = $state(1)
  #rotationDegrees = $state(0)
  #hasFailed = $state(false)
  #isOpen = $state(false)
  #isReady = $state(false)
  /** Increases at each move, for what is drawn over the image; 0: nothing is visible yet. */
  #moves = $state(0)
  /** Whether corners are set by key, at the cross, which then moves over the image. */
  #isByKey = false
  readonly pen = new RegionPen()
  readonly heatMap = new HeatMapOverlay()
  readonly stain = new StainLayer()
  /** What was looked at, on the overview. */
  readonly viewed = new ViewedOverlay()
  readonly #ahead = tilePrefetch()
  #shown: ImageView | null = null
  /** Called at a press that was not a drag while no pen is active. @param nearPx image pixels that count as near */
  onPick: ((point: ImagePoint, nearPx: number) => void) | null = null

  /** Called when a part of the image was on the screen for a while, completely drawn. */
  onRest: ((box: ImageBox) => void) | null = null

  /** Screen pixels for each image pixel. */
  get imageZoom(): number {
    return this.#imageZoom
  }

  get rotationDegrees(): number {
    return this.#rotationDegrees
  }

  /** Whether not even one tile of the image could be shown. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** Whether its size is known and tiles are on their way. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Whether every tile that the present view needs is drawn. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** The middle of the view, in pixels of the page. */
  get centre(): { x: number; y: number } {
    const size = this.#moves === 0 ? undefined : this.#viewer?.viewport.getContainerSize()
    return { x: (size?.x ?? 0) / 2, y: (size?.y ?? 0) / 2 }
  }

  /** The position of an image point on the screen, in pixels of the page from the corner of the canvas. */
  toScreen(point: ImagePoint): { x: number; y: number } {
    const image = this.#moves === 0 ? undefined : this.#viewer?.world.getItemAt(0)
    return image?.imageToViewerElementCoordinates(new OpenSeadragon.Point(point.x, point.y)) ?? point
  }

  /** From image pixels to pixels of the page, as an SVG transformation. */
  get matrix(): string {
    const [origin, right, down] = [
      this.toScreen({ x: 0, y: 0 }),
      this.toScreen({ x: 1000, y: 0 }),
      this.toScreen({ x: 0, y: 1000 }),
    ]
    const terms = [right.x - origin.x, right.y - origin.y, down.x - origin.x, down.y - origin.y]
    return `matrix(${terms.map((term) => term / 1000).join(' ')} ${origin.x} ${origin.y})`
  }

  /** The image point under a point of the window, clamped to the image; null: nothing is open. */
  imagePointAt(clientX: number, clientY: number): ImagePoint | null {
    const corner = this.#viewer?.canvas.getBoundingClientRect()
    if (corner === undefined) return null
    return this.#toImage(new OpenSeadragon.Point(clientX - corner.left, clientY - corner.top))
  }

  /** Sets a corner in the middle of the view, where the view comes to rest. */
  setCornerAtCentre(): void {
    const viewport = this.#viewer?.viewport
    const image = this.#viewer?.world.getItemAt(0)
    if (viewport === undefined || image === undefined) return
    this.#setCorner(clamped(image, image.viewportToImageCoordinates(viewport.getCenter(false))))
    this.#isByKey = true
  }

  /**
   * Shows a part of the image with space around it; no larger than one to one.
   * @param coveredPx pixels of the page at the left that something covers
   */
  goTo({ left, top, right, bottom }: ImageBox, coveredPx = 0): void {
    const viewport = this.#viewer?.viewport
    const image = this.#viewer?.world.getItemAt(0)
    if (viewport === undefined || image === undefined) return
    const size = viewport.getContainerSize()
    const free = Math.max(1, size.x - coveredPx)
    const zoom = Math.min(1, (0.6 * free) / (right - left), (0.6 * size.y) / (bottom - top))
    viewport.panTo(image.imageToViewportCoordinates((left + right) / 2, (top + bottom) / 2))
    viewport.zoomTo(image.imageToViewportZoom(zoom))
    const aside = new OpenSeadragon.Point(-coveredPx / 2, 0)
    viewport.panBy(viewport.deltaPointsFromPixels(aside, false))
    viewport.applyConstraints()
  }

  /** Draws into an element; returns the function that removes the viewer. */
  attach(element: HTMLElement): () => void {
    const viewer = createViewer(element)
    this.#viewer = viewer
    this.stain.attach(viewer)
    this.heatMap.attach(viewer)
    viewer.addHandler('canvas-key', (event) => (event.preventDefaultAction = true))
    viewer.addHandler('open', () => {
      this.#isOpen = true
      this.#measure()
    })
    this.viewed.attach(viewer)
    const restAgain = watchRest(
      viewer,
      () => this.#isReady,
      (box) => this.onRest?.(box),
    )
    watchReadiness(viewer, (isReady) => {
      this.#isReady = isReady
      restAgain()
    })
    viewer.addHandler('resize', () => this.#moves++)
    viewer.addHandler('update-viewport', () => this.#measure())
    viewer.addHandler('open-failed', () => (this.#hasFailed = true))
    viewer.addHandler('tile-loaded', () => (this.#hasFailed = false))
    viewer.addHandler('tile-load-failed', (event) => {
      if (this.heatMap.isLayer(event.tiledImage) || this.stain.isLayer(event.tiledImage)) return
      // The whole image in one tile: without it there is nothing to see.
      const level = (event.tile as OpenSeadragon.Tile | null)?.level ?? 0
      if (level <= Math.log2(tileSizePx)) this.#hasFailed = true
    })
    this.#handlePointer(viewer)
    return () => {
      this.#viewer = null
      this.#shown = null
      this.#ahead.clear()
      viewer.destroy()
    }
  }

  /**
   * Keeps this view and another one of the same image at the same place, scale and angle; returns the function
   * that unlinks them.
   */
  link(other: SlideView): () => void {
    const [viewer, beside] = [this.#viewer, other.#viewer]
    return viewer === null || beside === null ? () => undefined : linkViewers(viewer, beside)
  }

  /**
   * Keeps open views of different images at the same scale in um; moving one moves all by the same distance.
   * @param views the first one gives the scale at the start
   * @returns the function that unlinks them
   */
  static linkScales(views: readonly { view: SlideView; pixelSizeUm: number }[]): () => void {
    return linkScales(
      views.flatMap(({ view, pixelSizeUm }) =>
        view.#viewer === null ? [] : [{ viewer: view.#viewer, pixelSizeUm }],
      ),
    )
  }

  show(image: ImageView, tiles: string): void {
    this.#hasFailed = false
    this.#isOpen = false
    this.#isReady = false
    this.pen.prepareForImage()
    this.#viewer?.viewport.setRotation(0, true)
    this.#rotationDegrees = 0
    // The same image again: its file has changed, or the connection is new.
    if (this.#shown?.id === image.id) this.#ahead.clear()
    else this.#ahead.pause()
    this.#shown = image
    this.stain.prepare(tileSourceOf(image, tiles, this.#ahead, normalizedTilePath))
    this.#viewer?.open(tileSourceOf(image, tiles, this.#ahead) as never)
  }

  /**
   * Once the view is drawn completely, prefetches the tiles that show other images at first: only tissue, never
   * labels or predictions.
   * @param images the likeliest first
   */
  prefetch(images: readonly ImageView[], tiles: string): void {
    const size = this.#isReady ? this.#viewer?.viewport.getContainerSize() : undefined
    if (size === undefined) {
      this.#ahead.pause()
      return
    }
    const screen = size.times(OpenSeadragon.pixelDensityRatio)
    const paths = this.stain.isOn ? [tilePath, normalizedTilePath] : [tilePath]
    const tilesOf = (image: ImageView): string[] =>
      paths.flatMap((pathOf) => tilesOfFit(image, tiles, screen, pathOf))
    this.#ahead.fetch(images.map(tilesOf), this.#shown === null ? [] : tilesOf(this.#shown))
  }

  zoomIn(): void {
    this.#zoomBy(zoomStep)
  }

  zoomOut(): void {
    this.#zoomBy(1 / zoomStep)
  }

  fit(): void {
    this.#viewer?.viewport.goHome()
  }

  /** Zooms in the middle of the view. @param imageZoom screen pixels for each image pixel */
  zoomTo(imageZoom: number): void {
    const viewport = this.#viewer?.viewport
    viewport?.zoomTo(viewport.imageToViewportZoom(imageZoom))
    viewport?.applyConstraints()
  }

  rotate(): void {
    this.#rotationDegrees = (this.#rotationDegrees + 90) % 360
    this.#viewer?.viewport.rotateBy(90)
  }

  /** Moves the view by steps to the right and down. */
  pan(right: number, down: number): void {
    const viewport = this.#viewer?.viewport
    if (viewport === undefined) return
    const pixels = new OpenSeadragon.Point(right * panStepPx, down * panStepPx)
    viewport.panBy(viewport.deltaPointsFromPixels(pixels))
    viewport.applyConstraints()
  }

  #zoomBy(factor: number): void {
    const viewport = this.#viewer?.viewport
    viewport?.zoomBy(factor)
    viewport?.applyConstraints()
  }

  #setCorner(point: ImagePoint): void {
    this.pen.setCorner(point, nearScreenPx / this.#imageZoom)
  }

  /** While a pen is active, a press sets a corner; a second press, or the end of a drag, sets the next one. */
  #handlePointer(viewer: OpenSeadragon.Viewer): void {
    let pressedAt = new OpenSeadragon.Point()
    viewer.addHandler('canvas-press', (event) => {
      pressedAt = event.position
      if (!this.pen.isOn) return
      this.#isByKey = false
      const point = this.#toImage(event.position)
      if (point !== null) this.#setCorner(point)
    })
    viewer.addHandler('canvas-drag', (event) => {
      if (!this.pen.isOn) return
      event.preventDefaultAction = true
      const point = this.#toImage(event.position)
      if (point !== null) this.pen.follow(point)
    })
    viewer.addHandler('canvas-drag-end', (event) => {
      if (!this.pen.isOn) return
      event.preventDefaultAction = true
      const point = this.#toImage(event.position)
      const hasDragged = event.position.distanceTo(pressedAt) > dragPx
      if (hasDragged && this.pen.isDrawing && this.pen.endsDrag && point !== null) this.#setCorner(point)
    })
    viewer.addHandler('canvas-double-click', (event) => {
      event.preventDefaultAction = this.pen.isOn
      this.pen.close()
    })
    viewer.addHandler('canvas-click', (event) => {
      const point = !this.pen.isOn && event.quick ? this.#toImage(event.position) : null
      if (point !== null) this.onPick?.(point, nearScreenPx / this.#imageZoom)
    })
    viewer.canvas.addEventListener('pointermove', (event) => {
      if (!this.pen.isDrawing || event.buttons !== 0) return
      this.#isByKey = false
      const point = this.imagePointAt(event.clientX, event.clientY)
      if (point !== null) this.pen.follow(point)
    })
  }

  /** The image point at a point of the canvas, clamped to the image. */
  #toImage(pixel: OpenSeadragon.Point): ImagePoint | null {
    const image = this.#viewer?.world.getItemAt(0)
    if (image === undefined) return null
    return clamped(image, image.viewerElementToImageCoordinates(pixel))
  }

  #measure(): void {
    const viewport = this.#viewer?.viewport
    const image = this.#viewer?.world.getItemAt(0)
    if (viewport === undefined || image === undefined) return
    this.#imageZoom = image.viewportToImageZoom(viewport.getZoom(true))
    this.#moves++
    if (!this.#isByKey || !this.pen.isDrawing) return
    const cross = this.#toImage(viewport.getContainerSize().divide(2))
    if (cross !== null) this.pen.follow(cross)
  }
}
