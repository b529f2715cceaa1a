import { AppError } from '../../contract/errors.ts'
import type { BackendName, EncoderName, QualityFlag, Recipe } from '../../contract/index.ts'
import {
  cutCrop,
  drawGains,
  planCrops,
  planWholeTurn,
  turnRaster,
  type Crop,
  type Pose,
} from '../crops/index.ts'
import type { OpenEncoder } from '../encoders/index.ts'
import { decodeRaster, type Raster } from '../image/index.ts'
import { augmentStain } from '../stain/index.ts'
import { averageWindows } from './average-windows.ts'
import { constituentsOf, type Constituent } from './constituents.ts'
import type { Matrix } from './npy.ts'
import { poolDescriptors } from './pool.ts'
import { prepareFrames, type Frame } from './prepare-frames.ts'
import { turnWindow } from './turn-window.ts'

export interface DescribeRequest {
  /** A file, or a raster that was decoded already. */
  readonly image: string | Raster
  /** Of the file's bytes; all draws are keyed by it. */
  readonly sha256: string
  /** null: unknown. */
  readonly pixelSizeUm: number | null
  readonly recipe: Recipe
  readonly encoders: readonly OpenEncoder[]
  /** What to describe; default: every crop set by every encoder given. */
  readonly wanted?: readonly Constituent[]
  /** Unpooled: a row for each crop, augmentation by augmentation. */
  readonly raw?: boolean
  /**
   * Pixels as they are in the file: no resampling, no normalisation, no gains, no turns; the crops are at the
   * places that `lobule crops` prints. For comparing encoders with other programs.
   */
  readonly identity?: boolean
  readonly signal?: AbortSignal | undefined
  /** Encodings done, and all of them. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface ImageDescription {
  readonly descriptors: readonly (Constituent & {
    /** Augmentations (raw: augmentations times crops) x descriptor length. */
    readonly matrix: Matrix
  })[]
  readonly flags: readonly QualityFlag[]
  /** Those that took part, in order of appearance. */
  readonly backends: readonly BackendName[]
}

/**
 * The descriptors of an image: decode, resample, normalise, then for each augmentation draw the gains, encode,
 * pool (PIPELINE.md sections 2 to 8). Memory holds one augmented picture and one encoder's maps at a time.
 *
 * Both modes draw the same gains and crop positions, so they see the same tissue. Mode crops cuts each crop
 * and turns it by its own draw. Mode dense turns the whole augmented image by the augmentation's draw, encodes
 * it once for all crop sets, and averages over where each crop's square has gone to; a crop's own turn is not
 * used, since averages do not see it.
 * The codes of decodeRaster; image.invalid-raster, encoder.backend-failed, job.cancelled.
 */
export async function describeImage(request: DescribeRequest): Promise<ImageDescription> {
  const { image, pixelSizeUm, recipe, encoders, signal, onProgress } = request
  const raster = typeof image === 'string' ? await decodeRaster(image, signal ? { signal } : {}) : image
  const { raw = false, identity = false } = request
  const { frames, flags } = prepareFrames(raster, pixelSizeUm, recipe, { asTheyAre: identity })
  const wanted = request.wanted ?? constituentsOf(recipe)
  const results = encoders.flatMap((encoder) =>
    wanted
      .filter((constituent) => constituent.encoder === encoder.model.name)
      .map((constituent) => ({ ...constituent, matrix: emptyMatrix(recipe, encoder, raw) })),
  )
  const matrices = new Map(results.map((result) => [keyOf(result.encoder, result.cropSet), result.matrix]))
  const work = frames.flatMap((frame) =>
    encoders.map((encoder) => ({
      encoder,
      frame,
      cropSets: frame.cropSets.filter((cropSet) => matrices.has(keyOf(encoder.model.name, cropSet))),
    })),
  )
  const encodings = work.reduce((sum, { cropSets }) => sum + encodingsOf(recipe, cropSets.length), 0)
  const total = encodings * recipe.augmentation.count
  const backends = new Set<BackendName>()
  let done = 0
  onProgress?.(done, total)
  for (let augmentation = 0; augmentation < recipe.augmentation.count; augmentation++) {
    for (const frame of frames) {
      const tasks = work.filter((task) => task.frame === frame && task.cropSets.length > 0)
      if (tasks.length === 0) continue
      const picture = new AugmentedFrame(request, frame, augmentation)
      for (const { encoder, cropSets } of tasks) {
        const rows = await picture.describe(encoder, cropSets, signal)
        backends.add(encoder.backend)
        cropSets.forEach((cropSet, index) => {
          const ofSet = rows[index]
          const matrix = matrices.get(keyOf(encoder.model.name, cropSet))
          if (ofSet) matrix?.data.set(ofSet, augmentation * ofSet.length)
        })
        done += encodingsOf(recipe, cropSets.length)
        onProgress?.(done, total)
      }
    }
  }
  return { descriptors: results, flags, backends: [...backends] }
}

const keyOf = (encoder: EncoderName, cropSet: number): string => `${encoder} ${cropSet}`

const encodingsOf = (recipe: Recipe, cropSets: number): number =>
  recipe.mode === 'crops' ? cropSets * recipe.crops.count : Math.min(1, cropSets)

function emptyMatrix(recipe: Recipe, { model }: OpenEncoder, raw: boolean): Matrix {
  const rows = recipe.augmentation.count * (raw ? recipe.crops.count : 1)
  const columns = model.architecture.descriptorLength
  return { rows, columns, data: new Float32Array(rows * columns) }
}

const upright: Pose = { quarterTurns: 0, flipVertical: false, flipHorizontal: false }

/** One augmentation of a frame. */
class AugmentedFrame {
  readonly #recipe: Recipe
  readonly #raw: boolean
  readonly #identity: boolean
  readonly #draw: { recipeSeed: number; imageSha256: string; augmentation: number }
  readonly #raster: Raster
  /** The whole raster in its pose; only made in mode dense. */
  readonly #turned: Raster | null

  constructor(request: DescribeRequest, frame: Frame, augmentation: number) {
    const { recipe, sha256, raw = false, identity = false } = request
    this.#recipe = recipe
    this.#raw = raw
    this.#identity = identity
    this.#draw = { recipeSeed: recipe.seed, imageSha256: sha256, augmentation }
    const asItIs = identity || (augmentation === 0 && recipe.augmentation.firstIsIdentity)
    const gains = drawGains(this.#draw, recipe.augmentation.gainRange)
    this.#raster = asItIs ? frame.raster : augmentStain(frame.raster, gains)
    this.#turned = recipe.mode === 'dense' ? turnRaster(this.#raster, this.#wholeTurn()) : null
  }

  /** For each crop set the pooled descriptor, or (raw) those of its crops, one after the other. */
  async describe(
    encoder: OpenEncoder,
    cropSets: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const plans = cropSets.map((cropSet) => this.#plan(cropSet))
    const descriptors =
      this.#turned === null
        ? await this.#cropByCrop(encoder, plans, signal)
        : await this.#densely(encoder, this.#turned, plans, signal)
    try {
      // Pooled in any case: it refuses what is not a number >= 0.
      const pooled = descriptors.map((ofSet) => poolDescriptors(ofSet, this.#recipe.poolingNorm))
      return this.#raw ? descriptors.map(joined) : pooled
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      // A back-end that answers with other than numbers >= 0 is broken, whatever its self-test said.
      const { backend } = encoder
      throw new AppError('encoder.backend-failed', { backend, reason: error.message }, { cause: error })
    }
  }

  #plan(cropSet: number): Crop[] {
    const { sets, count } = this.#recipe.crops
    const { widthPx, heightPx } = this.#raster
    const crops = planCrops({ ...this.#draw, sizePx: sets[cropSet]?.sizePx ?? 0, count, widthPx, heightPx })
    return this.#identity ? crops.map((crop) => ({ ...crop, ...upright })) : crops
  }

  #wholeTurn(): Pose {
    return this.#identity ? upright : planWholeTurn(this.#draw)
  }

  async #cropByCrop(encoder: OpenEncoder, plans: readonly Crop[][], signal: AbortSignal | undefined) {
    const descriptors: Float32Array[][] = []
    for (const plan of plans) {
      const crops = plan.map((crop) => cutCrop(this.#raster, crop))
      descriptors.push(await encoder.encode(crops, signal))
    }
    return descriptors
  }

  async #densely(
    encoder: OpenEncoder,
    turned: Raster,
    plans: readonly Crop[][],
    signal: AbortSignal | undefined,
  ) {
    const turn = this.#wholeTurn()
    const windows = plans.flat().map(({ left, top, sizePx }) => {
      const square = { leftPx: left, topPx: top, widthPx: sizePx, heightPx: sizePx }
      return turnWindow(square, this.#raster, turn)
    })
    const maps = await encoder.encodeMaps(turned, signal)
    const averages = maps.map((map) => averageWindows(map, turned, windows))
    const descriptors = windows.map((_window, index) => joined(averages.map((ofMap) => ofMap[index])))
    let from = 0
    return plans.map((plan) => descriptors.slice(from, (from += plan.length)))
  }
}

function joined(parts: readonly (Float32Array | undefined)[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + (part?.length ?? 0), 0))
  let from = 0
  for (const part of parts) {
    if (part === undefined) continue
    whole.set(part, from)
    from += part.length
  }
  return whole
}
