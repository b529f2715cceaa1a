import type { RegionView } from '../../../electron/contract/index.ts'
import { strings } from '../../words/index.ts'

const text = strings.regions

/** The kind of the region, for display. */
export function kindOf({ geometry }: RegionView): string {
  if (geometry.kind === 'point' && geometry.points.length > 1)
    return text.severalPoints(geometry.points.length)
  if (geometry.kind === 'polygon' && geometry.parts.length > 1)
    return text.severalParts(geometry.parts.length)
  if (geometry.kind === 'line' && geometry.points.length > 2) return text.longLine(geometry.points.length)
  return text.kinds[geometry.kind]
}

/** In um or mm; in pixels if the pixel size is unknown. */
export const lengthText = (px: number, um: number | null): string =>
  um === null ? text.lengthPx(px) : text.length(um)

/** The area, or a line's length; in pixels if the pixel size is unknown; empty for points. */
export function sizeOf({ extent, length }: RegionView): string {
  if (length !== null) return lengthText(length.px, length.um)
  if (extent === null) return ''
  return extent.areaUm2 === null ? text.areaPx(extent.areaPx) : text.area(extent.areaUm2)
}

/** Area and outline, or a line's length; null for points. */
export function extentOf(region: RegionView): string | null {
  const { extent } = region
  if (extent === null) return sizeOf(region) || null
  return text.extent(sizeOf(region), lengthText(extent.perimeterPx, extent.perimeterUm))
}
