import { at } from '../../base/arrays.ts'
import type { Architecture, BatchNorm, Convolution, Layer, Pool, ZeroPadding } from './architecture.ts'
import { imageInput, inputsOf } from './architecture.ts'
import { foldBatchNorm } from './fold-batch-norm.ts'
import { toFloat16 } from './float16.ts'
import * as onnx from './onnx-schema.ts'
import type { Weights } from './weights.ts'

/** Stored with each graph. Increase it whenever the emitted graph changes. */
export const emitterVersion = 1

/** The precision of a graph's layers. Its input and outputs are the same in both. */
export type Precision = 'single' | 'half'

/**
 * The maximum of half precision is 65504. A network with inputs of -124..151 and without batch normalisation (VGG-16)
 * can come close to it. So a half-precision graph divides all values of such a network by 32. Convolution, ReLU,
 * maximum, average and sum commute with a positive factor if the biases are scaled too, and a power of two is exact.
 * Networks with inputs of -1..1 are not scaled; those with ReLU6, which does not commute with a factor, have such inputs.
 */
const halfScale = { caffe: 1 / 32, symmetric: 1, centred: 1 } as const

/** Names of the graph's input and outputs. */
export const graphNames = {
  /** uint8 [N, height, width, 3], RGB 0..255. */
  input: 'rgb',
  /** float32 [N, descriptorLength]: the taps' global averages, concatenated. */
  descriptor: 'descriptor',
  /** float32 [N, channels, rows, columns]: the feature map of the tap of this index. */
  map: (index: number): string => `map${index}`,
} as const

/** Keras' ImageNet means: blue, green, red. */
export const caffeMeans = [103.939, 116.779, 123.68]

/**
 * Writes a network with its weights as an ONNX model (operator set 17), with preprocessing included, batch
 * normalisation folded, and any batch and image size. It has one input and 1 + taps outputs, named in `graphNames`. An
 * unused output costs only its buffer, so both encoding modes share one file.
 *
 * @param precision `half`: weights and layers in float16; preprocessing, maps and averages stay float32
 * @returns the bytes of the model
 * @throws Float16RangeError if a weight exceeds half precision
 */
export function emitOnnx(
  architecture: Architecture,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
  precision: Precision = 'single',
): Uint8Array {
  const graph = new Emitter(architecture, weights, precision)
  return onnx.encodeModel(graph.emit(), { encoder: architecture.name, ...metadata })
}

class Emitter {
  readonly #architecture: Architecture
  readonly #weights: Weights
  readonly #isHalf: boolean
  /** Factor of all values between the layers. */
  readonly #scale: number
  readonly #layers: ReadonlyMap<string, Layer>
  /** Number of layers and outputs that read a layer. */
  readonly #readers = new Map<string, number>()
  readonly #nodes: onnx.OnnxNode[] = []
  readonly #tensors: onnx.OnnxTensor[] = []
  /** Layers that were merged into another layer's node -> that node's output. */
  readonly #alias = new Map<string, string>()

  constructor(architecture: Architecture, weights: Weights, precision: Precision) {
    this.#architecture = architecture
    this.#weights = weights
    this.#isHalf = precision === 'half'
    this.#scale = this.#isHalf ? halfScale[architecture.preprocessing] : 1
    this.#layers = new Map(architecture.layers.map((layer) => [layer.name, layer]))
    for (const name of [...architecture.layers.flatMap(inputsOf), ...architecture.taps]) {
      this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1)
    }
  }

  emit(): onnx.OnnxGraph {
    const { name, layers, taps, tapChannels, descriptorLength } = this.#architecture
    this.#preprocess()
    layers.forEach((layer, index) => this.#layer(layer, layers[index + 1]))
    const outputs = this.#outputs(taps)
    return {
      name,
      node: this.#nodes,
      initializer: this.#tensors,
      input: [onnx.value(graphNames.input, 'uint8', ['batch', 'height', 'width', 3])],
      output: [
        onnx.value(graphNames.descriptor, 'float', ['batch', descriptorLength]),
        ...outputs.map((output, index) =>
          onnx.value(output, 'float', ['batch', at(tapChannels, index), `rows${index}`, `columns${index}`]),
        ),
      ],
    }
  }

  #preprocess(): void {
    const { preprocessing } = this.#architecture
    const caffe = preprocessing === 'caffe'
    let x: string = graphNames.input
    if (caffe) {
      const order = this.#constant('bgr', 'int64', [3], BigInt64Array.of(2n, 1n, 0n))
      x = this.#node('Gather', 'to_bgr', [x, order], { axis: 3 })
    }
    x = this.#node('Cast', 'to_float', [x], { to: onnx.elementType.float })
    x = this.#node('Transpose', 'to_channels_first', [x], { perm: [0, 3, 1, 2] })
    if (caffe) {
      const means = this.#constant('means', 'float', [1, 3, 1, 1], Float32Array.from(caffeMeans))
      this.#image('Sub', [x, means])
    } else if (preprocessing === 'centred') {
      const centre = this.#constant('centre', 'float', [], Float32Array.of(127))
      const half = this.#constant('half_range', 'float', [], Float32Array.of(128))
      this.#image('Div', [this.#node('Sub', 'centred', [x, centre]), half])
    } else {
      const half = this.#constant('half_range', 'float', [], Float32Array.of(127.5))
      const one = this.#constant('one', 'float', [], Float32Array.of(1))
      this.#image('Sub', [this.#node('Div', 'scaled', [x, half]), one])
    }
  }

  /** The last node of the preprocessing, in the precision of the layers. */
  #image(opType: string, inputs: readonly string[]): void {
    if (!this.#isHalf) {
      this.#node(opType, imageInput, inputs)
      return
    }
    const scaled = this.#times('image_scaled', this.#node(opType, 'image_float', inputs), this.#scale)
    this.#node('Cast', imageInput, [scaled], { to: onnx.elementType.float16 })
  }

  /** A float32 map multiplied by a factor. */
  #times(name: string, input: string, factor: number): string {
    if (factor === 1) return input
    const by = this.#constant(`${name}/factor`, 'float', [], Float32Array.of(factor))
    return this.#node('Mul', name, [input, by])
  }

  /** A layer's weights in its precision. */
  #weight(name: string, dims: readonly number[], values: Float32Array): string {
    if (!this.#isHalf) return this.#constant(name, 'float', dims, values)
    return this.#constant(name, 'float16', dims, toFloat16(values, `the layer weight ${name}`))
  }

  #layer(layer: Layer, next: Layer | undefined): void {
    if (this.#alias.has(layer.name)) return
    const inputs = inputsOf(layer).map((input) => this.#alias.get(input) ?? input)
    switch (layer.op) {
      case 'convolution':
        this.#convolution(layer, this.#foldable(layer, next))
        break
      case 'batch-norm':
        throw new Error(`${layer.name} does not directly follow a convolution that no other layer reads`)
      case 'zero-padding':
        this.#checkPadding(layer)
        break
      case 'max-pool':
      case 'average-pool':
        this.#pool(layer)
        break
      case 'relu':
        this.#node('Relu', layer.name, inputs)
        break
      case 'relu6':
        this.#relu6(layer.name, inputs)
        break
      case 'add':
        this.#node('Add', layer.name, inputs)
        break
      case 'concatenate':
        this.#node('Concat', layer.name, inputs, { axis: 1 })
    }
  }

  /** The batch normalisation directly after a convolution that no other layer reads; null if there is none. */
  #foldable(convolution: Convolution, next: Layer | undefined): BatchNorm | null {
    const own = next?.op === 'batch-norm' && next.input === convolution.name
    return own && this.#readers.get(convolution.name) === 1 ? next : null
  }

  #convolution(layer: Convolution, batchNorm: BatchNorm | null): void {
    const { name, kernel: size, inputChannels, outputChannels, stride, groups } = layer
    const { kernel, bias } = foldBatchNorm(layer, batchNorm, this.#weights)
    const isSame = layer.padding === 'same'
    const same = isSame && stride === 1 ? ([(size[0] - 1) / 2, (size[1] - 1) / 2] as const) : [0, 0]
    const { input, padding } = this.#padded(layer.input, same)
    const shape = [outputChannels, inputChannels, size[0], size[1]]
    const inputs = [
      input,
      this.#weight(`${name}/kernel`, shape, kernel),
      this.#weight(
        `${name}/bias`,
        [outputChannels],
        bias.map((value) => value * this.#scale),
      ),
    ]
    this.#node('Conv', name, inputs, {
      kernel_shape: size,
      strides: [stride, stride],
      // With a stride the padding depends on the size of the image, which only the runtime knows: fixed numbers would be
      // right for one parity of each map's size. SAME_UPPER is TensorFlow's rule.
      ...(isSame && stride > 1 ? { auto_pad: 'SAME_UPPER' } : { pads: padding }),
      ...(groups > 1 ? { group: groups } : {}),
    })
    if (batchNorm !== null) this.#alias.set(batchNorm.name, name)
  }

  #relu6(name: string, inputs: readonly string[]): void {
    if (this.#scale !== 1) throw new Error(`${name}: ReLU6 does not commute with a factor`)
    const bounds = [0, 6].map((bound, index) =>
      this.#weight(`${name}/${index === 0 ? 'minimum' : 'maximum'}`, [], Float32Array.of(bound)),
    )
    this.#node('Clip', name, [...inputs, ...bounds])
  }

  #pool(layer: Pool): void {
    const { op, name, size, stride } = layer
    const same = layer.padding === 'same' ? (size - 1) / 2 : 0
    // ONNX pads a maximum with minus infinity. After a ReLU this equals the zeros of the table.
    const { input, padding } = this.#padded(layer.input, [same, same])
    const attributes = { kernel_shape: [size, size], strides: [stride, stride], pads: padding }
    this.#node(op === 'max-pool' ? 'MaxPool' : 'AveragePool', name, [input], attributes)
  }

  /** The input of an operation and its padding, including that of a zero-padding layer directly above. */
  #padded(name: string, own: readonly number[]): { input: string; padding: number[] } {
    const above = this.#layers.get(name)
    const extra = above?.op === 'zero-padding' ? above.paddingPx : 0
    const source = above?.op === 'zero-padding' ? above.input : name
    const [rows = 0, columns = 0] = own.map((side) => side + extra)
    return { input: this.#alias.get(source) ?? source, padding: [rows, columns, rows, columns] }
  }

  /** A padding layer has no node of its own, so every layer that reads it must be able to pad its input. */
  #checkPadding({ name, input }: ZeroPadding): void {
    const positive = this.#layers.get(input)?.op === 'relu'
    for (const layer of this.#architecture.layers.filter((reader) => inputsOf(reader).includes(name))) {
      const isFixed = layer.op === 'convolution' && (layer.padding === 'valid' || layer.stride === 1)
      const takes = isFixed || (layer.op === 'max-pool' && positive)
      if (!takes) throw new Error(`${layer.name} cannot take over the padding of ${name}`)
    }
  }

  /** Adds the descriptor and returns the names of the maps. */
  #outputs(taps: readonly string[]): string[] {
    const axis = { axis: 1 }
    const averages: string[] = []
    const maps = taps.map((tap, index) => {
      const map = this.#map(graphNames.map(index), this.#alias.get(tap) ?? tap)
      const average = this.#node('GlobalAveragePool', `average${index}`, [map])
      averages.push(this.#node('Flatten', `flat${index}`, [average], axis))
      return map
    })
    this.#node('Concat', graphNames.descriptor, averages, axis)
    return maps
  }

  /** The output map of a tap: float32, unscaled, before it is averaged. */
  #map(name: string, tap: string): string {
    if (!this.#isHalf) return this.#node('Identity', name, [tap])
    const single = this.#node('Cast', `${name}_single`, [tap], { to: onnx.elementType.float })
    if (this.#scale === 1) return this.#node('Identity', name, [single])
    return this.#times(name, single, 1 / this.#scale)
  }

  #constant(name: string, type: onnx.ElementType, dims: readonly number[], data: onnx.TensorData): string {
    this.#tensors.push(onnx.tensor(name, type, dims, data))
    return name
  }

  #node(
    opType: string,
    name: string,
    input: readonly string[],
    attributes: Readonly<Record<string, onnx.AttributeValue>> = {},
  ): string {
    const attribute = Object.entries(attributes).map(([key, of]) => onnx.attribute(key, of))
    this.#nodes.push({ opType, name, input, output: [name], attribute })
    return name
  }
}
