import type { InferenceSession } from 'onnxruntime-node'
import { AppError } from '../../contract/errors.ts'
import type { Raster } from '../image/index.ts'
import type { EncoderBackend, EncoderModel, FeatureMap, OpenEncoder, OwnModel } from './backend.ts'
import { checkEncoderInput } from './check-input.ts'
import { graphNames } from './emit-onnx.ts'
import { cudaFault, cudaMissing, startCuda } from './installable/load-cuda.ts'
import { onnxRuntime, onnxRuntimeMissing } from './onnx-runtime.ts'
import { OwnEncoder } from './own/own-encoder.ts'

/** Execution providers -> their names in ONNX Runtime. */
const providers = { cpu: 'cpu', webgpu: 'webgpu', directml: 'dml', coreml: 'coreml', cuda: 'cuda' } as const
type Provider = keyof typeof providers
type GpuProvider = Exclude<Provider, 'cpu'>
type HalfName = `${GpuProvider}-half`
type OnnxBackendName = Provider | HalfName

/** COREML_FLAG_CREATE_MLPROGRAM: the older kind of CoreML model does not support float16. */
const coreMlProgram = 0x010

/**
 * ONNX Runtime with one of its execution providers. Operations without a kernel in the provider run on ONNX Runtime's
 * CPU kernels. One image per run, as on the processor (`onnxCpu`), so a result never depends on its batch.
 */
export const onnxBackend = (name: Provider): EncoderBackend => ({
  name,
  open: async (model) => new OnnxEncoder(name, model, await openSession(name, name, model)),
  openOwn: async (model) => new OwnEncoder(name, model, await openSession(name, name, model)),
})

/**
 * The same with the graph in half precision (`emitOnnx`), which `EncoderStore.open` gives to a back-end with `halfOf`.
 * A result that is not finite exceeded the range of half precision and counts as a fault.
 *
 * @param options.provider runs the graph on another provider, because tests have no GPU
 */
export function onnxHalf(halfOf: GpuProvider, options: { provider?: Provider } = {}): EncoderBackend {
  const name: HalfName = `${halfOf}-half`
  const { provider = halfOf } = options
  return {
    name,
    halfOf,
    open: async (model) => new OnnxEncoder(name, model, await openSession(name, provider, model)),
  }
}

/**
 * ONNX Runtime on the processor. One image per run: on a CPU this is as fast as a batch, because one crop of 400
 * pixels keeps all cores busy (measured on two cores: ResNet-50 90 ms per crop alone, 87 ms in batches of six; VGG-16
 * 292 against 463 ms). It needs the least memory and makes the result independent of the batch by construction.
 * Threads split each operation by output, so their number does not change the bits either (checked in
 * test/unit/engine/encoders/keras-golden.test.ts).
 *
 * @param options.threads threads within one operation; 0 (the default) lets ONNX Runtime use one per physical core
 */
export function onnxCpu(options: { threads?: number } = {}): EncoderBackend {
  return {
    name: 'cpu',
    open: async (model) =>
      new OnnxEncoder('cpu', model, await openSession('cpu', 'cpu', model, options.threads ?? 0)),
    openOwn: async (model) =>
      new OwnEncoder('cpu', model, await openSession('cpu', 'cpu', model, options.threads ?? 0)),
  }
}

async function openSession(
  name: OnnxBackendName,
  provider: Provider,
  { onnxPath, homeDir }: Pick<EncoderModel | OwnModel, 'onnxPath' | 'homeDir'>,
  threads = 0,
): Promise<InferenceSession> {
  try {
    const runtime = onnxRuntime(homeDir)
    if (provider === 'cuda') startCuda(homeDir ?? '')
    return await runtime.InferenceSession.create(onnxPath, {
      executionProviders:
        name === 'coreml-half' && provider === 'coreml'
          ? [{ name: 'coreml', coreMlFlags: coreMlProgram }]
          : [providers[provider]],
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      // A pattern is kept for each size of input, and images and tiles have many: 400 MB more, and no faster. DirectML refuses it.
      enableMemPattern: false,
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // ONNX Runtime warns about every small node that a provider leaves to the processor. Errors are thrown.
      logSeverityLevel: 3,
    })
  } catch (error) {
    return failed(name, openingFault(provider, homeDir ?? '', error))
  }
}

/** Why this installation lacks a provider; null: it is there. Whether it works, only an attempt shows. */
export function missingProvider(provider: Provider, homeDir: string): string | null {
  const missing = onnxRuntimeMissing(homeDir)
  if (missing !== null) return missing
  if (provider === 'cuda') return cudaMissing(homeDir)
  const isThere = onnxRuntime()
    .listSupportedBackends()
    .some(({ name, bundled }) => name === providers[provider] && bundled)
  return isThere ? null : 'this build of ONNX Runtime does not include it'
}

/** ONNX Runtime names only its own functions where a provider, or a library of the system that it needs, is missing. */
function openingFault(provider: Provider, homeDir: string, error: unknown): unknown {
  const seeDoctor = '"lobule doctor" lists the back-ends that are here'
  const missing = missingProvider(provider, homeDir)
  if (missing !== null) return new Error(`${missing}; ${seeDoctor}`, { cause: error })
  const isLibrary =
    error instanceof Error && /shared library|LoadLibrary|no available backend/i.test(error.message)
  return isLibrary
    ? new Error(`a library that it needs is not installed, as its driver or CUDA; ${seeDoctor}`, {
        cause: error,
      })
    : cudaFault(error)
}

class OnnxEncoder implements OpenEncoder {
  readonly model: EncoderModel
  readonly backend: OnnxBackendName
  readonly #isHalf: boolean
  #session: InferenceSession | null

  constructor(backend: OnnxBackendName, model: EncoderModel, session: InferenceSession) {
    this.backend = backend
    this.#isHalf = backend.endsWith('-half')
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
    checkEncoderInput(this.model.architecture, image, signal)
    if (this.#session === null) throw new Error(`the encoder ${this.model.name} was closed`)
    const { widthPx, heightPx, data } = image
    const input = new (onnxRuntime().Tensor)('uint8', data, [1, heightPx, widthPx, 3])
    const results = await this.#session
      .run({ [graphNames.input]: input }, outputs)
      .catch((error: unknown) => failed(this.backend, error))
    return outputs.map((output) => {
      const result = results[output]
      if (!(result?.data instanceof Float32Array))
        return failed(this.backend, new Error(`no float32 output ${output}`))
      if (this.#isHalf && !areFinite(result.data))
        return failed(this.backend, new Error('a value exceeded the range of half precision'))
      return { data: result.data, dims: result.dims }
    })
  }
}

/** Whether all values are finite. Their float64 sum is finite exactly then, and it is a fast check for a large map. */
function areFinite(values: Float32Array): boolean {
  let sum = 0
  for (const value of values) sum += value
  return Number.isFinite(sum)
}

function failed(backend: OnnxBackendName, error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw new AppError('encoder.backend-failed', { backend, reason }, { cause: error })
}
