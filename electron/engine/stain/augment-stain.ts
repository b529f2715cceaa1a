import type { Raster } from '../image/index.ts'
import { mapOpticalDensity } from './optical-density.ts'
import type { Matrix3, Vector3 } from './symmetric-eigen.ts'

/** Factors on the two stains' concentrations. */
export interface StainGains {
  hematoxylin: number
  eosin: number
}

/** Ruifrok and Johnston's matrices as the published system rounds them (docs/pipeline.md, section 4), by rows. */
const deconvolution: Matrix3 = [
  [1.88, -0.07, -0.6],
  [-1.02, 1.13, -0.48],
  [-0.55, -0.13, 1.57],
]
const recomposition: Matrix3 = [
  [0.65, 0.7, 0.29],
  [0.07, 0.99, 0.11],
  [0.27, 0.57, 0.78],
]
const transmittedLight = 240

/**
 * The hematoxylin-eosin augmentation of Ruifrok and Johnston 2001: unmixes the stains, multiplies the first
 * two by the gains, mixes them again; clipped to 0..255 and truncated. A new raster. As the two matrices are
 * rounded inverses, gains of 1 change grey levels by at most one, clipped ones apart. image.invalid-raster.
 *
 * C = D OD, C scaled, OD' = C^T M: together OD' = (M^T diag(g) D) OD. The published logarithm has base 10,
 * which a linear map does not see.
 */
export function augmentStain(raster: Raster, gains: StainGains): Raster {
  const factors: Vector3 = [gains.hematoxylin, gains.eosin, 1]
  const row = (channel: 0 | 1 | 2): Vector3 => {
    const entry = (input: 0 | 1 | 2): number =>
      recomposition[0][channel] * factors[0] * deconvolution[0][input] +
      recomposition[1][channel] * factors[1] * deconvolution[1][input] +
      recomposition[2][channel] * factors[2] * deconvolution[2][input]
    return [entry(0), entry(1), entry(2)]
  }
  return mapOpticalDensity(raster, [row(0), row(1), row(2)], transmittedLight, -1)
}
