import type { BackendName } from '../../contract/index.ts'
import { AppError } from '../../contract/errors.ts'
import { windowsInMap } from '../descriptors/average-windows.ts'
import type { PixelWindow, Raster } from '../image/index.ts'
import type { EncoderModel, FeatureMap, OpenEncoder } from './backend.ts'
import { checkEncoderInput } from './check-input.ts'
import { olderAddon, type NativeEncoding } from './native-encoding.ts'
import { isOutOfMemory } from './out-of-memory.ts'

export const noInstructions = 'this processor has neither AVX2 nor NEON'

type TapSize = Omit<FeatureMap, 'data'>

export interface NativeNetwork {
  readonly encoding: NativeEncoding
  readonly handle: unknown
  /** The maps that the network has for an image of this size. */
  readonly tapSizes: (heightPx: number, widthPx: number) => TapSize[]
  /** Images of one size that it computes together, because that is faster. */
  readonly imagesAtOnce: number
}

/** Together they need no more memory than the largest tile of a slide. */
const maxPixelsAtOnce = 1600 * 1500

/** A network in the native addon. It computes on all cores. */
export class NativeEncoder implements OpenEncoder {
  readonly backend: BackendName
  readonly model: EncoderModel
  readonly #encoding: NativeEncoding
  readonly #tapSizes: NativeNetwork['tapSizes']
  readonly #imagesAtOnce: number
  #handle: unknown

  constructor(backend: BackendName, model: EncoderModel, network: NativeNetwork) {
    this.backend = backend
    this.model = model
    this.#encoding = network.encoding
    this.#tapSizes = network.tapSizes
    this.#imagesAtOnce = network.imagesAtOnce
    this.#handle = network.handle
  }

  async encode(crops: readonly Raster[], signal?: AbortSignal): Promise<Float32Array[]> {
    const descriptors: Float32Array[] = []
    for (const batch of batchesOf(crops, this.#imagesAtOnce))
      descriptors.push(...(await this.#encodeTogether(batch, signal)))
    return descriptors
  }

  async encodeMaps(image: Raster, signal?: AbortSignal): Promise<FeatureMap[]> {
    checkEncoderInput(this.model.architecture, image, signal)
    const maps = this.#tapSizes(image.heightPx, image.widthPx).map((size) => ({
      ...size,
      data: new Float32Array(size.channels * size.rows * size.columns),
    }))
    await this.#run(
      [image],
      maps.map(({ data }) => data),
      signal,
    )
    return maps
  }

  async encodeWindows(
    image: Raster,
    windows: readonly PixelWindow[],
    signal?: AbortSignal,
  ): Promise<Float32Array[]> {
    const { architecture } = this.model
    checkEncoderInput(architecture, image, signal)
    const { widthPx, heightPx, data } = image
    const ofTaps = this.#tapSizes(heightPx, widthPx).map((size) => windowsInMap(windows, image, size))
    const { descriptorLength } = architecture
    const averages = new Float32Array(windows.length * descriptorLength)
    const [handle, encoding] = [this.#opened(), this.#encoding]
    await failing(this.backend, () => {
      if (encoding.encodeWindows === undefined) throw new Error(olderAddon)
      return encoding.encodeWindows(handle, data, heightPx, widthPx, averages, ofTaps)
    })
    return windows.map((_window, index) =>
      averages.subarray(index * descriptorLength, (index + 1) * descriptorLength),
    )
  }

  close(): Promise<void> {
    if (this.#handle !== null) this.#encoding.close(this.#handle)
    this.#handle = null
    return Promise.resolve()
  }

  #opened(): unknown {
    if (this.#handle === null) throw new Error(`the encoder ${this.model.name} was closed`)
    return this.#handle
  }

  /** Images of one size; each by itself if the memory does not suffice for all. */
  async #encodeTogether(images: readonly Raster[], signal: AbortSignal | undefined): Promise<Float32Array[]> {
    try {
      return await this.#run(images, [], signal)
    } catch (error) {
      if (images.length === 1 || !(error instanceof AppError) || !isOutOfMemory(error)) throw error
    }
    const descriptors: Float32Array[] = []
    for (const image of images) descriptors.push(...(await this.#run([image], [], signal)))
    return descriptors
  }

  /** @param images of one size; @param maps to fill, of one image; the descriptors */
  async #run(
    images: readonly Raster[],
    maps: Float32Array[],
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const { architecture } = this.model
    for (const image of images) checkEncoderInput(architecture, image, signal)
    const [image] = images
    if (image === undefined) return []
    const { widthPx, heightPx } = image
    const { descriptorLength } = architecture
    const pixels = images.length === 1 ? image.data : oneAfterTheOther(images)
    const descriptors = new Float32Array(images.length * descriptorLength)
    const handle = this.#opened()
    await failing(this.backend, () =>
      this.#encoding.encode(handle, pixels, heightPx, widthPx, descriptors, maps),
    )
    return images.map((_image, index) =>
      descriptors.slice(index * descriptorLength, (index + 1) * descriptorLength),
    )
  }
}

/** Images of one size that follow one another, at most so many at once, and not too many pixels. */
function batchesOf(images: readonly Raster[], most: number): Raster[][] {
  const batches: Raster[][] = []
  for (const image of images) {
    const batch = batches.at(-1)
    const [first] = batch ?? []
    const { widthPx, heightPx } = image
    const fits =
      batch !== undefined &&
      first?.widthPx === widthPx &&
      first.heightPx === heightPx &&
      batch.length < most &&
      (batch.length + 1) * widthPx * heightPx <= maxPixelsAtOnce
    if (fits) batch.push(image)
    else batches.push([image])
  }
  return batches
}

/** The pixels of images of one size. */
function oneAfterTheOther(images: readonly Raster[]): Uint8Array {
  const length = images[0]?.data.length ?? 0
  const pixels = new Uint8Array(images.length * length)
  for (const [index, { data }] of images.entries()) pixels.set(data, index * length)
  return pixels
}

/** Runs `work` and turns its errors into `encoder.backend-failed`. */
export async function failing<T>(backend: BackendName, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError && error.code !== 'boosting.addon-missing') throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('encoder.backend-failed', { backend, reason }, { cause: error })
  }
}
