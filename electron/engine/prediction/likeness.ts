import { setImmediate as nextTurn } from 'node:timers/promises'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { type Likeness, type TrainingReport } from '../../contract/index.ts'
import type { Matrix } from '../descriptors/npy.ts'

/** Which of the nearest training images counts: one odd image, or two, make nothing else look familiar. */
export const neighbours = 3

/**
 * How many augmentations of an image are averaged: the first three, or as many as every adaptive verdict asks for in a
 * recipe of fewer (stopping-rule.ts: half of them and one). So the same image is described alike whatever effort is made.
 */
export const likenessAugmentations = (count: number): number => Math.min(3, Math.floor(count / 2) + 1)

/**
 * An image as one vector of length 1: of each constituent the mean of the first augmentations' descriptors, scaled to
 * length 1, then all joined and scaled alike, so that each constituent weighs the same. A constituent of zeros stays so.
 * RangeError where a table has fewer rows.
 * @param tables for each constituent one row an augmentation
 */
export function signatureOf(tables: readonly Matrix[], augmentations: number): Float32Array {
  const joined = new Float32Array(tables.reduce((sum, { columns }) => sum + columns, 0))
  let from = 0
  for (const { rows, columns, data } of tables) {
    if (rows < augmentations) throw new RangeError(`${rows} augmentations, ${augmentations} are needed`)
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

/** The distance of two vectors, the first from `a` on and the second from `b` on. */
function distance(first: Float32Array, a: number, second: Float32Array, b: number, length: number): number {
  let sum = 0
  for (let i = 0; i < length; i++) {
    const difference = (first[a + i] ?? 0) - (second[b + i] ?? 0)
    sum += difference * difference
  }
  return Math.sqrt(sum)
}

/** Puts a distance into its place among the smallest, ascending, at most `neighbours` of them. */
function insert(nearest: number[], value: number): void {
  if (nearest.length === neighbours && value >= (nearest[neighbours - 1] ?? 0)) return
  const place = nearest.findIndex((other) => value < other)
  nearest.splice(place < 0 ? nearest.length : place, 0, value)
  if (nearest.length > neighbours) nearest.pop()
}

/**
 * For each training image the distances to the `neighbours` nearest of other cases, ascending; an image without a case is
 * a case of its own. null where an image has fewer than that. The sums are taken in one order: the same bits everywhere.
 * AppError `job.cancelled`.
 * @param vectors one signature a row
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
      insert(nearest[j] ?? [], apart)
    }
    // A row of many images takes a while: a cancel is heard in between.
    await nextTurn()
    throwIfCancelled(signal)
  }
  return nearest.every((own) => own.length === neighbours) ? nearest : null
}

const last = (distances: readonly number[]): number => distances.at(-1) ?? 0

/** The p-value of each training image: the share of all of them that lie as far from their nearest, or further. */
export function trainedPValues(nearest: readonly (readonly number[])[]): number[] {
  const scores = nearest.map(last)
  return scores.map((score) => scores.filter((other) => other >= score).length / scores.length)
}

/**
 * How like the training images a new one is: the distance to its third nearest (Sun, Ming, Zhu and Li 2022,
 * "Out-of-distribution detection with deep nearest neighbors", on vectors of length 1 as there), ranked among the distances
 * that the training images have from the others when the new one is one of them. So every image, the new one too, is
 * measured against all others: were all drawn alike and independently, their ranks would be equally likely, and a p-value
 * of a or less would come up at most so often as a, for any number of images (conformal prediction in its full form: Vovk,
 * Gammerman and Shafer 2005, chapter 2; on nearest neighbours Laxhammar and Falkman 2014).
 * RangeError where the vectors' lengths differ.
 * @param vectors of the training images, one a row
 * @param nearest of the training images, as `nearestOthers` gives them
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
    // What the third smallest becomes when the new image is among the others.
    return Math.min(last(distances), Math.max(distances.at(-2) ?? 0, apart))
  })
  const score = last(own)
  const asFar = scores.filter((other) => other >= score).length
  return { pValue: (1 + asFar) / (rows + 1), distance: score, images: rows }
}

/** How like the others an image of the training set is, from what its model keeps; null where that is nothing. */
export function likenessOfTrained(report: TrainingReport, sha256: string): Likeness | null {
  const { predictions } = report
  const own = predictions.find((row) => row.sha256 === sha256)?.likeness
  if (own === undefined) return null
  return { pValue: own.pValue, distance: last(own.distances), images: predictions.length - 1 }
}
