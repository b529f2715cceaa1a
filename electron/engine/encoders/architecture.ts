/** Rows by columns. */
type Size = readonly [height: number, width: number]

interface Step {
  /** The layer's name in the weight file, which is the key to its weights. Unique in the network. */
  readonly name: string
}

export interface Convolution extends Step {
  readonly op: 'convolution'
  readonly input: string
  readonly kernel: Size
  readonly stride: number
  /** `same`: TensorFlow's SAME with odd kernels (`samePadding`). With stride 1 it is (kernel - 1) / 2 zeros on every side. */
  readonly padding: 'same' | 'valid'
  readonly bias: boolean
  /** 1, or as many as there are outputs: then each output channel reads only its own input channel (depthwise). */
  readonly groups: number
  /** Input channels that an output channel reads: all, or 1 if depthwise. */
  readonly inputChannels: number
  readonly outputChannels: number
}

export interface BatchNorm extends Step {
  readonly op: 'batch-norm'
  readonly input: string
  readonly epsilon: number
  /** Whether the layer has a learned scale (gamma). It always has a learned shift (beta). */
  readonly scale: boolean
  /** Value of gamma in the untrained weights (docs/pipeline.md, section 6). */
  readonly untrainedScale: number
  readonly channels: number
}

export interface Pool extends Step {
  readonly op: 'max-pool' | 'average-pool'
  readonly input: string
  readonly size: number
  readonly stride: number
  /** `same` occurs only with stride 1. Averages do not count the padding. */
  readonly padding: 'same' | 'valid'
}

export interface ZeroPadding extends Step {
  readonly op: 'zero-padding'
  readonly input: string
  /** Zeros on every side. */
  readonly paddingPx: number
}

export interface Relu extends Step {
  /** `relu6`: min(max(x, 0), 6). */
  readonly op: 'relu' | 'relu6'
  readonly input: string
}

export interface Join extends Step {
  readonly op: 'add' | 'concatenate'
  readonly inputs: readonly string[]
}

export type Layer = Convolution | BatchNorm | Pool | ZeroPadding | Relu | Join

export type WeightFormat = 'keras' | 'torch'

/** A network as a table from top to bottom. The inputs of a layer are layers above it, or `image`. */
export interface Architecture {
  readonly name: string
  /** `caffe`: RGB -> BGR, minus the ImageNet means; `symmetric`: v / 127.5 - 1; `centred`: (v - 127) / 128. */
  readonly preprocessing: 'caffe' | 'symmetric' | 'centred'
  /** The kind of file that its trained weights are read from: Keras' HDF5, or PyTorch's. Layers have its names. */
  readonly weightFormat: WeightFormat
  readonly layers: readonly Layer[]
  /** Layers whose global averages, concatenated in this order, are the descriptor. */
  readonly taps: readonly string[]
  readonly tapChannels: readonly number[]
  /** Sum of the taps' channels. */
  readonly descriptorLength: number
  /** Smallest input edge for which every layer still has an output, pixels. */
  readonly minimumSizePx: number
}

/** The name of a network's input in its table: the preprocessed image. */
export const imageInput = 'image'

export function inputsOf(layer: Layer): readonly string[] {
  return 'inputs' in layer ? layer.inputs : [layer.input]
}

/**
 * Zeros before and after one axis in TensorFlow's SAME padding: the output has ceil(size / stride) values, and an odd
 * number of zeros has the extra one after. With a stride the result depends on the size of the input.
 */
export function samePadding(
  sizePx: number,
  kernel: number,
  stride: number,
): { before: number; after: number } {
  const total = Math.max(0, (Math.ceil(sizePx / stride) - 1) * stride + kernel - sizePx)
  return { before: Math.floor(total / 2), after: Math.ceil(total / 2) }
}

/** Builds a network's table. Each method adds one layer and returns its name. */
export class NetworkTable {
  readonly #layers: Layer[] = []
  readonly #channels = new Map<string, number>([[imageInput, 3]])

  convolution(
    name: string,
    input: string,
    outputChannels: number,
    kernel: Size,
    options: { stride?: number; padding?: 'same' | 'valid'; bias?: boolean } = {},
  ): string {
    const { stride = 1, padding = 'valid', bias = true } = options
    const inputChannels = this.#channelsOf(input)
    const shape = { kernel, stride, padding, bias, groups: 1, inputChannels, outputChannels }
    return this.#push({ op: 'convolution', name, input, ...shape }, outputChannels)
  }

  /** A convolution with one kernel for each channel, `same` padding and no bias. */
  depthwiseConvolution(name: string, input: string, kernel: Size, stride = 1): string {
    const channels = this.#channelsOf(input)
    const shape = { kernel, stride, padding: 'same', bias: false, inputChannels: 1 } as const
    const layer: Convolution = {
      op: 'convolution',
      name,
      input,
      ...shape,
      groups: channels,
      outputChannels: channels,
    }
    return this.#push(layer, channels)
  }

  batchNorm(
    name: string,
    input: string,
    options: { epsilon: number; scale?: boolean; untrainedScale?: number },
  ): string {
    const { epsilon, scale = true, untrainedScale = 1 } = options
    const channels = this.#channelsOf(input)
    return this.#push({ op: 'batch-norm', name, input, epsilon, scale, untrainedScale, channels }, channels)
  }

  relu(name: string, input: string): string {
    return this.#push({ op: 'relu', name, input }, this.#channelsOf(input))
  }

  relu6(name: string, input: string): string {
    return this.#push({ op: 'relu6', name, input }, this.#channelsOf(input))
  }

  zeroPadding(name: string, input: string, paddingPx: number): string {
    return this.#push({ op: 'zero-padding', name, input, paddingPx }, this.#channelsOf(input))
  }

  maxPool(name: string, input: string, size: number, stride: number): string {
    const layer: Pool = { op: 'max-pool', name, input, size, stride, padding: 'valid' }
    return this.#push(layer, this.#channelsOf(input))
  }

  /** Average pooling with stride 1, which keeps the size. */
  averagePool(name: string, input: string, size: number): string {
    const layer: Pool = { op: 'average-pool', name, input, size, stride: 1, padding: 'same' }
    return this.#push(layer, this.#channelsOf(input))
  }

  add(name: string, inputs: readonly [string, string]): string {
    return this.#push({ op: 'add', name, inputs }, this.#channelsOf(inputs[0]))
  }

  concatenate(name: string, inputs: readonly string[]): string {
    const channels = inputs.reduce((sum, input) => sum + this.#channelsOf(input), 0)
    return this.#push({ op: 'concatenate', name, inputs }, channels)
  }

  finish(
    about: Pick<Architecture, 'name' | 'preprocessing' | 'taps' | 'minimumSizePx'>,
    weightFormat: WeightFormat = 'keras',
  ): Architecture {
    const tapChannels = about.taps.map((tap) => this.#channelsOf(tap))
    const descriptorLength = tapChannels.reduce((sum, channels) => sum + channels, 0)
    return { ...about, weightFormat, layers: this.#layers, tapChannels, descriptorLength }
  }

  #push(layer: Layer, channels: number): string {
    if (this.#channels.has(layer.name)) throw new Error(`layer ${layer.name} exists already`)
    this.#layers.push(layer)
    this.#channels.set(layer.name, channels)
    return layer.name
  }

  #channelsOf(name: string): number {
    const channels = this.#channels.get(name)
    if (channels === undefined) throw new Error(`no layer ${name} above`)
    return channels
  }
}

/**
 * The layers in the order in which Keras 2 lists the layers of a functional model and writes their weights: by
 * decreasing distance from the output; at the same distance, in the order of a depth-first walk from the output
 * through each layer's inputs. (From tf-keras 2.19, `engine/functional.py`; checked against files that it wrote,
 * test/references/encoders.)
 */
export function inKerasOrder(architecture: Pick<Architecture, 'layers'>): Layer[] {
  const layers = new Map(architecture.layers.map((layer) => [layer.name, layer]))
  const distance = new Map<string, number>()
  for (const layer of [...architecture.layers].reverse()) {
    const own = distance.get(layer.name) ?? 0
    distance.set(layer.name, own)
    for (const input of inputsOf(layer)) distance.set(input, Math.max(distance.get(input) ?? 0, own + 1))
  }
  const met = new Set<Layer>()
  const walk = (layer: Layer | undefined): void => {
    if (layer === undefined || met.has(layer)) return
    met.add(layer)
    for (const input of inputsOf(layer)) walk(layers.get(input))
  }
  walk(architecture.layers.at(-1))
  return [...met].sort((a, b) => (distance.get(b.name) ?? 0) - (distance.get(a.name) ?? 0))
}
