import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../../base/atomic-file.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { sha256 } from '../../base/sha256.ts'
import {
  AppError,
  type LikenessReference,
  type TrainingReport,
  type VerdictLikeness,
} from '../../contract/index.ts'
import { asMatrix, readNpy, type Matrix } from '../descriptors/index.ts'
import { decodeNpy, encodeNpy } from '../descriptors/npy.ts'
import { likenessOfNew, nearestOthers, neighbours, signatureOf, trainedPValues } from './likeness.ts'

export interface ReferenceRequest {
  /** In the order of the training; `files`: descriptors of each constituent. */
  readonly images: readonly { readonly files: readonly string[]; readonly caseName: string | null }[]
  /** How many augmentations of each are averaged. */
  readonly augmentations: number
  /** Where the vectors go, as <sha256>.npy. */
  readonly directory: string
}

export interface MadeReference {
  readonly reference: LikenessReference
  /** Of each image, as `nearestOthers` gives them. */
  readonly nearest: readonly (readonly number[])[]
}

/** Where a model's vectors lie. */
export const referenceFile = (directory: string, sha256: string): string => join(directory, `${sha256}.npy`)

/**
 * Makes what new images will be compared with: the training images' vectors, written as one float32 file of a row an image,
 * and how far each is from the others. null where there are too few images of other cases. Takes the memory of the vectors
 * (images x descriptor lengths x 4 bytes) and of one image's descriptors.
 * AppError `descriptors.invalid-file`, `path.*`, `job.cancelled`.
 */
export async function makeReference(
  { images, augmentations, directory }: ReferenceRequest,
  signal?: AbortSignal,
): Promise<MadeReference | null> {
  const signatures: Float32Array[] = []
  for (const { files } of images) {
    throwIfCancelled(signal)
    const tables: Matrix[] = []
    for (const file of files) tables.push((await readNpy(file)).matrix)
    signatures.push(signatureOf(tables, augmentations))
  }
  const vectors = asMatrix(signatures)
  const cases = images.map(({ caseName }) => caseName)
  const nearest = await nearestOthers(vectors, cases, signal)
  if (nearest === null) return null
  const bytes = encodeNpy(
    vectors,
    `vectors of training images, the first ${augmentations} augmentations averaged`,
  )
  const bytesSha256 = sha256(bytes)
  await writeAtomically(referenceFile(directory, bytesSha256), bytes)
  const { columns } = vectors
  return { reference: { neighbours, augmentations, columns, sha256: bytesSha256 }, nearest }
}

/** A training's report with what was found of its images' likeness; as it is without a reference. */
export function withLikeness(report: TrainingReport, made: MadeReference | null): TrainingReport {
  if (made === null) return report
  if (made.nearest.length !== report.predictions.length) throw new RangeError('a reference of other images')
  const pValues = trainedPValues(made.nearest)
  return {
    ...report,
    likeness: made.reference,
    predictions: report.predictions.map((row, i) => ({
      ...row,
      likeness: { pValue: pValues[i] ?? 0, distances: [...(made.nearest[i] ?? [])] },
    })),
  }
}

/**
 * Whether a model's vectors and the distances in its report belong together: nothing is believed, all is worked out anew.
 * @returns what is wrong; null: nothing
 */
export async function referenceProblem(
  bytes: Uint8Array,
  report: TrainingReport,
  signal?: AbortSignal,
): Promise<string | null> {
  const { likeness, predictions } = report
  if (likeness === undefined) return 'the report knows nothing of it'
  const vectors = matrixOf(bytes)
  if (vectors === null) return 'it is not a checked table of float32 values'
  if (vectors.rows !== predictions.length || vectors.columns !== likeness.columns) {
    return `it holds ${vectors.rows} x ${vectors.columns} values; the report says ${predictions.length} x ${likeness.columns}`
  }
  if (likeness.neighbours !== neighbours) {
    return `distances to ${likeness.neighbours} neighbours; this version knows ${neighbours}`
  }
  if (!vectors.data.every((value) => Number.isFinite(value))) return 'it holds values that are no numbers'
  const cases = predictions.map(({ caseName }) => caseName)
  const nearest = await nearestOthers(vectors, cases, signal)
  const pValues = nearest === null ? [] : trainedPValues(nearest)
  const isSame = predictions.every(
    (row, i) =>
      row.likeness?.pValue === pValues[i] && row.likeness?.distances.join() === nearest?.[i]?.join(),
  )
  return isSame ? null : 'the distances in the report are not those of its vectors'
}

/** A model's reference as a verdict needs it. */
export interface StoredReference extends MadeReference {
  readonly path: string
}

/** What a model keeps, from its report; null where that is nothing. `directory`: where its vectors lie. */
export function storedReference(
  { likeness: reference, predictions }: TrainingReport,
  directory: string,
): StoredReference | null {
  if (reference === undefined) return null
  const nearest = predictions.map((row) => row.likeness?.distances ?? [])
  return { reference, nearest, path: referenceFile(directory, reference.sha256) }
}

/** The vectors of one model in memory, so that a batch reads them once. */
export class ReferenceCache {
  #known: { readonly sha256: string; readonly vectors: Promise<Matrix> } | null = null

  /** AppError `model.corrupt`. */
  async get({ path, reference: { sha256, columns }, nearest }: StoredReference): Promise<Matrix> {
    if (this.#known?.sha256 !== sha256) {
      const vectors = load(path, sha256)
      this.#known = { sha256, vectors }
      vectors.catch(() => (this.#known = null))
    }
    const matrix = await this.#known.vectors
    if (matrix.rows === nearest.length && matrix.columns === columns) return matrix
    throw corrupt(path, 'the vectors of its training images are not those of its report')
  }
}

const corrupt = (path: string, reason: string, cause?: unknown): AppError =>
  new AppError('model.corrupt', { model: path, reason }, { cause })

async function load(path: string, expectedSha256: string): Promise<Matrix> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw corrupt(path, 'the vectors of its training images cannot be read', error)
  })
  const matrix = sha256(bytes) === expectedSha256 ? matrixOf(bytes) : null
  if (matrix === null) throw corrupt(path, 'the vectors of its training images have changed')
  return matrix
}

function matrixOf(bytes: Uint8Array): Matrix | null {
  try {
    const { matrix, checked } = decodeNpy(bytes, '')
    return checked ? matrix : null
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

/**
 * How like a model's training images a new image is.
 * @param signature null: too few augmentations were asked for
 * @param stored null: the model keeps no reference
 * AppError `model.corrupt`.
 */
export async function measureLikeness(
  signature: Float32Array | null,
  stored: StoredReference | null,
  cache: ReferenceCache,
): Promise<VerdictLikeness> {
  if (stored === null) return { unknown: 'no-reference' }
  const vectors = await cache.get(stored)
  if (signature === null) return { unknown: 'too-few-augmentations' }
  if (signature.length !== vectors.columns) {
    throw corrupt(stored.path, 'its vectors have another length than those of new images')
  }
  return likenessOfNew(signature, vectors, stored.nearest)
}
