import OpenSeadragon from 'openseadragon'
import { minPixelRatio } from './tiles-of-fit.ts'

/** Screen pixels for each image pixel. */
const maxZoom = 8
/** Far enough out for the weakest objective. */
const minZoomOfFit = 0.1

/** Creates an OpenSeadragon viewer in an element, with the settings for one image under the microscope. */
export function createViewer(element: HTMLElement): OpenSeadragon.Viewer {
  preventStyleElement()
  const prefersStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  return OpenSeadragon({
    element,
    // The page handles the keys; the canvas takes no focus.
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
    animationTime: prefersStill ? 0 : 0.35,
    springStiffness: 9,
    minZoomImageRatio: minZoomOfFit,
    maxZoomPixelRatio: maxZoom,
    visibilityRatio: 0.4,
    zoomPerScroll: 1.25,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    // All tiles of a field at once: with fewer, the rest would wait for this thread between two batches.
    imageLoaderLimit: 20,
    // As many as a view has, instead of one for each frame.
    maxTilesPerFrame: 200,
    minPixelRatio,
    // 4 MiB each. The largest screens show about 60 of them.
    maxImageCacheCount: 96,
    crossOriginPolicy: false,
  })
}

/**
 * OpenSeadragon adds a style element of its own, which the page's security policy refuses, unless it finds
 * one with this mark. An element without a namespace is found by the selector and styles nothing.
 */
function preventStyleElement(): void {
  if (document.querySelector('style[data-openseadragon-mobile-css]') !== null) return
  const mark = document.createElementNS(null, 'style')
  mark.setAttribute('data-openseadragon-mobile-css', 'none')
  document.head.append(mark)
}

/**
 * Reports whether every tile that the present view needs is drawn, at each change. The viewer's own event does not come
 * if one completely drawn image follows another.
 */
export function watchReadiness(viewer: OpenSeadragon.Viewer, onChange: (isReady: boolean) => void): void {
  const { world } = viewer
  const check = (): void => {
    const items = Array.from({ length: world.getItemCount() }, (_, index) => world.getItemAt(index))
    const visible = items.filter((item) => item.getOpacity() > 0)
    onChange(visible.length > 0 && visible.every((item) => item.getFullyLoaded()))
  }
  world.addHandler('add-item', ({ item }) => {
    item.addHandler('fully-loaded-change', check)
    item.addHandler('opacity-change', check)
    check()
  })
  world.addHandler('remove-item', check)
}
