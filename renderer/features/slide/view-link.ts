import type OpenSeadragon from 'openseadragon'

/**
 * Keeps two viewers of the same image at the same place, scale and angle: the one that was moved last leads, frame
 * by frame, and the other one follows. Starts with the view of the first one. Returns the function that unlinks
 * them.
 */
export function linkViewers(first: OpenSeadragon.Viewer, second: OpenSeadragon.Viewer): () => void {
  let leader = first
  // The follower's moves cause the same events.
  let isCopying = false
  const copy = (): void => {
    const [from, to] = [leader.viewport, (leader === first ? second : first).viewport]
    isCopying = true
    try {
      to.setRotation(from.getRotation(true), true)
      // A viewport's zoom is in widths of its container.
      const widths = from.getContainerSize().x / to.getContainerSize().x
      to.zoomTo(from.getZoom(true) * widths, undefined, true)
      to.panTo(from.getCenter(true), true)
    } finally {
      isCopying = false
    }
  }
  const parts = [first, second].map((viewer) => {
    const lead = (): void => {
      if (!isCopying) leader = viewer
    }
    const move = (): void => {
      if (leader === viewer) copy()
    }
    for (const name of ['zoom', 'pan', 'rotate'] as const) viewer.addHandler(name, lead)
    viewer.addHandler('viewport-change', move)
    return () => {
      for (const name of ['zoom', 'pan', 'rotate'] as const) viewer.removeHandler(name, lead)
      viewer.removeHandler('viewport-change', move)
    }
  })
  copy()
  return () => {
    for (const part of parts) part()
  }
}
