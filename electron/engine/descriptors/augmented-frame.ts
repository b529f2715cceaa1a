import { at } from '../../base/arrays.ts'
import { AppError } from '../../contract/errors.ts'
import type { Recipe } from '../../contract/index.ts'
import {
  cutCrop,
  drawGains,
  planCrops,
  planTiles,
  planWholeTurn,
  turnRaster,
  upright,
  type Crop,
  type Pose,
} from '../crops/index.ts'
import { factsOf, type OpenEncoder } from '../encoders/index.ts'
import type { ImageFile, Raster } from '../image/index.ts'
import { augmentStain } from '../stain/index.ts'
import { encodeWindows, joined } from './encode-windows.ts'
import { poolFor } from './pool.ts'
import type { Frame } from './prepare-frames.ts'
import { turnWindow } from './turn-window.ts'

/** What of a request an augmentation depends on. */
export interface AugmentationRequest {
  readonly recipe: Recipe
  readonly image: ImageFile
  readonly raw?: boolean
  readonly identity?: boolean
}

/** One augmentation of a frame. */
export class AugmentedFrame {
  readonly #recipe: Recipe
  readonly #raw: boolean
  readonly #identity: boolean
  readonly #draw: { recipeSeed: number; imageSha256: string; augmentation: number }
  readonly #raster: Raster
  /** The whole raster in its pose; only made in mode dense. */
  readonly #turned: Raster | null

  constructor(request: AugmentationRequest, frame: Frame, augmentation: number) {
    const { recipe, image, raw = false, identity = false } = request
    this.#recipe = recipe
    this.#raw = raw
    this.#identity = identity
    this.#draw = { recipeSeed: recipe.seed, imageSha256: image.sha256, augmentation }
    const keepsColours = identity || (augmentation === 0 && recipe.augmentation.firstIsIdentity)
    const gains = drawGains(this.#draw, recipe.augmentation.gainRange)
    this.#raster = keepsColours ? frame.raster : augmentStain(frame.raster, gains)
    this.#turned = recipe.mode === 'dense' ? turnRaster(this.#raster, this.#wholeTurn()) : null
  }

  /** For each crop set: the pooled descriptor, or (raw) the concatenated descriptors of its crops. */
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
      // Pool in any case, because pooling refuses values that cannot be.
      const { isSigned } = factsOf(encoder.model)
      const pooled = descriptors.map((ofSet) => poolFor(isSigned, ofSet, this.#recipe.poolingNorm))
      return this.#raw ? descriptors.map(joined) : pooled
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      // A back-end that returns other values is broken, even if it passed its self-test.
      const { backend } = encoder
      throw new AppError('encoder.backend-failed', { backend, reason: error.message }, { cause: error })
    }
  }

  #plan(cropSet: number): Crop[] {
    const { sets, count } = this.#recipe.crops
    const { widthPx, heightPx } = this.#raster
    const { sizePx } = at(sets, cropSet)
    if (this.#recipe.mode === 'tiles') return planTiles({ sizePx, widthPx, heightPx }, this.#tilePose())
    const crops = planCrops({ ...this.#draw, sizePx, count, widthPx, heightPx })
    return this.#identity ? crops.map((crop) => ({ ...crop, ...upright })) : crops
  }

  /** An image that is not augmented keeps its tiles upright, as a network of one's own is used elsewhere. */
  #tilePose(): Pose {
    const { augmentation } = this.#draw
    return augmentation === 0 && this.#recipe.augmentation.firstIsIdentity ? upright : this.#wholeTurn()
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
    const descriptors = await encodeWindows(encoder, turned, windows, signal)
    let from = 0
    return plans.map((plan) => descriptors.slice(from, (from += plan.length)))
  }
}
