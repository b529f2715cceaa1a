import type { BackendName } from '../../contract/index.ts'
import { AppError } from '../../contract/errors.ts'
import type { Raster } from '../image/index.ts'
import type { EncoderModel, FeatureMap, OpenEncoder } from './backend.ts'
import { checkEncoderInput } from './check-input.ts'
import type { NativeEncoding } from './native-encoding.ts'

export const noInstructions = 'this processor has neither AVX2 nor NEON'

type TapSize = Omit<FeatureMap, 'data'>

export interface NativeNetwork {
  readonly encoding: NativeEncoding
  readonly handle: unknown
  /** The maps that the network has for an image of this size. */
  readonly tapSizes: (heightPx: number, widthPx: number) => TapSize[]
}

/** A network in the native addon. It computes one image at a time, on all cores. */
export class NativeEncoder implements OpenEncoder {
  readonly backend: BackendName
  readonly model: EncoderModel
  readonly #encoding: NativeEncoding
  readonly #tapSizes: NativeNetwork['tapSizes']
  #handle: unknown

  constructor(backend: BackendName, model: EncoderModel, { encoding, handle, tapSizes }: NativeNetwork) {
    this.backend = backend
    this.model = model
    this.#encoding = encoding
    this.#tapSizes = tapSizes
    this.#handle = handle
  }

  async encode(crops: readonly Raster[], signal?: AbortSignal): Promise<Float32Array[]> {
    const descriptors: Float32Array[] = []
    for (const crop of crops) descriptors.push(await this.#run(crop, [], signal))
    return descriptors
  }

  async encodeMaps(image: Raster, signal?: AbortSignal): Promise<FeatureMap[]> {
    checkEncoderInput(this.model.architecture, image, signal)
    const maps = this.#tapSizes(image.heightPx, image.widthPx).map((size) => ({
      ...size,
      data: new Float32Array(size.channels * size.rows * size.columns),
    }))
    await this.#run(
      image,
      maps.map(({ data }) => data),
      signal,
    )
    return maps
  }

  close(): Promise<void> {
    if (this.#handle !== null) this.#encoding.close(this.#handle)
    this.#handle = null
    return Promise.resolve()
  }

  async #run(image: Raster, maps: Float32Array[], signal: AbortSignal | undefined): Promise<Float32Array> {
    const { architecture, name } = this.model
    checkEncoderInput(architecture, image, signal)
    if (this.#handle === null) throw new Error(`the encoder ${name} was closed`)
    const { widthPx, heightPx, data } = image
    const descriptor = new Float32Array(architecture.descriptorLength)
    const handle = this.#handle
    await failing(this.backend, () =>
      this.#encoding.encode(handle, data, heightPx, widthPx, descriptor, maps),
    )
    return descriptor
  }
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
