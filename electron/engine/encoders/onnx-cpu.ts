import { InferenceSession, Tensor } from 'onnxruntime-node'
import { AppError } from '../../contract/errors.ts'
import { checkRaster, type Raster } from '../image/index.ts'
import type { EncoderBackend, EncoderModel, FeatureMap, OpenEncoder } from './backend.ts'
import { graphNames } from './emit-onnx.ts'

const name = 'onnxruntime-cpu'

/**
 * ONNX Runtime on the processor. One picture a run: on a CPU that is as fast as a batch (one crop of 400
 * pixels keeps all cores busy; measured, ResNet-50 on two cores: 90 ms a crop alone, 87 in sixes; VGG-16: 292
 * against 463), needs the least memory, and makes the result independent of the batch by construction.
 * Threads split each operation by output, so their number does not change the bits either (checked in
 * test/unit/encoders/onnx-cpu.test.ts).
 *
 * @param threads threads inside one operation; 0 lets ONNX Runtime take one per physical core.
 */
export function onnxCpu(options: { threads?: number } = {}): EncoderBackend {
  return {
    name,
    async open(model) {
      const session = await InferenceSession.create(model.onnxPath, {
        executionProviders: ['cpu'],
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        intraOpNumThreads: options.threads ?? 0,
        interOpNumThreads: 1,
      }).catch(failed)
      return new OnnxEncoder(model, session)
    },
  }
}

class OnnxEncoder implements OpenEncoder {
  readonly model: EncoderModel
  readonly backend = name
  #session: InferenceSession | null

  constructor(model: EncoderModel, session: InferenceSession) {
    this.model = model
    this.#session = session
  }

  async encode(crops: readonly Raster[], signal?: AbortSignal): Promise<Float32Array[]> {
    const descriptors: Float32Array[] = []
    for (const crop of crops) {
      const [descriptor] = await this.#run(crop, [graphNames.descriptor], signal)
      if (descriptor) descriptors.push(descriptor.data)
    }
    return descriptors
  }

  async encodeMaps(image: Raster, signal?: AbortSignal): Promise<FeatureMap[]> {
    const names = this.model.architecture.taps.map((_tap, index) => graphNames.map(index))
    const outputs = await this.#run(image, names, signal)
    return outputs.map(({ data, dims: [, channels = 0, rows = 0, columns = 0] }) => ({
      channels,
      rows,
      columns,
      data,
    }))
  }

  async close(): Promise<void> {
    const session = this.#session
    this.#session = null
    await session?.release()
  }

  async #run(image: Raster, outputs: string[], signal: AbortSignal | undefined) {
    if (signal?.aborted) throw new AppError('job.cancelled', {})
    if (this.#session === null) throw new Error(`the encoder ${this.model.name} was closed`)
    checkRaster(image)
    const { widthPx, heightPx, data } = image
    const { minimumSizePx } = this.model.architecture
    if (Math.min(widthPx, heightPx) < minimumSizePx) {
      const reason = `${this.model.name} needs at least ${minimumSizePx} pixels, not ${widthPx} x ${heightPx}`
      throw new AppError('image.invalid-raster', { reason })
    }
    const input = new Tensor('uint8', data, [1, heightPx, widthPx, 3])
    const results = await this.#session.run({ [graphNames.input]: input }, outputs).catch(failed)
    return outputs.map((output) => {
      const result = results[output]
      if (!(result?.data instanceof Float32Array)) return failed(new Error(`no float32 output ${output}`))
      return { data: result.data, dims: result.dims }
    })
  }
}

function failed(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw new AppError('encoder.backend-failed', { backend: name, reason }, { cause: error })
}
