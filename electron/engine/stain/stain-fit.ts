import type { StainRecipe } from '../../contract/recipe.ts'
import { checkRaster, type Raster } from '../image/index.ts'
import { gatherTissue } from './gather-tissue.ts'
import { densityTable } from './optical-density.ts'
import { angleExtremes, concentrationPercentiles } from './stain-percentiles.ts'
import { symmetricEigen, type Matrix3, type Vector3 } from './symmetric-eigen.ts'

/** The two stains of an image, as Macenko's method finds them. */
export interface StainFit {
  /** Unit optical densities R G B. */
  hematoxylin: Vector3
  eosin: Vector3
  /** The 99th percentile of the concentrations of all pixels: hematoxylin, eosin. */
  maximum: readonly [number, number]
}

/** How well two stains describe the tissue. */
export interface StainFitQuality {
  /** Share of the tissue's squared optical density that the two stains reproduce, 0..1. */
  explainedFraction: number
  /** What they do not reproduce: root mean square over the tissue's pixels, optical density. */
  residualDensity: number
  /** Angle between the two stains; the smaller, the less certain is how much of each a pixel holds. */
  stainAngleDegrees: number
}

export type StainFitResult = {
  /** Share of pixels that are not glass, 0..1. */
  tissueFraction: number
  tissuePixels: number
  /** Of the covariance of the tissue's optical densities, largest first; zeros without tissue. */
  eigenvalues: Vector3
} & (
  | { fit: StainFit; quality: StainFitQuality; degenerate: null }
  /** Why there is no fit: too little tissue, or all of it of one colour or of one stain. */
  | { fit: null; quality: null; degenerate: 'too-little-tissue' | 'one-stain' }
)

/** Extreme directions closer than this are one stain and its rounding noise; two stains lie 15 degrees apart and more. */
export const smallestStainAngleDegrees = 5

/** docs/pipeline.md, section 3, steps 1 to 5, after Macenko et al. 2009. Never fails on any valid raster. */
export function fitStains(raster: Raster, recipe: StainRecipe): StainFitResult {
  checkRaster(raster)
  const { data } = raster
  const density = densityTable(recipe.transmittedLight)
  const { pixels, mean, covariance } = gatherTissue(data, density, recipe.tissueThreshold)
  const tissuePixels = pixels.length / 3
  const tissueFraction = tissuePixels / (data.length / 3)
  if (tissuePixels < 2 || tissueFraction < recipe.minimumTissueFraction) {
    return {
      fit: null,
      quality: null,
      degenerate: 'too-little-tissue',
      tissueFraction,
      tissuePixels,
      eigenvalues: [0, 0, 0],
    }
  }
  const [largest, second, third] = symmetricEigen(covariance)
  const found = {
    tissueFraction,
    tissuePixels,
    eigenvalues: [largest.value, second.value, third.value] as const,
  }
  // A plane needs two directions; 1e-9 of the first eigenvalue is rounding.
  if (!(second.value > 1e-9 * largest.value)) return { ...found, ...oneStain }

  const firstAxis = towards(mean, largest.vector)
  const secondAxis = towards(mean, second.vector)
  const axes = [firstAxis, secondAxis] as const
  const extremes = angleExtremes(pixels, density, axes, 100 - recipe.anglePercentile).map((phi) =>
    combine(Math.sin(phi), firstAxis, Math.cos(phi), secondAxis),
  ) as [Vector3, Vector3]
  if (angleDegrees(...extremes) < smallestStainAngleDegrees) {
    return { ...found, ...oneStain }
  }
  const [hematoxylin, eosin] = extremes[0][0] > extremes[1][0] ? extremes : [extremes[1], extremes[0]]
  const rows = unmixingRows(hematoxylin, eosin)
  const maximum = concentrationPercentiles(data, density, rows, recipe.concentrationPercentile)
  if (!(maximum[0] > 0 && maximum[1] > 0)) return { ...found, ...oneStain }
  const quality = qualityOf(hematoxylin, eosin, mean, covariance, (tissuePixels - 1) / tissuePixels)
  return { ...found, fit: { hematoxylin, eosin, maximum }, quality, degenerate: null }
}

const oneStain = { fit: null, quality: null, degenerate: 'one-stain' } as const

/**
 * From the second moments of the tissue's optical densities, covariance * shrink + mean * mean^T: what lies along
 * the normal of the stains' plane is not reproduced.
 */
function qualityOf(
  hematoxylin: Vector3,
  eosin: Vector3,
  mean: Vector3,
  covariance: Matrix3,
  shrink: number,
): StainFitQuality {
  const cross: Vector3 = [
    hematoxylin[1] * eosin[2] - hematoxylin[2] * eosin[1],
    hematoxylin[2] * eosin[0] - hematoxylin[0] * eosin[2],
    hematoxylin[0] * eosin[1] - hematoxylin[1] * eosin[0],
  ]
  const turned: Vector3 = [dot(covariance[0], cross), dot(covariance[1], cross), dot(covariance[2], cross)]
  const residual = (shrink * dot(turned, cross) + dot(mean, cross) ** 2) / dot(cross, cross)
  const total = shrink * (covariance[0][0] + covariance[1][1] + covariance[2][2]) + dot(mean, mean)
  return {
    explainedFraction: 1 - residual / total,
    residualDensity: Math.sqrt(residual),
    stainAngleDegrees: angleDegrees(hematoxylin, eosin),
  }
}

/** The 2x3 matrix that gives the least-squares concentrations of an optical density: (S^T S)^-1 S^T. */
export function unmixingRows(hematoxylin: Vector3, eosin: Vector3): [Vector3, Vector3] {
  const hh = dot(hematoxylin, hematoxylin)
  const ee = dot(eosin, eosin)
  const he = dot(hematoxylin, eosin)
  const determinant = hh * ee - he * he
  return [
    combine(ee / determinant, hematoxylin, -he / determinant, eosin),
    combine(hh / determinant, eosin, -he / determinant, hematoxylin),
  ]
}

/** The angle between two vectors, degrees. */
export function angleDegrees(left: Vector3, right: Vector3): number {
  const cosine = dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right))
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI
}

const dot = (left: Vector3, right: Vector3): number =>
  left[0] * right[0] + left[1] * right[1] + left[2] * right[2]

const combine = (a: number, left: Vector3, b: number, right: Vector3): Vector3 => [
  a * left[0] + b * right[0],
  a * left[1] + b * right[1],
  a * left[2] + b * right[2],
]

/** The vector or its opposite, so that the mean projects onto it positively. */
const towards = (mean: Vector3, vector: Vector3): Vector3 =>
  dot(mean, vector) < 0 ? [-vector[0], -vector[1], -vector[2]] : vector
