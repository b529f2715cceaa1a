import type * as tfjs from '@tensorflow/tfjs-core'
import { AppError } from '../../contract/errors.ts'
import type { Raster } from '../image/index.ts'
import { imageInput, inputsOf, type Layer } from './architecture.ts'
import type { EncoderBackend, EncoderModel, FeatureMap, OpenEncoder } from './backend.ts'
import { checkEncoderInput } from './check-input.ts'
import { loadTensorFlow, type LoadedTensorFlow } from './installable/load-tensorflow.ts'
import type { TensorFlow } from './tensorflow-kernels.ts'

type Tensor4D = tfjs.Tensor4D
type TensorFlowName = 'tensorflow' | 'tensorflow-cpu'

const wrongDevice = {
  tensorflow: 'TensorFlow finds no NVIDIA GPU with a driver here, and would compute on the processor',
  'tensorflow-cpu': 'TensorFlow computes on the GPU here; use the back-end tensorflow',
} as const

/**
 * TensorFlow through tfjs: runs the network's table with Keras' weights, without folding. TensorFlow itself chooses between GPU and
 * processor, so that each name refuses the other device: a processor is never reported as a GPU.
 * @param load returns tfjs with a back-end that is ready; default: TensorFlow as it is installed, loaded on first use
 */
export const tensorFlow = (
  name: TensorFlowName = 'tensorflow',
  load: (homeDir: string) => LoadedTensorFlow | Promise<LoadedTensorFlow> = loadTensorFlow,
): EncoderBackend => ({
  name,
  open: (model) =>
    failing(name, async () => {
      const { tf, usesGpu } = await load(model.homeDir ?? '')
      if (usesGpu !== (name === 'tensorflow')) throw new Error(wrongDevice[name])
      return new TensorFlowEncoder(name, tf, model, await model.readWeights())
    }),
})

class TensorFlowEncoder implements OpenEncoder {
  readonly backend: TensorFlowName
  readonly model: EncoderModel
  readonly #tf: TensorFlow
  #weights: ReadonlyMap<string, tfjs.Tensor> | null

  constructor(
    backend: TensorFlowName,
    tf: TensorFlow,
    model: EncoderModel,
    weights: Awaited<ReturnType<EncoderModel['readWeights']>>,
  ) {
    this.backend = backend
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
    return failing(this.backend, async () => {
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
async function failing<T>(backend: TensorFlowName, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('encoder.backend-failed', { backend, reason }, { cause: error })
  }
}
