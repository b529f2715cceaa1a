import type { StainRecipe } from '../../contract/recipe.ts'
import { checkRaster, type Raster } from '../image/index.ts'
import { densityTable } from './optical-density.ts'
import { percentileInPlace } from './percentile.ts'
import { symmetricEigen, type Matrix3, type Vector3 } from './symmetric-eigen.ts'

/** The two stains of an image, as Macenko's method finds them. */
export interface StainFit {
  /** Unit optical densities R G B. */
  hematoxylin: Vector3
  eosin: Vector3
  /** The 99th percentile of the concentrations of all pixels: hematoxylin, eosin. */
  maximum: readonly [number, number]
}

export type StainFitResult = {
  /** Share of pixels that are not glass, 0..1. */
  tissueFraction: number
  tissuePixels: number
  /** Of the covariance of the tissue's optical densities, largest first; zeros without tissue. */
  eigenvalues: Vector3
} & (
  | { fit: StainFit; degenerate: null }
  /** Why there is no fit: too little tissue, or all of it of one colour or of one stain. */
  | { fit: null; degenerate: 'too-little-tissue' | 'one-stain' }
)

/** Extreme directions closer than this are one stain and its rounding noise; two stains lie 15 degrees apart and more. */
export const smallestStainAngleDegrees = 5

/** PIPELINE.md section 3, steps 1 to 5, after Macenko et al. 2009. Never fails on any valid raster. */
export function fitStains(raster: Raster, recipe: StainRecipe): StainFitResult {
  checkRaster(raster)
  const { data } = raster
  const density = densityTable(recipe.transmittedLight)
  const { tissuePixels, mean, covariance } = tissueMoments(data, density, recipe.tissueThreshold)
  const tissueFraction = tissuePixels / (data.length / 3)
  if (tissuePixels < 2 || tissueFraction < recipe.minimumTissueFraction) {
    return {
      fit: null,
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
  if (!(second.value > 1e-9 * largest.value)) return { ...found, fit: null, degenerate: 'one-stain' }

  const firstAxis = towards(mean, largest.vector)
  const secondAxis = towards(mean, second.vector)
  const angles = tissueAngles(data, density, recipe.tissueThreshold, tissuePixels, firstAxis, secondAxis)
  const extremes = [recipe.anglePercentile, 100 - recipe.anglePercentile].map((percent): Vector3 => {
    const phi = percentileInPlace(angles, percent)
    return combine(Math.sin(phi), firstAxis, Math.cos(phi), secondAxis)
  }) as [Vector3, Vector3]
  if (angleDegrees(...extremes) < smallestStainAngleDegrees) {
    return { ...found, fit: null, degenerate: 'one-stain' }
  }
  const [hematoxylin, eosin] = extremes[0][0] > extremes[1][0] ? extremes : [extremes[1], extremes[0]]
  const maximum = unmixingRows(hematoxylin, eosin).map((row) =>
    percentileInPlace(concentrations(data, density, row), recipe.concentrationPercentile),
  ) as [number, number]
  if (!(maximum[0] > 0 && maximum[1] > 0)) return { ...found, fit: null, degenerate: 'one-stain' }
  return { ...found, fit: { hematoxylin, eosin, maximum }, degenerate: null }
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

/** A pixel is tissue where each channel is at most this grey level, that is OD >= threshold; -1: none is. */
function highestTissueLevel(density: Float64Array, threshold: number): number {
  return density.findLastIndex((value) => value >= threshold)
}

/** Count, mean and covariance (divisor n - 1) of the tissue's optical densities. */
function tissueMoments(data: Uint8Array, density: Float64Array, threshold: number) {
  const highest = highestTissueLevel(density, threshold)
  // Sums about a middling density, so that their squares lose no digits.
  const centre = 0.6
  let tissuePixels = 0
  let [r, g, b, rr, rg, rb, gg, gb, bb] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at] ?? 0
    const green = data[at + 1] ?? 0
    const blue = data[at + 2] ?? 0
    if (red > highest || green > highest || blue > highest) continue
    const x = (density[red] ?? 0) - centre
    const y = (density[green] ?? 0) - centre
    const z = (density[blue] ?? 0) - centre
    tissuePixels += 1
    r += x
    g += y
    b += z
    rr += x * x
    rg += x * y
    rb += x * z
    gg += y * y
    gb += y * z
    bb += z * z
  }
  const n = Math.max(1, tissuePixels)
  const spread = (product: number, left: number, right: number) =>
    (product - (left * right) / n) / Math.max(1, n - 1)
  const [crg, crb, cgb] = [spread(rg, r, g), spread(rb, r, b), spread(gb, g, b)]
  const covariance: Matrix3 = [
    [spread(rr, r, r), crg, crb],
    [crg, spread(gg, g, g), cgb],
    [crb, cgb, spread(bb, b, b)],
  ]
  const mean: Vector3 = [r / n + centre, g / n + centre, b / n + centre]
  return { tissuePixels, mean, covariance }
}

/** The angle atan2(projection on the first axis, projection on the second) of each tissue pixel, radians. */
function tissueAngles(
  data: Uint8Array,
  density: Float64Array,
  threshold: number,
  tissuePixels: number,
  first: Vector3,
  second: Vector3,
): Float64Array {
  const highest = highestTissueLevel(density, threshold)
  const angles = new Float64Array(tissuePixels)
  for (let at = 0, out = 0; at < data.length; at += 3) {
    const red = data[at] ?? 0
    const green = data[at + 1] ?? 0
    const blue = data[at + 2] ?? 0
    if (red > highest || green > highest || blue > highest) continue
    const x = density[red] ?? 0
    const y = density[green] ?? 0
    const z = density[blue] ?? 0
    angles[out++] = Math.atan2(
      first[0] * x + first[1] * y + first[2] * z,
      second[0] * x + second[1] * y + second[2] * z,
    )
  }
  return angles
}

/** One stain's concentration in every pixel, glass included. */
function concentrations(data: Uint8Array, density: Float64Array, row: Vector3): Float64Array {
  const [red, green, blue] = row.map((weight) => density.map((value) => weight * value)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const values = new Float64Array(data.length / 3)
  for (let at = 0, out = 0; at < data.length; at += 3) {
    values[out++] =
      (red[data[at] ?? 0] ?? 0) + (green[data[at + 1] ?? 0] ?? 0) + (blue[data[at + 2] ?? 0] ?? 0)
  }
  return values
}
