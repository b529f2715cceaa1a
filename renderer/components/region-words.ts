import type { RegionView } from '../../electron/contract/index.ts'
import { strings } from '../app/strings.ts'

const text = strings.regions

/** What was drawn. */
export function kindOf({ geometry }: RegionView): string {
  if (geometry.kind === 'point' && geometry.points.length > 1)
    return text.severalPoints(geometry.points.length)
  if (geometry.kind === 'polygon' && geometry.parts.length > 1)
    return text.severalParts(geometry.parts.length)
  return text.kinds[geometry.kind]
}

/** In um2 or mm2; in square pixels where the pixel size is unknown; empty for points. */
export function areaOf({ extent }: RegionView): string {
  if (extent === null) return ''
  return extent.areaUm2 === null ? text.areaPx(extent.areaPx) : text.area(extent.areaUm2)
}

/** Area and outline; null for points. */
export function extentOf(region: RegionView): string | null {
  const { extent } = region
  if (extent === null) return null
  const length =
    extent.perimeterUm === null ? text.lengthPx(extent.perimeterPx) : text.length(extent.perimeterUm)
  return text.extent(areaOf(region), length)
}
