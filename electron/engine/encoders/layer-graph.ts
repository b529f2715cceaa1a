import {
  imageInput,
  inputsOf,
  type Architecture,
  type BatchNorm,
  type Convolution,
  type Layer,
  type Pool,
} from './architecture.ts'
import { caffeMeans } from './emit-onnx.ts'
import { foldBatchNorm } from './fold-batch-norm.ts'
import { isOpened, type GraphShape } from './graph-rules.ts'
import type { NativeGraphLayer, NativeMapPart } from './native-encoding.ts'
import type { Weights } from './weights.ts'

/** A layer of the native part: a convolution with what belongs to it, or pooling. */
interface GraphStep {
  readonly layer: Convolution | Pool
  readonly batchNorm: BatchNorm | null
  readonly relu: boolean
  readonly input: string
  /** The zeros of a padding layer above. */
  readonly extraPadding: number
  /** What is added to the convolution's results. */
  readonly sum: string | null
  readonly output: string
}

/** A network of convolutions, sums, pooling and concatenations, ready for the native part (native/encoding/layer_graph.h). */
interface LayerGraph {
  readonly steps: readonly GraphStep[]
  /** Of each step. */
  readonly shapes: readonly GraphShape[]
  /** Channels of each map; map 0 is the image. */
  readonly mapChannels: readonly number[]
  readonly parts: ReadonlyMap<string, NativeMapPart>
  readonly taps: readonly number[]
}

/** A network for the native part; null if it has layers that this cannot compute. */
export function layerGraphOf(architecture: Architecture): LayerGraph | null {
  const steps = new StepReader(architecture).read()
  if (steps === null) return null
  const maps = mapsOf(architecture, steps)
  if (maps === null) return null
  const { mapChannels, parts, channels } = maps
  const shapes = steps.map((step) => shapeOf(step, parts, channels)).filter((shape) => shape !== null)
  const taps = architecture.taps.map((tap) => parts.get(tap)?.map ?? 0)
  const areWhole =
    shapes.length === steps.length &&
    architecture.taps.every((tap, index) => mapChannels[taps[index] ?? 0] === channels.get(tap))
  return areWhole && isOpened(shapes, mapChannels, taps) ? { steps, shapes, mapChannels, parts, taps } : null
}

/** Joins layers into steps: convolution, normalisation, sum and ReLU are one; padding belongs to what reads it. */
class StepReader {
  readonly #layers: ReadonlyMap<string, Layer>
  /** The layers that read a layer's result; a tap reads its own. */
  readonly #readers = new Map<string, (Layer | null)[]>()
  readonly #order: ReadonlyMap<string, number>

  constructor({ layers, taps }: Architecture) {
    this.#layers = new Map(layers.map((layer) => [layer.name, layer]))
    this.#order = new Map(layers.map((layer, index) => [layer.name, index]))
    const reads = (input: string, reader: Layer | null) =>
      this.#readers.set(input, [...(this.#readers.get(input) ?? []), reader])
    for (const layer of layers) for (const input of inputsOf(layer)) reads(input, layer)
    for (const tap of taps) reads(tap, null)
  }

  read(): GraphStep[] | null {
    const steps: GraphStep[] = []
    const joined = new Set<string>()
    for (const layer of this.#layers.values()) {
      if (joined.has(layer.name) || layer.op === 'concatenate' || layer.op === 'zero-padding') continue
      if (layer.op !== 'convolution' && layer.op !== 'max-pool' && layer.op !== 'average-pool') return null
      const step = this.#step(layer, joined)
      if (step === null) return null
      steps.push(step)
    }
    return steps
  }

  #step(layer: Convolution | Pool, joined: Set<string>): GraphStep | null {
    if (!hasEvenMargins(layer)) return null
    const above = this.#layers.get(layer.input)
    const isPadded = above?.op === 'zero-padding'
    const [input, extraPadding] = isPadded ? [above.input, above.paddingPx] : [layer.input, 0]
    const base = { layer, input, extraPadding }
    if (layer.op !== 'convolution') {
      // Zeros change no maximum of values that are not negative.
      const isRelu = this.#layers.get(input)?.op === 'relu'
      if (isPadded && (layer.op !== 'max-pool' || !isRelu)) return null
      return { ...base, batchNorm: null, relu: false, sum: null, output: layer.name }
    }
    if (layer.groups !== 1) return null
    let output = layer.name
    const take = (op: Layer['op']): Layer | null => {
      const reader = this.#onlyReader(output)
      if (reader?.op !== op) return null
      output = reader.name
      joined.add(reader.name)
      return reader
    }
    const normal = take('batch-norm')
    const before = output
    const sum = this.#isLastOfSum(output) ? take('add') : null
    const relu = take('relu') !== null
    return {
      ...base,
      batchNorm: normal?.op === 'batch-norm' ? normal : null,
      relu,
      sum: sum === null ? null : (inputsOf(sum).find((name) => name !== before) ?? null),
      output,
    }
  }

  /** The layer that reads a result, if there is only one. */
  #onlyReader(name: string): Layer | null {
    const readers = this.#readers.get(name) ?? []
    return readers.length === 1 ? (readers[0] ?? null) : null
  }

  /** Whether a result is added to one that was made before: the sum is part of the later convolution. */
  #isLastOfSum(name: string): boolean {
    const sum = this.#onlyReader(name)
    if (sum?.op !== 'add' || sum.inputs.length !== 2) return false
    const place = (input: string) => this.#order.get(input) ?? -1
    return sum.inputs.every((input) => input === name || (place(input) >= 0 && place(input) < place(name)))
  }
}

/** Whether as many cells are added on either side, whatever the size of the picture (`samePadding`). */
const hasEvenMargins = (layer: Convolution | Pool): boolean =>
  layer.padding === 'valid' || (layer.stride === 1 && kernelOf(layer).every((edge) => edge % 2 === 1))

/** Gives each result its map: the parts of a concatenation share one. Null if a result would belong to two. */
function mapsOf(
  { layers }: Architecture,
  steps: readonly GraphStep[],
): (Pick<LayerGraph, 'mapChannels' | 'parts'> & { channels: ReadonlyMap<string, number> }) | null {
  const channels = channelsOf(layers, steps)
  const mapChannels = [3]
  const parts = new Map<string, NativeMapPart>([[imageInput, { map: 0, channel: 0 }]])
  const place = (name: string): NativeMapPart =>
    parts.get(name) ?? { map: mapChannels.push(channels.get(name) ?? 0) - 1, channel: 0 }
  // From the last: a concatenation within another has its place there.
  for (const layer of layers.toReversed()) {
    if (layer.op !== 'concatenate') continue
    const own = place(layer.name)
    parts.set(layer.name, own)
    let { channel } = own
    for (const input of layer.inputs) {
      if (parts.has(input) || !channels.has(input)) return null
      parts.set(input, { map: own.map, channel })
      channel += channels.get(input) ?? 0
    }
  }
  for (const { output } of steps) parts.set(output, place(output))
  return { mapChannels, parts, channels }
}

/** The channels of what steps and concatenations make. */
function channelsOf(layers: readonly Layer[], steps: readonly GraphStep[]): ReadonlyMap<string, number> {
  const channels = new Map<string, number>()
  const made = new Map(steps.map((step) => [step.layer.name, step]))
  for (const layer of layers) {
    const step = made.get(layer.name)
    if (step !== undefined) {
      const { layer: own, input, output } = step
      channels.set(output, own.op === 'convolution' ? own.outputChannels : (channels.get(input) ?? 0))
    } else if (layer.op === 'concatenate') {
      channels.set(
        layer.name,
        layer.inputs.reduce((sum, input) => sum + (channels.get(input) ?? 0), 0),
      )
    }
  }
  return channels
}

/** A step for the native part, without its weights; null if it reads or adds what is in no map. */
function shapeOf(
  { layer, relu, input, extraPadding, sum, output }: GraphStep,
  parts: LayerGraph['parts'],
  channels: ReadonlyMap<string, number>,
): GraphShape | null {
  const [from, to, added] = [parts.get(input), parts.get(output), sum === null ? null : parts.get(sum)]
  if (from === undefined || to === undefined || added === undefined) return null
  const [rows, columns] = kernelOf(layer)
  const [marginRows, marginColumns] = marginsOf(layer, extraPadding)
  const shape = { from, to, rows, columns, stride: layer.stride, marginRows, marginColumns }
  if (layer.op === 'convolution') {
    const { inputChannels: inputs, outputChannels: outputs } = layer
    return { ...shape, inputs, outputs, relu, ...(added !== null && { sum: added }) }
  }
  const pooled = channels.get(output) ?? 0
  return { ...shape, inputs: pooled, outputs: pooled, average: layer.op === 'average-pool' }
}

/** The layers of a graph with their weights, for `NativeEncoding.openGraph`. */
export function nativeLayers({ steps, shapes }: LayerGraph, weights: Weights): NativeGraphLayer[] {
  return shapes.map((shape, index) => {
    const { layer, batchNorm = null } = steps[index] ?? {}
    return layer?.op === 'convolution' ? { ...shape, ...foldBatchNorm(layer, batchNorm, weights) } : shape
  })
}

const kernelOf = (layer: Convolution | Pool): readonly [number, number] =>
  layer.op === 'convolution' ? layer.kernel : [layer.size, layer.size]

/** Zeros above and below, and on both sides. */
function marginsOf(layer: Convolution | Pool, extraPadding: number): [rows: number, columns: number] {
  const [rows, columns] = kernelOf(layer)
  const marginOf = (edge: number) => (layer.padding === 'same' ? (edge - 1) / 2 : 0) + extraPadding
  return [marginOf(rows), marginOf(columns)]
}

/** The sizes of the taps' maps for an image. */
export function graphTapSizesOf(
  { steps, mapChannels, parts, taps }: LayerGraph,
  heightPx: number,
  widthPx: number,
) {
  const sizes = new Map<number, readonly number[]>([[0, [heightPx, widthPx]]])
  const mapOf = (name: string): number => parts.get(name)?.map ?? 0
  for (const { layer, extraPadding, input, output } of steps) {
    const [kernel, margins] = [kernelOf(layer), marginsOf(layer, extraPadding)]
    const before = sizes.get(mapOf(input)) ?? []
    const after = before.map((cells, axis) => {
      const all = cells + 2 * (margins[axis] ?? 0) - (kernel[axis] ?? 0)
      return Math.max(0, Math.floor(all / layer.stride) + 1)
    })
    sizes.set(mapOf(output), after)
  }
  return taps.map((map) => {
    const [rows = 0, columns = 0] = sizes.get(map) ?? []
    return { channels: mapChannels[map] ?? 0, rows, columns }
  })
}

/** What each byte becomes in the three channels of the network, and whether its first channel is blue. */
export function pixelValuesOf(
  preprocessing: Architecture['preprocessing'],
): [values: Float32Array, blueFirst: boolean] {
  const valueOf = {
    caffe: (byte: number, channel: number) => byte - Math.fround(caffeMeans[channel] ?? 0),
    symmetric: (byte: number) => Math.fround(byte / 127.5) - 1,
    centred: (byte: number) => (byte - 127) / 128,
  }[preprocessing]
  const values = Float32Array.from({ length: 3 * 256 }, (_, index) => valueOf(index % 256, index >> 8))
  return [values, preprocessing === 'caffe']
}
