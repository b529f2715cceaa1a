import { setImmediate as nextTurn } from 'node:timers/promises'
import { at } from '../../base/arrays.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import type { Likeness, TrainingReport, VerdictLikeness } from '../../contract/index.ts'
import type { Matrix } from '../descriptors/npy.ts'

/** The rank of the neighbour whose distance counts. With 3, one or two odd training images do not make others look similar. */
export const neighbours = 3

/**
 * The number of augmentations to average: three, or the minimum that every adaptive prediction uses if the recipe has few
 * (stopping-rule.ts: half of them plus one). So the vector of an image does not depend on the chosen effort.
 */
export const likenessAugmentations = (count: number): number => Math.min(3, Math.floor(count / 2) + 1)

/**
 * An image as one vector of length 1. For each constituent, the descriptors of the first augmentations are averaged and
 * scaled to length 1. The concatenation is scaled again, so that all constituents have the same weight. A constituent of
 * zeros stays zero.
 * @param tables one per constituent, with one row per augmentation
 * @throws RangeError if a table has fewer rows than `augmentations`
 */
export function signatureOf(tables: readonly Matrix[], augmentations: number): Float32Array {
  const joined = new Float32Array(tables.reduce((sum, { columns }) => sum + columns, 0))
  let from = 0
  for (const { rows, columns, data } of tables) {
    if (rows < augmentations) throw new RangeError(`${rows} augmentations; ${augmentations} are needed`)
    const mean = new Float64Array(columns)
    for (let row = 0; row < augmentations; row++) {
      for (let column = 0; column < columns; column++) {
        mean[column] = (mean[column] ?? 0) + (data[row * columns + column] ?? 0) / augmentations
      }
    }
    const length = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0) * tables.length)
    if (length > 0)
      joined.set(
        Float32Array.from(mean, (value) => value / length),
        from,
      )
    from += columns
  }
  return joined
}

/** The mean of vectors of the same length, scaled to length 1 again; one alone stays as it is, and zeros stay zeros. */
export function meanSignature(signatures: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(), ...others] = signatures
  if (others.length === 0) return first
  const sum = Float64Array.from(first, (_, i) => signatures.reduce((total, own) => total + (own[i] ?? 0), 0))
  const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0))
  return length === 0 ? first : Float32Array.from(sum, (value) => value / length)
}

/** The Euclidean distance of two vectors of `length` values: the first starts at `a`, the second at `b`. */
function distance(first: Float32Array, a: number, second: Float32Array, b: number, length: number): number {
  let sum = 0
  for (let i = 0; i < length; i++) {
    const difference = (first[a + i] ?? 0) - (second[b + i] ?? 0)
    sum += difference * difference
  }
  return Math.sqrt(sum)
}

/** Inserts a distance into the ascending list of the `neighbours` smallest. */
function insert(nearest: number[], value: number): void {
  if (nearest.length === neighbours && value >= (nearest[neighbours - 1] ?? 0)) return
  const index = nearest.findIndex((other) => value < other)
  nearest.splice(index < 0 ? nearest.length : index, 0, value)
  if (nearest.length > neighbours) nearest.pop()
}

/**
 * For each training image, the distances to the `neighbours` nearest images of other cases, ascending. Sums are taken in a fixed order, so the bits are the same everywhere.
 * @param vectors one signature per row
 * @param cases of each row (`caseKeyOf`); null: a case of its own
 * @returns null if an image has fewer neighbours than that
 * @throws AppError `job.cancelled`
 */
export async function nearestOthers(
  vectors: Matrix,
  cases: readonly (string | null)[],
  signal?: AbortSignal,
): Promise<number[][] | null> {
  const { rows, columns, data } = vectors
  const nearest = Array.from({ length: rows }, (): number[] => [])
  for (const [i, own] of nearest.entries()) {
    for (let j = i + 1; j < rows; j++) {
      if (cases[i] !== null && cases[i] === cases[j]) continue
      const apart = distance(data, i * columns, data, j * columns, columns)
      insert(own, apart)
      insert(at(nearest, j), apart)
    }
    // A row takes long if there are many images. Let a cancellation arrive in between.
    await nextTurn()
    throwIfCancelled(signal)
  }
  return nearest.every((own) => own.length === neighbours) ? nearest : null
}

const last = (distances: readonly number[]): number => distances.at(-1) ?? 0

/** The p-value of each training image: the share of training images at least as far from their neighbours. */
export function trainedPValues(nearest: readonly (readonly number[])[]): number[] {
  const scores = nearest.map(last)
  return scores.map((score) => scores.filter((other) => other >= score).length / scores.length)
}

/**
 * The likeness of a new image to the training images: its distance to the third nearest one (Sun, Ming, Zhu and Li 2022,
 * "Out-of-distribution detection with deep nearest neighbors", on vectors of length 1 as there), ranked among the distances
 * of the training images, computed as if the new image were one of them. So every image, including the new one, is measured
 * against all others. If all were drawn independently from the same distribution, all ranks would be equally likely, and a
 * p-value of at most a would occur with probability at most a, for any number of images (full conformal prediction: Vovk,
 * Gammerman and Shafer 2005, chapter 2; with nearest neighbours: Laxhammar and Falkman 2014).
 * @param vectors of the training images, one per row
 * @param nearest of the training images, from `nearestOthers`
 * @throws RangeError if the vectors' lengths differ
 */
export function likenessOfNew(
  signature: Float32Array,
  vectors: Matrix,
  nearest: readonly (readonly number[])[],
): Likeness {
  const { rows, columns, data } = vectors
  if (signature.length !== columns || nearest.length !== rows) {
    throw new RangeError(
      `a vector of ${signature.length} and ${nearest.length} images for ${rows} x ${columns}`,
    )
  }
  const own: number[] = []
  const scores = nearest.map((distances, i) => {
    const apart = distance(signature, 0, data, i * columns, columns)
    insert(own, apart)
    // The third smallest distance once the new image is one of the others.
    return Math.min(last(distances), Math.max(distances.at(-2) ?? 0, apart))
  })
  const score = last(own)
  const asFar = scores.filter((other) => other >= score).length
  return { pValue: (1 + asFar) / (rows + 1), distance: score, images: rows }
}

/** The likeness of an image of the training set as a whole, as stored with its model. That of a region is of other tissue. */
export function likenessOfTrained(report: TrainingReport, sha256: string): VerdictLikeness {
  const { likeness, predictions } = report
  if (likeness === undefined) return { unknown: 'no-reference' }
  const own = predictions.find((row) => row.sha256 === sha256 && row.region === undefined)?.likeness
  if (own === undefined) return { unknown: 'only-regions' }
  return { pValue: own.pValue, distance: last(own.distances), images: predictions.length - 1 }
}
