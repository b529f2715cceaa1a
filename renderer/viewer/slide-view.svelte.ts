import OpenSeadragon from 'openseadragon'
import { levelCount, tilePath, tileSizePx, type ImageView } from '../../electron/contract/index.ts'

const zoomStep = 1.5
const panStepPx = 120
const mostZoom = 8

/**
 * OpenSeadragon adds a style element of its own, which the page's security policy refuses, unless it finds
 * one so marked. An element of no namespace is found by its selector and styles nothing.
 */
function keepStyleOut(): void {
  if (document.querySelector('style[data-openseadragon-mobile-css]') !== null) return
  const mark = document.createElementNS(null, 'style')
  mark.setAttribute('data-openseadragon-mobile-css', 'none')
  document.head.append(mark)
}

/** Where OpenSeadragon finds the tiles of an image (contract/tiles.ts). */
export function tileSourceOf(image: ImageView, tiles: string): OpenSeadragon.TileSourceOptions {
  const source = {
    width: image.widthPx,
    height: image.heightPx,
    tileSize: tileSizePx,
    tileOverlap: 0,
    minLevel: 0,
    maxLevel: levelCount(image.widthPx, image.heightPx) - 1,
    getTileUrl: (level: number, column: number, row: number) =>
      tiles + tilePath(image.id, level, column, row),
  }
  return source
}

/** One image under the microscope: zoom, turn, move. Wraps OpenSeadragon, which draws on a canvas of its own. */
export class SlideView {
  #viewer: OpenSeadragon.Viewer | null = null
  #imageZoom = $state(1)
  #rotationDegrees = $state(0)
  #hasFailed = $state(false)
  #isReady = $state(false)

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

  get isReady(): boolean {
    return this.#isReady
  }

  /** Draws into an element; returns the function that takes everything away again. */
  attach(element: HTMLElement): () => void {
    keepStyleOut()
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
    const viewer = OpenSeadragon({
      element,
      // The page hears the keys; the canvas takes no part in them.
      tabIndex: -1,
      drawer: 'canvas',
      showNavigationControl: false,
      showNavigator: true,
      navigatorPosition: 'BOTTOM_RIGHT',
      navigatorSizeRatio: 0.16,
      navigatorOpacity: 1,
      navigatorBackground: 'transparent',
      navigatorBorderColor: 'rgb(128 128 140 / 60%)',
      navigatorDisplayRegionColor: '#5048c4',
      animationTime: isCalm ? 0 : 0.35,
      springStiffness: 9,
      minZoomImageRatio: 0.6,
      maxZoomPixelRatio: mostZoom,
      visibilityRatio: 0.4,
      zoomPerScroll: 1.25,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      imageLoaderLimit: 8,
      crossOriginPolicy: false,
    })
    this.#viewer = viewer
    viewer.addHandler('canvas-key', (event) => (event.preventDefaultAction = true))
    viewer.addHandler('open', () => {
      this.#isReady = true
      this.#measure()
    })
    viewer.addHandler('update-viewport', () => this.#measure())
    viewer.addHandler('open-failed', () => (this.#hasFailed = true))
    viewer.addHandler('tile-loaded', () => (this.#hasFailed = false))
    viewer.addHandler('tile-load-failed', (event) => {
      // The whole image in one tile: without it there is nothing to see.
      const level = (event.tile as OpenSeadragon.Tile | null)?.level ?? 0
      if (level <= Math.log2(tileSizePx)) this.#hasFailed = true
    })
    return () => {
      this.#viewer = null
      viewer.destroy()
    }
  }

  show(image: ImageView, tiles: string): void {
    this.#hasFailed = false
    this.#isReady = false
    this.#viewer?.viewport.setRotation(0, true)
    this.#rotationDegrees = 0
    this.#viewer?.open(tileSourceOf(image, tiles) as never)
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

  /** One image pixel for each pixel of the page. */
  actualSize(): void {
    const viewport = this.#viewer?.viewport
    viewport?.zoomTo(viewport.imageToViewportZoom(1))
  }

  turn(): void {
    this.#rotationDegrees = (this.#rotationDegrees + 90) % 360
    this.#viewer?.viewport.rotateBy(90)
  }

  /** Moves what is seen by steps to the right and down. */
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

  #measure(): void {
    const viewport = this.#viewer?.viewport
    const image = this.#viewer?.world.getItemAt(0)
    if (viewport === undefined || image === undefined) return
    this.#imageZoom = image.viewportToImageZoom(viewport.getZoom(true))
  }
}
