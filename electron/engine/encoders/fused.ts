import { availableParallelism } from 'node:os'
import { toErrorView } from '../../contract/error-view.ts'
import {
  imageInput,
  type Architecture,
  type BatchNorm,
  type Convolution,
  type Layer,
} from './architecture.ts'
import type { EncoderBackend } from './backend.ts'
import { foldBatchNorm } from './fold-batch-norm.ts'
import { failing, NativeEncoder, noInstructions } from './native-encoder.ts'
import { nativeEncoding, olderAddon } from './native-encoding.ts'
import type { Weights } from './weights.ts'

/**
 * Runs a chain of inverted bottlenecks, such as EfficientNet-Lite, on the processor (native/encoding). Each bottleneck is
 * computed as one step, so that its expanded maps, up to six times as large as the others, stay in the processor's cache.
 *
 * @param options.threads default: one per core
 * @param options.instructions one of those that the addon names; default: the fastest. All give the same bits.
 */
export const fused = (options: { threads?: number; instructions?: string } = {}): EncoderBackend => ({
  name: 'fused',
  canRun: (architecture) => chainOf(architecture) !== null,
  open: (model) =>
    failing('fused', async () => {
      const chain = chainOf(model.architecture)
      if (chain === null) throw new Error(`${model.name} is not a chain of inverted bottlenecks`)
      const encoding = nativeEncoding()
      if (encoding.openBottlenecks === undefined) throw new Error(olderAddon)
      const instructions = options.instructions ?? encoding.instructions()[0]
      if (instructions === undefined) throw new Error(noInstructions)
      const weights = await model.readWeights()
      const handle = await encoding.openBottlenecks(
        chain.bottlenecks.map((bottleneck) => nativeBottleneck(bottleneck, weights)),
        productOf(chain.head, weights),
        Float32Array.of(127, 1 / 128),
        options.threads ?? availableParallelism(),
        instructions,
      )
      const tapSizes = (heightPx: number, widthPx: number) => [tapSizeOf(chain, heightPx, widthPx)]
      return new NativeEncoder('fused', model, { encoding, handle, tapSizes, imagesAtOnce: 1 })
    }),
})

/** Why this back-end is unavailable on this machine; null if it is available. */
export function fusedMissing(): string | null {
  try {
    const encoding = nativeEncoding()
    if (encoding.openBottlenecks === undefined) return olderAddon
    return encoding.instructions().length > 0 ? null : noInstructions
  } catch (error) {
    return toErrorView(error).message
  }
}

/** A convolution and the batch normalisation directly after it. */
interface Part {
  readonly convolution: Convolution
  readonly batchNorm: BatchNorm | null
}

interface Bottleneck {
  /** Of the first: the convolution of the image. */
  readonly expand: Part
  readonly depthwise: Part
  readonly project: Part
  readonly sum: boolean
}

interface Chain {
  readonly bottlenecks: readonly Bottleneck[]
  readonly head: Part
}

/** A network as a chain for the native part; null if it is not a chain of that kind. */
function chainOf({ layers, taps, preprocessing }: Architecture): Chain | null {
  if (preprocessing !== 'centred') return null
  const reader = new LayerReader(layers)
  const bottlenecks: Bottleneck[] = []
  for (;;) {
    const input = reader.above
    const expand = reader.next(bottlenecks.length === 0 ? isFirst : isWhole, 'relu6')
    if (expand === null) return null
    if (reader.isAtEnd) {
      const isChain = bottlenecks.length > 0 && taps.length === 1 && taps[0] === reader.above
      return isChain ? { bottlenecks, head: expand } : null
    }
    const depthwise = reader.next(isDepthwise, 'relu6')
    const project = depthwise && reader.next(isWhole, null)
    if (project === null || depthwise === null) return null
    bottlenecks.push({ expand, depthwise, project, sum: input !== imageInput && reader.takeSum(input) })
  }
}

const isSame = ({ padding }: Convolution): boolean => padding === 'same'
const isSquare = ({ kernel }: Convolution, ...edges: number[]): boolean =>
  kernel[0] === kernel[1] && edges.includes(kernel[0])

const isFirst = (layer: Convolution): boolean =>
  isSame(layer) && isSquare(layer, 3) && layer.stride === 2 && layer.groups === 1
const isWhole = (layer: Convolution): boolean =>
  isSquare(layer, 1) && layer.stride === 1 && layer.groups === 1
const isDepthwise = (layer: Convolution): boolean =>
  isSame(layer) && isSquare(layer, 3, 5) && layer.stride <= 2 && layer.groups === layer.outputChannels

/** Reads a table whose layers each have the one above as their input. */
class LayerReader {
  readonly #layers: readonly Layer[]
  #index = 0
  /** The layer that was read last. */
  above: string = imageInput

  constructor(layers: readonly Layer[]) {
    this.#layers = layers
  }

  get isAtEnd(): boolean {
    return this.#index === this.#layers.length
  }

  /** The next convolution with what belongs to it; null if the next layers are others. */
  next(fits: (layer: Convolution) => boolean, activation: 'relu6' | null): Part | null {
    const convolution = this.#take('convolution')
    if (convolution?.op !== 'convolution' || !fits(convolution)) return null
    const batchNorm = this.#take('batch-norm')
    if (activation !== null && this.#take(activation) === null) return null
    return { convolution, batchNorm: batchNorm?.op === 'batch-norm' ? batchNorm : null }
  }

  /** Takes the sum of the layer above and `input`, if it is the next. */
  takeSum(input: string): boolean {
    const layer = this.#layers[this.#index]
    if (layer?.op !== 'add') return false
    const isSum =
      layer.inputs.length === 2 && [input, this.above].every((name) => layer.inputs.includes(name))
    if (!isSum) return false
    this.#index++
    this.above = layer.name
    return true
  }

  #take(op: Layer['op']): Layer | null {
    const layer = this.#layers[this.#index]
    if (layer?.op !== op || !('input' in layer) || layer.input !== this.above) return null
    this.#index++
    this.above = layer.name
    return layer
  }
}

const productOf = ({ convolution, batchNorm }: Part, weights: Weights) => ({
  outputs: convolution.outputChannels,
  ...foldBatchNorm(convolution, batchNorm, weights),
})

function nativeBottleneck({ expand, depthwise, project, sum }: Bottleneck, weights: Weights) {
  const { convolution, batchNorm } = depthwise
  return {
    inputs: expand.convolution.inputChannels,
    expand: productOf(expand, weights),
    size: convolution.kernel[0],
    stride: convolution.stride,
    depthwise: foldBatchNorm(convolution, batchNorm, weights),
    project: productOf(project, weights),
    sum,
  }
}

function tapSizeOf({ bottlenecks, head }: Chain, heightPx: number, widthPx: number) {
  const strides = [2, ...bottlenecks.map(({ depthwise }) => depthwise.convolution.stride)]
  const halved = (size: number) => strides.reduce((edge, stride) => Math.ceil(edge / stride), size)
  return {
    channels: head.convolution.outputChannels,
    rows: halved(heightPx),
    columns: halved(widthPx),
  }
}
