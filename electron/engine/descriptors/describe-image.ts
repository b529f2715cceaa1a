import { at } from '../../base/arrays.ts'
import type { BackendName, EncoderName, QualityFlag, Recipe } from '../../contract/index.ts'
import { factsOf, isHalf, type OpenEncoder } from '../encoders/index.ts'
import { decodeRaster, type ImageFile, type Raster } from '../image/index.ts'
import { AugmentedFrame } from './augmented-frame.ts'
import { constituentsOf, type Constituent } from './constituents.ts'
import type { Matrix } from './npy.ts'
import { prepareFrames, type Frame } from './prepare-frames.ts'

export interface DescribeRequest {
  readonly image: ImageFile
  /** The pixels of the image, if they were decoded before; the file is then not read. */
  readonly raster?: Raster
  /** The image ready to be augmented, if it was prepared before; neither file nor `raster` is then used, and no flags are measured. */
  readonly frames?: readonly Frame[]
  readonly recipe: Recipe
  readonly encoders: readonly OpenEncoder[]
  /** The constituents to compute. Default: every crop set with every given encoder. */
  readonly wanted?: readonly Constituent[]
  /** Without pooling: one row per crop, augmentation by augmentation. */
  readonly raw?: boolean
  /**
   * Uses the pixels of the file without resampling, normalisation, gains or turns. The crops have the positions that
   * `lobule crops` prints. For comparing encoders with other programs.
   */
  readonly identity?: boolean
  readonly signal?: AbortSignal | undefined
  /** Finished encodings and their total number. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface ImageDescription {
  readonly descriptors: readonly (Constituent & {
    /** Augmentations (raw: augmentations times crops) x descriptor length. */
    readonly matrix: Matrix
    /** The half-precision back-end that computed some of the values; null if there was none. */
    readonly inHalf: BackendName | null
  })[]
  readonly flags: readonly QualityFlag[]
  /** Back-ends that took part, in order of first use. */
  readonly backends: readonly BackendName[]
}

/**
 * Computes the descriptors of an image: decode, resample, normalise, then for each augmentation draw the gains, encode,
 * and pool (docs/pipeline.md, sections 2 to 8). Memory holds two augmented images and one encoder's maps at a time.
 *
 * Both modes draw the same gains and crop positions, so they use the same tissue. Mode crops cuts each crop and turns it
 * by its own draw. Mode dense turns the whole augmented image by the augmentation's draw, encodes it once for all crop
 * sets, and averages the map over the turned square of each crop. It does not use the crops' own turns, because an
 * average does not depend on them.
 * @throws AppError with the codes of decodeRaster; `image.invalid-raster`, `encoder.backend-failed`, `job.cancelled`
 */
export async function describeImage(request: DescribeRequest): Promise<ImageDescription> {
  const { recipe, raw = false, onProgress } = request
  const describer = await ImageDescriber.open(request)
  const count = recipe.augmentation.count
  const descriptors = describer.constituents.map((constituent) => {
    const rows = count * (raw ? recipe.crops.count : 1)
    const columns = factsOf(constituent.encoder.model).length
    const { encoder, cropSet } = constituent
    return {
      encoder: encoder.model.name,
      cropSet,
      matrix: { rows, columns, data: new Float32Array(rows * columns) },
    }
  })
  onProgress?.(0, describer.encodings * count)
  for (let augmentation = 0; augmentation < count; augmentation++) {
    const before = describer.encodings * augmentation
    const rows = await describer.describe(augmentation, (done) =>
      onProgress?.(before + done, describer.encodings * count),
    )
    rows.forEach((row, index) => descriptors[index]?.matrix.data.set(row, augmentation * row.length))
  }
  return {
    descriptors: descriptors.map((one) => ({ ...one, inHalf: describer.inHalf(one.encoder) })),
    flags: describer.flags,
    backends: describer.backends,
  }
}

/** Computes the descriptors of a decoded image augmentation by augmentation. */
export class ImageDescriber {
  readonly flags: readonly QualityFlag[]
  /** The computed constituents, in the order of the rows. */
  readonly constituents: readonly { readonly encoder: OpenEncoder; readonly cropSet: number }[]
  /** Number of encodings per augmentation: crops, or whole images. */
  readonly encodings: number
  readonly #request: DescribeRequest
  readonly #frames: readonly Frame[]
  readonly #backends = new Set<BackendName>()
  readonly #inHalf = new Map<EncoderName, BackendName>()
  /** A frame that was made ahead, with its augmentation and index. */
  #next: { readonly key: string; readonly made: AugmentedFrame } | null = null

  private constructor(request: DescribeRequest, frames: readonly Frame[], flags: readonly QualityFlag[]) {
    const { encoders, wanted = constituentsOf(request.recipe) } = request
    this.#request = request
    this.flags = flags
    this.constituents = encoders.flatMap((encoder) =>
      wanted
        .filter((constituent) => constituent.encoder === encoder.model.name)
        .map(({ cropSet }) => ({ encoder, cropSet })),
    )
    this.#frames = frames.filter((frame) => this.#work(frame).length > 0)
    const perFrame = this.#frames.flatMap((frame) =>
      this.#work(frame).map(({ members }) => this.#encodingsOf(frame, members)),
    )
    this.encodings = perFrame.reduce((sum, count) => sum + count, 0)
  }

  /** @throws AppError with the codes of decodeRaster; `image.invalid-raster` */
  static async open(request: DescribeRequest): Promise<ImageDescriber> {
    const { image, recipe, signal, identity = false } = request
    if (request.frames !== undefined) return new ImageDescriber(request, request.frames, [])
    const { path, page, pixelSizeUm, cameraBits } = image
    const { colour } = recipe
    const raster = request.raster ?? (await decodeRaster(path, { page, cameraBits, signal, colour }))
    const { frames, flags } = prepareFrames(raster, pixelSizeUm, recipe, { asTheyAre: identity })
    return new ImageDescriber(request, frames, flags)
  }

  /** Back-ends that took part so far, in order of first use. */
  get backends(): BackendName[] {
    return [...this.#backends]
  }

  /** The half-precision back-end used with an encoder so far; null if there was none. */
  inHalf(encoder: EncoderName): BackendName | null {
    return this.#inHalf.get(encoder) ?? null
  }

  /**
   * The row of each constituent for one augmentation (raw: the concatenated rows of its crops). Returns new arrays. They
   * do not depend on earlier calls.
   * @throws AppError `encoder.backend-failed`, `image.invalid-raster`, `job.cancelled`
   */
  async describe(augmentation: number, onEncoded?: (done: number) => void): Promise<Float32Array[]> {
    const { signal } = this.#request
    const rows: Float32Array[] = []
    let done = 0
    for (const [index, frame] of this.#frames.entries()) {
      const augmented = this.#augmented(index, augmentation)
      for (const { encoder, members } of this.#work(frame)) {
        const cropSets = members.map((member) => this.constituents[member]?.cropSet ?? 0)
        const before = encoder.backend
        // An encoding in the addon or on a GPU leaves this thread free, so the next frame is made during it.
        const [ofSets] = await Promise.all([
          augmented.describe(encoder, cropSets, signal),
          Promise.resolve().then(() => {
            this.#makeNext(index, augmentation)
          }),
        ])
        // A half-precision back-end falls back to full precision, so it can only be the one at the start.
        if (isHalf(before)) this.#inHalf.set(encoder.model.name, before)
        this.#backends.add(encoder.backend)
        members.forEach((member, place) => {
          const ofSet = ofSets[place]
          if (ofSet) rows[member] = ofSet
        })
        done += this.#encodingsOf(frame, members)
        onEncoded?.(done)
      }
    }
    return rows
  }

  /** Encodings for these constituents of an encoder in a frame. */
  #encodingsOf({ raster }: Frame, members: readonly number[]): number {
    const { mode, crops } = this.#request.recipe
    if (mode === 'dense') return Math.min(1, members.length)
    if (mode === 'crops') return members.length * crops.count
    return members.reduce((sum, member) => {
      const { sizePx } = at(crops.sets, this.constituents[member]?.cropSet ?? 0)
      return sum + Math.ceil(raster.widthPx / sizePx) * Math.ceil(raster.heightPx / sizePx)
    }, 0)
  }

  /** A frame in an augmentation: the one that was made ahead, or a new one. */
  #augmented(index: number, augmentation: number): AugmentedFrame {
    const key = `${augmentation} ${index}`
    if (this.#next?.key !== key)
      return new AugmentedFrame(this.#request, at(this.#frames, index), augmentation)
    const { made } = this.#next
    this.#next = null
    return made
  }

  /** Makes the frame that will be needed after this one, if there is one and it is not there. */
  #makeNext(index: number, augmentation: number): void {
    const isLast = index + 1 === this.#frames.length
    const [nextIndex, next] = isLast ? [0, augmentation + 1] : [index + 1, augmentation]
    const key = `${next} ${nextIndex}`
    if (next === this.#request.recipe.augmentation.count || this.#next?.key === key) return
    this.#next = { key, made: this.#augmented(nextIndex, next) }
  }

  /** For each encoder the indices of its constituents in a frame. Encoders without any are left out. */
  #work(frame: Frame): { encoder: OpenEncoder; members: number[] }[] {
    const work = this.#request.encoders.map((encoder) => {
      const isMember = (index: number): boolean => {
        const constituent = this.constituents[index]
        return constituent?.encoder === encoder && frame.cropSets.includes(constituent.cropSet)
      }
      return { encoder, members: [...this.constituents.keys()].filter(isMember) }
    })
    return work.filter(({ members }) => members.length > 0)
  }
}
