import type { Architecture, BatchNorm, Convolution, Layer, Pool, ZeroPadding } from './architecture.ts'
import { imageInput, inputsOf } from './architecture.ts'
import { foldConvolution } from './fold.ts'
import * as onnx from './onnx-schema.ts'
import type { Weights } from './weights.ts'

/** Part of the cache's key: raise it whenever the emitted graph changes. */
export const emitterVersion = 1

/** Names at the graph's edge. */
export const graphNames = {
  /** uint8 [N, height, width, 3], RGB 0..255. */
  input: 'rgb',
  /** float32 [N, descriptorLength]: the taps' global averages, concatenated. */
  descriptor: 'descriptor',
  /** float32 [N, channels, rows, columns]: the feature map of the tap of this index. */
  map: (index: number): string => `map${index}`,
} as const

/** Keras' ImageNet means, blue green red. */
export const caffeMeans = [103.939, 116.779, 123.68]

/**
 * A network with its weights as the bytes of an ONNX model (operator set 17): preprocessing included, batch
 * norm folded, any batch and size. One input and 1 + taps outputs, named in `graphNames`; an unused output
 * costs nothing but its buffer, so both modes of encoding share one file.
 */
export function emitOnnx(
  architecture: Architecture,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const graph = new Emitter(architecture, weights)
  return onnx.encodeModel(graph.emit(), { encoder: architecture.name, ...metadata })
}

class Emitter {
  readonly #architecture: Architecture
  readonly #weights: Weights
  readonly #layers: ReadonlyMap<string, Layer>
  readonly #readers = new Map<string, number>()
  readonly #nodes: onnx.OnnxNode[] = []
  readonly #tensors: onnx.OnnxTensor[] = []
  /** Layers that became part of another layer's node, and that node's output. */
  readonly #alias = new Map<string, string>()

  constructor(architecture: Architecture, weights: Weights) {
    this.#architecture = architecture
    this.#weights = weights
    this.#layers = new Map(architecture.layers.map((layer) => [layer.name, layer]))
    for (const name of [...architecture.layers.flatMap(inputsOf), ...architecture.taps]) {
      this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1)
    }
  }

  emit(): onnx.OnnxGraph {
    const { name, layers, taps, tapChannels, descriptorLength } = this.#architecture
    this.#preprocess()
    layers.forEach((layer, index) => this.#layer(layer, layers[index + 1]))
    const outputs = this.#describe(taps)
    return {
      name,
      node: this.#nodes,
      initializer: this.#tensors,
      input: [onnx.value(graphNames.input, 'uint8', ['batch', 'height', 'width', 3])],
      output: [
        onnx.value(graphNames.descriptor, 'float', ['batch', descriptorLength]),
        ...outputs.map((output, index) =>
          onnx.value(output, 'float', ['batch', tapChannels[index] ?? 0, `rows${index}`, `columns${index}`]),
        ),
      ],
    }
  }

  #preprocess(): void {
    const caffe = this.#architecture.preprocessing === 'caffe'
    let x: string = graphNames.input
    if (caffe) {
      const order = this.#constant('bgr', 'int64', [3], BigInt64Array.of(2n, 1n, 0n))
      x = this.#node('Gather', 'to_bgr', [x, order], { axis: 3 })
    }
    x = this.#node('Cast', 'to_float', [x], { to: onnx.elementType.float })
    x = this.#node('Transpose', 'to_channels_first', [x], { perm: [0, 3, 1, 2] })
    if (caffe) {
      const means = this.#constant('means', 'float', [1, 3, 1, 1], Float32Array.from(caffeMeans))
      this.#node('Sub', imageInput, [x, means])
    } else {
      const half = this.#constant('half_range', 'float', [], Float32Array.of(127.5))
      const one = this.#constant('one', 'float', [], Float32Array.of(1))
      this.#node('Sub', imageInput, [this.#node('Div', 'scaled', [x, half]), one])
    }
  }

  #layer(layer: Layer, next: Layer | undefined): void {
    if (this.#alias.has(layer.name)) return
    const inputs = inputsOf(layer).map((input) => this.#alias.get(input) ?? input)
    switch (layer.op) {
      case 'convolution':
        this.#convolution(layer, this.#foldable(layer, next))
        break
      case 'batch-norm':
        throw new Error(`${layer.name} does not directly follow a convolution of its own`)
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
      case 'add':
        this.#node('Add', layer.name, inputs)
        break
      case 'concatenate':
        this.#node('Concat', layer.name, inputs, { axis: 1 })
    }
  }

  /** The batch norm right after a convolution that nothing else reads. */
  #foldable(convolution: Convolution, next: Layer | undefined): BatchNorm | null {
    const own = next?.op === 'batch-norm' && next.input === convolution.name
    return own && this.#readers.get(convolution.name) === 1 ? next : null
  }

  #convolution(layer: Convolution, batchNorm: BatchNorm | null): void {
    const { name, kernel: size, inputChannels, outputChannels, stride } = layer
    const { kernel, bias } = foldConvolution(layer, batchNorm, this.#weights)
    const same = layer.padding === 'same' ? ([(size[0] - 1) / 2, (size[1] - 1) / 2] as const) : [0, 0]
    const { input, padding } = this.#padded(layer.input, same)
    const shape = [outputChannels, inputChannels, size[0], size[1]]
    const inputs = [
      input,
      this.#constant(`${name}/kernel`, 'float', shape, kernel),
      this.#constant(`${name}/bias`, 'float', [outputChannels], bias),
    ]
    this.#node('Conv', name, inputs, { kernel_shape: size, strides: [stride, stride], pads: padding })
    if (batchNorm !== null) this.#alias.set(batchNorm.name, name)
  }

  #pool(layer: Pool): void {
    const { op, name, size, stride } = layer
    const same = layer.padding === 'same' ? (size - 1) / 2 : 0
    // ONNX pads a maximum with minus infinity; after a ReLU that is the same as the table's zeros.
    const { input, padding } = this.#padded(layer.input, [same, same])
    const attributes = { kernel_shape: [size, size], strides: [stride, stride], pads: padding }
    this.#node(op === 'max-pool' ? 'MaxPool' : 'AveragePool', name, [input], attributes)
  }

  /** What an operation reads and the zeros around it, taking over the zero-padding layer above it, if any. */
  #padded(name: string, own: readonly number[]): { input: string; padding: number[] } {
    const above = this.#layers.get(name)
    const extra = above?.op === 'zero-padding' ? above.paddingPx : 0
    const source = above?.op === 'zero-padding' ? above.input : name
    const [rows = 0, columns = 0] = own.map((side) => side + extra)
    return { input: this.#alias.get(source) ?? source, padding: [rows, columns, rows, columns] }
  }

  /** A padding layer makes no node of its own: every layer that reads it must be able to pad by itself. */
  #checkPadding({ name, input }: ZeroPadding): void {
    const positive = this.#layers.get(input)?.op === 'relu'
    for (const layer of this.#architecture.layers.filter((reader) => inputsOf(reader).includes(name))) {
      const takes = layer.op === 'convolution' || (layer.op === 'max-pool' && positive)
      if (!takes) throw new Error(`${layer.name} cannot take over the padding of ${name}`)
    }
  }

  #describe(taps: readonly string[]): string[] {
    const axis = { axis: 1 }
    const averages: string[] = []
    const maps = taps.map((tap, index) => {
      const map = this.#node('Identity', graphNames.map(index), [this.#alias.get(tap) ?? tap])
      const average = this.#node('GlobalAveragePool', `average${index}`, [map])
      averages.push(this.#node('Flatten', `flat${index}`, [average], axis))
      return map
    })
    this.#node('Concat', graphNames.descriptor, averages, axis)
    return maps
  }

  #constant(
    name: string,
    type: onnx.ElementType,
    dims: readonly number[],
    data: Float32Array | BigInt64Array,
  ): string {
    this.#tensors.push(onnx.tensor(name, type, dims, data))
    return name
  }

  #node(
    opType: string,
    name: string,
    input: readonly string[],
    attributes: Readonly<Record<string, number | readonly number[]>> = {},
  ): string {
    const attribute = Object.entries(attributes).map(([key, of]) => onnx.attribute(key, of))
    this.#nodes.push({ opType, name, input, output: [name], attribute })
    return name
  }
}
