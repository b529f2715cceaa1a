import type * as tfjs from '@tensorflow/tfjs-core'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import type { Raster } from '../image/index.ts'
import { imageInput, inputsOf, type Layer } from './architecture.ts'
import type { EncoderBackend, EncoderModel, FeatureMap, OpenEncoder } from './backend.ts'
import { checkEncoderInput } from './check-input.ts'

export type TensorFlow = typeof tfjs
type Tensor4D = tfjs.Tensor4D

const packageName = '@tensorflow/tfjs-node-gpu'
const backendName = 'tensorflow'
/** Not named `require`, because the bundle declares that name. */
const requireFrom = createRequire(import.meta.url)

/**
 * Why TensorFlow cannot be loaded; null if it seems to be installed. Its native part (350 MB) is never installed
 * automatically: `node scripts/install.js` in its folder downloads it.
 */
export function tensorFlowMissing(): string | null {
  try {
    const folder = dirname(requireFrom.resolve(`${packageName}/package.json`))
    const native = join(folder, 'lib', 'napi-v8', 'tfjs_binding.node')
    return existsSync(native) ? null : `the native part of ${packageName} is not installed`
  } catch {
    return `the optional package ${packageName} is not installed`
  }
}

/** Restores two functions that the package calls. Node 23 removed them after its last release. */
function restoreUtil(): void {
  const util = requireFrom('node:util') as Record<string, unknown>
  util['isArray'] ??= Array.isArray
  util['isNullOrUndefined'] ??= (value: unknown): boolean => value === null || value === undefined
}

/** The module of the package with its back-end. */
interface NativeBackend {
  NodeJSKernelBackend: new (bindings: unknown, packageName: string) => tfjs.KernelBackend
}

/**
 * tfjs with the back-end of the package. The package's own entry is not loaded: it would load the program that installs
 * the native part (node-pre-gyp, and with it tar and node-fetch), only to find the path that is known here.
 */
export function loadParts(bindings: () => unknown): TensorFlow {
  restoreUtil()
  requireFrom(`${packageName}/dist/register_all_kernels.js`)
  const { NodeJSKernelBackend } = requireFrom(`${packageName}/dist/nodejs_kernel_backend.js`) as NativeBackend
  const tf = requireFrom('@tensorflow/tfjs') as TensorFlow
  // It is registered once: a second back-end of the same name would only be reported.
  if (!(backendName in tf.engine().registryFactory)) {
    const native = bindings()
    tf.registerBackend(backendName, () => new NodeJSKernelBackend(native, packageName), 3)
  }
  return tf
}

async function loadTensorFlow(): Promise<TensorFlow> {
  const missing = tensorFlowMissing()
  if (missing !== null) throw new Error(missing)
  const tf = loadParts(() => requireFrom(`${packageName}/lib/napi-v8/tfjs_binding.node`))
  if (!(await tf.setBackend(backendName))) throw new Error('TensorFlow does not start')
  return tf
}

/**
 * TensorFlow through tfjs: runs the network's table with Keras' weights, without folding.
 * @param load returns tfjs with a back-end that is ready; default: TensorFlow on the GPU, loaded on first use
 */
export const tensorFlow = (
  load: () => TensorFlow | Promise<TensorFlow> = loadTensorFlow,
): EncoderBackend => ({
  name: backendName,
  open: (model) => failing(async () => new TensorFlowEncoder(await load(), model, await model.readWeights())),
})

class TensorFlowEncoder implements OpenEncoder {
  readonly backend = 'tensorflow'
  readonly model: EncoderModel
  readonly #tf: TensorFlow
  #weights: ReadonlyMap<string, tfjs.Tensor> | null

  constructor(
    tf: TensorFlow,
    model: EncoderModel,
    weights: Awaited<ReturnType<EncoderModel['readWeights']>>,
  ) {
    this.model = model
    this.#tf = tf
    const kernels = new Map<string, number[]>()
    for (const layer of model.architecture.layers) {
      if (layer.op !== 'convolution') continue
      const { inputChannels, outputChannels } = layer
      // TensorFlow's depthwise kernel is rows x columns x channels x 1: the same values in the same order.
      const channels = layer.groups > 1 ? [outputChannels, 1] : [inputChannels, outputChannels]
      kernels.set(`${layer.name}/kernel`, [...layer.kernel, ...channels])
    }
    const shaped = ([key, values]: [string, Float32Array]): [string, tfjs.Tensor] => [
      key,
      tf.tensor(values, kernels.get(key) ?? [values.length]),
    ]
    this.#weights = new Map([...weights].map(shaped))
  }

  async encode(crops: readonly Raster[], signal?: AbortSignal): Promise<Float32Array[]> {
    const descriptors: Float32Array[] = []
    for (const crop of crops) {
      const [descriptor] = await this.#run(crop, signal, (maps) => [
        this.#tf.concat(
          maps.map((map) => this.#tf.mean(map, [0, 1, 2])),
          0,
        ),
      ])
      if (descriptor) descriptors.push(descriptor.data)
    }
    return descriptors
  }

  async encodeMaps(image: Raster, signal?: AbortSignal): Promise<FeatureMap[]> {
    const maps = await this.#run(image, signal, (found) =>
      found.map((map) => this.#tf.transpose(map, [0, 3, 1, 2])),
    )
    return maps.map(({ data, shape: [, channels = 0, rows = 0, columns = 0] }) => ({
      channels,
      rows,
      columns,
      data,
    }))
  }

  close(): Promise<void> {
    this.#weights?.forEach((tensor) => tensor.dispose())
    this.#weights = null
    return Promise.resolve()
  }

  async #run(
    image: Raster,
    signal: AbortSignal | undefined,
    finish: (maps: Tensor4D[]) => tfjs.Tensor[],
  ): Promise<{ data: Float32Array; shape: number[] }[]> {
    checkEncoderInput(this.model.architecture, image, signal)
    return failing(async () => {
      const tensors = this.#tf.tidy(() => finish(this.#evaluate(image)))
      const results = await Promise.all(
        tensors.map(async (tensor) => ({
          data: Float32Array.from(await tensor.data()),
          shape: [...tensor.shape],
        })),
      )
      tensors.forEach((tensor) => tensor.dispose())
      return results
    })
  }

  /** The maps of all taps: 1 x rows x columns x channels. */
  #evaluate(image: Raster): Tensor4D[] {
    const { layers, taps } = this.model.architecture
    const found = new Map<string, Tensor4D>([[imageInput, this.#preprocess(image)]])
    const of = (name: string): Tensor4D => {
      const tensor = found.get(name)
      if (tensor === undefined) throw new Error(`no layer ${name} above`)
      return tensor
    }
    for (const layer of layers) found.set(layer.name, this.#apply(layer, inputsOf(layer).map(of)))
    return taps.map(of)
  }

  #preprocess({ widthPx, heightPx, data }: Raster): Tensor4D {
    const tf = this.#tf
    const rgb = tf.tensor4d(Float32Array.from(data), [1, heightPx, widthPx, 3])
    const { preprocessing } = this.model.architecture
    if (preprocessing === 'symmetric') return tf.sub(tf.div(rgb, 127.5), 1)
    if (preprocessing === 'centred') return tf.div(tf.sub(rgb, 127), 128)
    return tf.sub(tf.reverse(rgb, 3), tf.tensor1d([103.939, 116.779, 123.68]))
  }

  #apply(layer: Layer, inputs: readonly Tensor4D[]): Tensor4D {
    const tf = this.#tf
    const [x, other] = inputs
    if (x === undefined) throw new Error(`${layer.name} has no input`)
    const weight = (name: string): tfjs.Tensor => {
      const tensor = this.#weights?.get(`${layer.name}/${name}`)
      if (tensor === undefined) throw new Error(`no weights ${layer.name}/${name}`)
      return tensor
    }
    const vector = (name: string): tfjs.Tensor1D => weight(name) as tfjs.Tensor1D
    switch (layer.op) {
      case 'convolution': {
        const convolve = layer.groups > 1 ? tf.depthwiseConv2d : tf.conv2d
        const product = convolve(x, weight('kernel') as Tensor4D, layer.stride, layer.padding)
        return layer.bias ? tf.add(product, weight('bias')) : product
      }
      case 'batch-norm': {
        const [mean, variance] = [vector('moving_mean'), vector('moving_variance')]
        const gamma = layer.scale ? vector('gamma') : undefined
        return tf.batchNorm4d(x, mean, variance, vector('beta'), gamma, layer.epsilon)
      }
      case 'max-pool':
        return tf.maxPool(x, layer.size, layer.stride, layer.padding)
      case 'average-pool':
        return tf.avgPool(x, layer.size, layer.stride, layer.padding)
      case 'zero-padding': {
        const margin: [number, number] = [layer.paddingPx, layer.paddingPx]
        return tf.pad4d(x, [[0, 0], margin, margin, [0, 0]])
      }
      case 'relu':
        return tf.relu(x)
      case 'relu6':
        return tf.relu6(x)
      case 'add':
        return other === undefined ? x : tf.add(x, other)
      case 'concatenate':
        return tf.concat4d([...inputs], 3)
    }
  }
}

/** Runs `work` and turns its errors into `encoder.backend-failed`. */
async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('encoder.backend-failed', { backend: 'tensorflow', reason }, { cause: error })
  }
}
