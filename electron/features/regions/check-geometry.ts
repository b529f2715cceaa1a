import type { BoundedCompute } from '../../compute/bounded-compute.ts'
import { AppError, type RegionGeometry } from '../../contract/index.ts'
import {
  checkedGeometry,
  isQuickToCheck,
  type CheckedGeometry,
  type ImageSize,
} from '../../engine/regions/geometry.ts'

/**
 * Checks a geometry against its image. Large ones are checked in a process of their own, as the comparison of their
 * edges may take seconds.
 * @throws AppError `region.invalid`
 */
export const checkGeometryIn = (
  bounded: BoundedCompute,
  geometry: RegionGeometry,
  size: ImageSize,
): CheckedGeometry | Promise<CheckedGeometry> =>
  isQuickToCheck(geometry)
    ? checkedGeometry(geometry, size)
    : bounded.run(
        'checkGeometry',
        { geometry, size },
        { refuse: (reason) => new AppError('region.invalid', { reason }) },
      )
