import type { RegionGeometry, RegionPoint } from '../../contract/index.ts'

/** The outline and holes of each part of an area; lines and points have none. */
export function partsOf(geometry: RegionGeometry): RegionPoint[][][] {
  if (geometry.kind === 'polygon') return geometry.parts
  if (geometry.kind !== 'rectangle') return []
  const { left, top, right, bottom } = geometry
  const corners: RegionPoint[] = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ]
  return [[corners]]
}
