import type { InferenceSession } from 'onnxruntime-node'
import { throwIfCancelled } from '../../../base/cancellation.ts'
import { AppError } from '../../../contract/errors.ts'
import { acceptsSize, type BackendName, type EncoderManifest } from '../../../contract/index.ts'
import { checkRaster, extendByMirroring, type Raster } from '../../image/index.ts'
import type { FeatureMap, OpenEncoder, OwnModel } from '../backend.ts'
import { factsOfManifest } from '../network-facts.ts'
import { inputTensor } from './own-input.ts'
import { OutputError, patchMap, pooledOutput, type RawOutput } from './own-output.ts'

/**
 * An encoder of one's own in a session of ONNX Runtime. The graph is used as it is: its manifest's input and output are
 * prepared here, one image a run, so that a result never depends on its batch.
 */
export class OwnEncoder implements OpenEncoder {
  readonly model: OwnModel
  readonly backend: BackendName
  #session: InferenceSession | null

  constructor(backend: BackendName, model: OwnModel, session: InferenceSession) {
    this.backend = backend
    this.model = model
    this.#session = session
  }

  async encode(crops: readonly Raster[], signal?: AbortSignal): Promise<Float32Array[]> {
    const { input, output } = this.model.manifest
    const descriptors: Float32Array[] = []
    for (const crop of crops) {
      throwIfCancelled(signal)
      checkRaster(crop)
      requireSize(this.model.name, input.size, crop)
      const raw = await this.#run(crop)
      descriptors.push(this.#believing(() => pooledOutput(output, raw)))
    }
    return descriptors
  }

  async encodeMaps(image: Raster, signal?: AbortSignal): Promise<FeatureMap[]> {
    throwIfCancelled(signal)
    checkRaster(image)
    const { input, output } = this.model.manifest
    const { isDense, isSigned } = factsOfManifest(this.model.manifest)
    if ('fixedPx' in input.size || !isDense) throw new RangeError(`${this.model.name} has no dense mode`)
    const { multipleOf, maxPx } = input.size
    const whole = extendedTo(image, input.size)
    const { widthPx, heightPx } = whole
    if (Math.max(widthPx, heightPx) > maxPx) {
      const reason = `${this.model.name} takes at most ${maxPx} pixels at a time, not ${widthPx} x ${heightPx}: use mode=tiles`
      throw new AppError('image.invalid-raster', { reason })
    }
    const raw = await this.#run(whole)
    const patches = { rows: heightPx / multipleOf, columns: widthPx / multipleOf }
    const map = this.#believing(() => patchMap(output, raw, patches))
    return [{ ...map, isSigned, covers: { widthPx, heightPx } }]
  }

  async close(): Promise<void> {
    const session = this.#session
    this.#session = null
    await session?.release()
  }

  async #run(image: Raster): Promise<RawOutput> {
    const { input, output } = this.model.manifest
    if (this.#session === null) throw new Error(`the encoder ${this.model.name} was closed`)
    const feeds = { [input.name]: inputTensor(input, image) }
    const results = await this.#session
      .run(feeds, [output.name])
      .catch((error: unknown) => this.#failed(error instanceof Error ? error.message : String(error), error))
    const result = results[output.name]
    return result ?? this.#failed(`it has no output ${output.name}`, null)
  }

  #believing<T>(read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (error instanceof OutputError) return this.#failed(error.message, error)
      throw error
    }
  }

  #failed(reason: string, cause: unknown): never {
    throw new AppError('encoder.backend-failed', { backend: this.backend, reason }, { cause })
  }
}

type Size = EncoderManifest['input']['size']

function requireSize(name: string, size: Size, { widthPx, heightPx }: Raster): void {
  if (widthPx === heightPx && acceptsSize(size, widthPx)) return
  const reason = `${name} takes ${sizeWords(size)}, not ${widthPx} x ${heightPx} pixels`
  throw new AppError('image.invalid-raster', { reason })
}

/** The sizes that a network takes, in words. */
const sizeWords = (size: Size): string =>
  'fixedPx' in size
    ? `squares of ${size.fixedPx} pixels`
    : `squares of ${size.minPx} to ${size.maxPx} pixels${size.multipleOf === 1 ? '' : `, multiples of ${size.multipleOf}`}`

/** Extended to the right and downwards by mirroring, to whole patches. */
function extendedTo(image: Raster, { multipleOf, minPx }: Exclude<Size, { fixedPx: number }>): Raster {
  const edge = (px: number): number => Math.ceil(Math.max(px, minPx) / multipleOf) * multipleOf
  return extendByMirroring(image, edge(image.widthPx), edge(image.heightPx))
}
