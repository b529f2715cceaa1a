import type OpenSeadragon from 'openseadragon'

/** A viewer with the pixel size of its image, um; the same for all if one is unknown. */
export interface ScaledViewer {
  readonly viewer: OpenSeadragon.Viewer
  readonly pixelSizeUm: number
}

/**
 * Keeps viewers of different images at the same scale in um and the same angle, and moves them by the same distance, each from where
 * it is now: the one that was moved last leads, and the others follow. Starts with the scale of the first one. Returns the
 * function that unlinks them.
 */
export function linkScales(views: readonly ScaledViewer[]): () => void {
  const parts = views.map((view) => ({ ...view, start: centreUm(view) }))
  let leader = parts[0]
  // The followers' moves cause the same events.
  let isCopying = false
  const copy = (): void => {
    const image = leader?.viewer.world.getItemAt(0)
    const centre = leader === undefined ? null : centreUm(leader)
    if (leader === undefined || image === undefined || centre === null || leader.start === null) return
    const { viewport } = leader.viewer
    const zoom = image.viewportToImageZoom(viewport.getZoom(true)) / leader.pixelSizeUm
    const moved = centre.minus(leader.start)
    isCopying = true
    try {
      for (const { viewer, pixelSizeUm, start } of parts) {
        const own = viewer.world.getItemAt(0) as OpenSeadragon.TiledImage | undefined
        if (viewer === leader.viewer || own === undefined || start === null) continue
        viewer.viewport.setRotation(viewport.getRotation(true), true)
        viewer.viewport.zoomTo(own.imageToViewportZoom(zoom * pixelSizeUm), undefined, true)
        viewer.viewport.panTo(own.imageToViewportCoordinates(start.plus(moved).divide(pixelSizeUm)), true)
      }
    } finally {
      isCopying = false
    }
  }
  const unlink = parts.map((part) => {
    const lead = (): void => {
      if (!isCopying) leader = part
    }
    const move = (): void => {
      if (leader === part) copy()
    }
    return follow(part.viewer, lead, move)
  })
  copy()
  return () => {
    for (const part of unlink) part()
  }
}

/** The middle of a view in um of its image; null: no image is open. */
function centreUm({ viewer, pixelSizeUm }: ScaledViewer): OpenSeadragon.Point | null {
  const image = viewer.world.getItemAt(0) as OpenSeadragon.TiledImage | undefined
  return image?.viewportToImageCoordinates(viewer.viewport.getCenter(true)).times(pixelSizeUm) ?? null
}

/** @param lead called when the view is moved, also by `linkScales` and `linkViewers` */
function follow(viewer: OpenSeadragon.Viewer, lead: () => void, move: () => void): () => void {
  for (const name of ['zoom', 'pan', 'rotate'] as const) viewer.addHandler(name, lead)
  viewer.addHandler('viewport-change', move)
  return () => {
    for (const name of ['zoom', 'pan', 'rotate'] as const) viewer.removeHandler(name, lead)
    viewer.removeHandler('viewport-change', move)
  }
}

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
    return follow(viewer, lead, move)
  })
  copy()
  return () => {
    for (const part of parts) part()
  }
}
