import type { BackendName, QualityFlag } from '../../contract/index.ts'
import { ImageDescriber } from './describe-image.ts'
import {
  beginningFile,
  describeRequest,
  imagePlaces,
  keepRows,
  readRows,
  type DescriptorPlace,
  type DescriptorRows,
  type EnsureRequest,
} from './ensure-descriptors.ts'
import type { Matrix } from './npy.ts'

/** The existing rows of one constituent, first to last. */
interface Rows {
  readonly place: DescriptorPlace
  /** All augmentations from the store; null if some are missing. */
  readonly stored: Matrix | null
  /** The first augmentations, from the store or just computed. */
  readonly begun: Float32Array[]
  /** Those of them that were in the store; null: none. */
  readonly kept: DescriptorRows | null
}

/**
 * The descriptors of an image, one augmentation per call of `next`. Augmentation k is the same row, to the bit, as row k
 * of `ensureDescriptors`. Stored rows are read, and the others are computed. The image is decoded only if something has
 * to be computed.
 */
export class StepwiseDescriptors {
  /** Number of augmentations of the recipe. */
  readonly possible: number
  readonly #request: EnsureRequest
  readonly #rows: readonly Rows[]
  #describer: ImageDescriber | null = null
  #taken = 0

  private constructor(request: EnsureRequest, rows: readonly Rows[]) {
    this.possible = request.recipe.augmentation.count
    this.#request = request
    this.#rows = rows
  }

  /** Codes of OpenEncoders.get; with `needFlags` those of ensureDescriptors too. */
  static async open(request: EnsureRequest): Promise<StepwiseDescriptors> {
    const { count } = request.recipe.augmentation
    const rows: Rows[] = []
    for (const place of await imagePlaces(request)) {
      const stored = await readRows(place.file, count, place.encoder)
      const first =
        stored === null
          ? await readRows(beginningFile(place.file), count, place.encoder, { orFewer: true })
          : null
      rows.push({ place, stored, begun: first ? rowsOf(first) : [], kept: first })
    }
    const described = new StepwiseDescriptors(request, rows)
    if (request.needFlags === true) await described.#open()
    return described
  }

  /** null: not measured, because nothing had to be computed. */
  get flags(): readonly QualityFlag[] | null {
    return this.#describer?.flags ?? null
  }

  /** Back-ends that took part; empty if everything was stored. */
  get backends(): BackendName[] {
    return this.#describer?.backends ?? []
  }

  /**
   * The rows of the next augmentation, one per constituent in the order of `constituentsOf(recipe)`.
   * @throws RangeError after the last augmentation; AppError `image.file-changed` and the codes of describeImage
   */
  async next(): Promise<Float32Array[]> {
    const augmentation = this.#taken
    if (augmentation === this.possible) throw new RangeError('there is no further augmentation')
    const missing = this.#missing()
    if (missing.some(({ begun }) => begun.length <= augmentation)) {
      const describer = await this.#open()
      const { onProgress } = this.#request
      const made = await describer.describe(augmentation, (done) =>
        onProgress?.(augmentation + done / describer.encodings, this.possible),
      )
      describer.constituents.forEach(({ encoder, cropSet }, index) => {
        const to = missing.find(({ place }) => place.encoder === encoder && place.cropSet === cropSet)
        const row = made[index]
        if (to && row) to.begun[augmentation] = row
      })
    }
    this.#taken += 1
    this.#request.onProgress?.(this.#taken, this.possible)
    return this.#rows.map(({ stored, begun }) => {
      const row = stored === null ? begun[augmentation] : rowOf(stored, augmentation)
      if (row === undefined) throw new RangeError(`no descriptor of augmentation ${augmentation}`)
      return row
    })
  }

  /**
   * Stores computed rows: all rows like ensureDescriptors, fewer in a file of their own, from which a later call
   * continues. Does not write what is stored already.
   * @throws AppError `path.not-writable`
   */
  async keep(): Promise<void> {
    for (const { place, begun, kept } of this.#missing()) {
      if (begun.length <= (kept?.rows ?? 0)) continue
      const inHalf = this.#describer?.inHalf(place.encoder.model.name) ?? kept?.inHalf ?? null
      await keepRows(place, { ...asMatrix(begun), inHalf }, this.possible)
    }
  }

  #missing(): Rows[] {
    return this.#rows.filter(({ stored }) => stored === null)
  }

  async #open(): Promise<ImageDescriber> {
    const missing = this.#missing().map(({ place }) => place)
    this.#describer ??= await ImageDescriber.open(await describeRequest(this.#request, missing))
    return this.#describer
  }
}

const rowOf = ({ columns, data }: Matrix, row: number): Float32Array =>
  data.slice(row * columns, (row + 1) * columns)

const rowsOf = (matrix: Matrix): Float32Array[] =>
  Array.from({ length: matrix.rows }, (_, row) => rowOf(matrix, row))

/** Stacks rows of the same length. */
export function asMatrix(rows: readonly Float32Array[]): Matrix {
  const columns = rows[0]?.length ?? 0
  const data = new Float32Array(rows.length * columns)
  rows.forEach((row, index) => data.set(row, index * columns))
  return { rows: rows.length, columns, data }
}
