import type { RegionGeometry, RegionPoint } from '../../contract/index.ts'
import { isInside } from './rings.ts'

/** Whether a position is in the area of a geometry, its border included; lines and points have none. */
export function isInGeometry(geometry: RegionGeometry, point: RegionPoint): boolean {
  const [x, y] = point
  switch (geometry.kind) {
    case 'rectangle':
      return x >= geometry.left && x <= geometry.right && y >= geometry.top && y <= geometry.bottom
    case 'polygon':
      return geometry.parts.some(([outline, ...holes]) => {
        const isOutside = outline === undefined || isInside(point, outline) === 'outside'
        return !isOutside && holes.every((hole) => isInside(point, hole) !== 'inside')
      })
    case 'line':
    case 'point':
      return false
  }
}
