import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zip } from '../../base/arrays.ts'
import { writeAtomically } from '../../base/atomic-file.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { sha256 } from '../../base/sha256.ts'
import {
  AppError,
  caseKeyOf,
  type LikenessReference,
  type TrainingReport,
  type VerdictLikeness,
} from '../../contract/index.ts'
import { asMatrix, readNpy, type Matrix } from '../descriptors/index.ts'
import { decodeNpy, encodeNpy } from '../descriptors/npy.ts'
import {
  likenessOfNew,
  meanSignature,
  nearestOthers,
  neighbours,
  signatureOf,
  trainedPValues,
} from './likeness.ts'

export interface ReferenceRequest {
  /** In training order. `fields`: for each field (an image has one, a region may have several) the file of each constituent. */
  readonly images: readonly {
    readonly fields: readonly (readonly string[])[]
    readonly caseName: string | null
    /** Content hash of the image. */
    readonly sha256: string
  }[]
  /** Number of augmentations averaged per image. */
  readonly augmentations: number
  /** The folder where the vectors are written, as <sha256>.npy. */
  readonly directory: string
}

export interface MadeReference {
  readonly reference: LikenessReference
  /** Distances of each image, from `nearestOthers`. */
  readonly nearest: readonly (readonly number[])[]
}

/** The path of a model's vectors. */
export const referenceFile = (directory: string, sha256: string): string => join(directory, `${sha256}.npy`)

/**
 * Makes the reference that new images are compared with: the vectors of the training images, written as one float32 file
 * with one row per image (or region: the mean over its fields), and their distances from each other. Uses memory for the vectors (images x descriptor lengths x
 * 4 bytes) and for the descriptors of one image.
 * @returns null if there are too few images of other cases
 * @throws AppError `descriptors.invalid-file`, `path.*`, `job.cancelled`
 */
export async function makeReference(
  { images, augmentations, directory }: ReferenceRequest,
  signal?: AbortSignal,
): Promise<MadeReference | null> {
  const signatures: Float32Array[] = []
  for (const { fields } of images) {
    const own: Float32Array[] = []
    for (const files of fields) {
      throwIfCancelled(signal)
      const tables: Matrix[] = []
      for (const file of files) tables.push((await readNpy(file)).matrix)
      own.push(signatureOf(tables, augmentations))
    }
    signatures.push(meanSignature(own))
  }
  const vectors = asMatrix(signatures)
  const nearest = await nearestOthers(vectors, images.map(caseKeyOf), signal)
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

/** A training report with the likeness of its images; unchanged without a reference. */
export function withLikeness(report: TrainingReport, made: MadeReference | null): TrainingReport {
  if (made === null) return report
  if (made.nearest.length !== report.predictions.length) throw new RangeError('a reference of other images')
  const pValues = trainedPValues(made.nearest)
  return {
    ...report,
    likeness: made.reference,
    predictions: zip(report.predictions, pValues, made.nearest).map(([row, pValue, distances]) => ({
      ...row,
      likeness: { pValue, distances: [...distances] },
    })),
  }
}

/**
 * Checks a model's vectors against the distances in its report. Trusts nothing: all distances are computed again.
 * @returns what is wrong; null if nothing is
 * @throws AppError `job.cancelled`
 */
export async function referenceProblem(
  bytes: Uint8Array,
  report: TrainingReport,
  signal?: AbortSignal,
): Promise<string | null> {
  const { likeness, predictions } = report
  if (likeness === undefined) return 'the report does not mention it'
  const vectors = matrixOf(bytes)
  if (vectors === null) return 'it is not a checked table of float32 values'
  if (vectors.rows !== predictions.length || vectors.columns !== likeness.columns) {
    return `it holds ${vectors.rows} x ${vectors.columns} values; the report states ${predictions.length} x ${likeness.columns}`
  }
  if (likeness.neighbours !== neighbours) {
    return `it has distances to ${likeness.neighbours} neighbours; this version supports ${neighbours}`
  }
  if (!vectors.data.every((value) => Number.isFinite(value))) return 'it holds values that are not numbers'
  const isSame = async (cases: readonly (string | null)[]): Promise<boolean> => {
    const nearest = await nearestOthers(vectors, cases, signal)
    const pValues = nearest === null ? [] : trainedPValues(nearest)
    return predictions.every(
      (row, i) =>
        row.likeness?.pValue === pValues[i] && row.likeness?.distances.join() === nearest?.[i]?.join(),
    )
  }
  if (await isSame(predictions.map(caseKeyOf))) return null
  // The first models of regions counted each region of an image without a case as a case of its own.
  const hasSuch = predictions.some(({ caseName, region }) => caseName === null && region !== undefined)
  return hasSuch && (await isSame(predictions.map(({ caseName }) => caseName)))
    ? null
    : 'the distances in the report do not match its vectors'
}

/** A model's reference, as a prediction uses it. */
export interface StoredReference extends MadeReference {
  readonly path: string
}

/** The reference that a model's report describes; null if it has none. `directory`: the folder of its vectors. */
export function storedReference(
  { likeness: reference, predictions }: TrainingReport,
  directory: string,
): StoredReference | null {
  if (reference === undefined) return null
  const nearest = predictions.map((row) => row.likeness?.distances ?? [])
  return { reference, nearest, path: referenceFile(directory, reference.sha256) }
}

/** Keeps the vectors of one model in memory, so that a batch reads them once. */
export class ReferenceCache {
  #known: { readonly sha256: string; readonly vectors: Promise<Matrix> } | null = null

  /** @throws AppError `model.corrupt` */
  async get({ path, reference: { sha256, columns }, nearest }: StoredReference): Promise<Matrix> {
    if (this.#known?.sha256 !== sha256) {
      const vectors = load(path, sha256)
      this.#known = { sha256, vectors }
      vectors.catch(() => (this.#known = null))
    }
    const matrix = await this.#known.vectors
    if (matrix.rows === nearest.length && matrix.columns === columns) return matrix
    throw corrupt(path, 'the vectors of its training images do not match its report')
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
 * The likeness of a new image to a model's training images.
 * @param signature null: too few augmentations were used
 * @param stored null: the model has no reference
 * @throws AppError `model.corrupt`
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
    throw corrupt(stored.path, 'the length of its vectors differs from those of new images')
  }
  return likenessOfNew(signature, vectors, stored.nearest)
}
