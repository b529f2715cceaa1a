import type { Raster } from '../image/index.ts'
import {
  imageInput,
  inputsOf,
  samePadding,
  type Architecture,
  type Convolution,
  type Layer,
  type Pool,
} from './architecture.ts'
import type { Probe } from './self-test.ts'
import { probeImage } from './self-test.ts'
import { weightOf, type Weights } from './weights.ts'

/** Rows x columns x channels, row-major, like in Keras. */
interface Tensor {
  readonly rows: number
  readonly columns: number
  readonly channels: number
  readonly data: Float64Array
}

/** Smallest probe that still distinguishes encoders. It must be small, because the reference takes seconds. */
const minProbePx = 64

/**
 * The probe with the expected descriptor for these weights (self-test.ts). Takes 1 to 3 seconds, so it runs only once,
 * when weights are installed.
 */
export function expectedProbe(architecture: Architecture, weights: Weights): Probe {
  const sizePx = Math.max(minProbePx, architecture.minimumSizePx)
  return { sizePx, descriptor: evaluateDirectly(architecture, weights, probeImage(sizePx, sizePx)) }
}

/**
 * The reference implementation: computes the descriptor of an image directly from the network's table and Keras'
 * arrays, in float64, without folding and without a back-end. Slow (about 10^9 products per second), but independent
 * of everything that it is compared with, except for the table itself.
 */
export function evaluateDirectly(architecture: Architecture, weights: Weights, image: Raster): Float32Array {
  const found = new Map<string, Tensor>([[imageInput, preprocessed(architecture, image)]])
  const of = (name: string): Tensor => {
    const tensor = found.get(name)
    if (tensor === undefined) throw new Error(`no layer ${name} above`)
    return tensor
  }
  for (const layer of architecture.layers)
    found.set(layer.name, apply(layer, inputsOf(layer).map(of), weights))
  return Float32Array.from(architecture.taps.flatMap((tap) => averages(of(tap))))
}

/** Keras' ImageNet means: blue, green, red. */
const caffeMeans = [103.939, 116.779, 123.68]

function preprocessed({ preprocessing }: Architecture, { widthPx, heightPx, data }: Raster): Tensor {
  const values = Float64Array.from(data, (value, index) => {
    if (preprocessing === 'symmetric') return value / 127.5 - 1
    if (preprocessing === 'centred') return (value - 127) / 128
    const channel = index % 3
    return (data[index + 2 - 2 * channel] ?? 0) - (caffeMeans[channel] ?? 0)
  })
  return { rows: heightPx, columns: widthPx, channels: 3, data: values }
}

function apply(layer: Layer, inputs: readonly Tensor[], weights: Weights): Tensor {
  const [input] = inputs
  if (input === undefined) throw new Error(`${layer.name} has no input`)
  switch (layer.op) {
    case 'convolution':
      return convolved(input, layer, weights)
    case 'max-pool':
    case 'average-pool':
      return pooled(input, layer)
    case 'zero-padding':
      return padded(input, evenly(layer.paddingPx), evenly(layer.paddingPx))
    case 'relu':
      return { ...input, data: input.data.map((value) => Math.max(0, value)) }
    case 'relu6':
      return { ...input, data: input.data.map((value) => Math.min(6, Math.max(0, value))) }
    case 'batch-norm': {
      const arrayOf = (weight: string): Float32Array => weightOf(weights, `${layer.name}/${weight}`)
      const gamma = layer.scale ? arrayOf('gamma') : null
      const [beta, mean, variance] = [arrayOf('beta'), arrayOf('moving_mean'), arrayOf('moving_variance')]
      return mapChannels(input, (value, c) => {
        const deviation = Math.sqrt((variance[c] ?? 0) + layer.epsilon)
        return ((value - (mean[c] ?? 0)) / deviation) * (gamma?.[c] ?? 1) + (beta[c] ?? 0)
      })
    }
    case 'add': {
      const other = inputs[1]
      return { ...input, data: input.data.map((value, index) => value + (other?.data[index] ?? 0)) }
    }
    case 'concatenate':
      return concatenated(inputs)
  }
}

function mapChannels(input: Tensor, change: (value: number, channel: number) => number): Tensor {
  return { ...input, data: input.data.map((value, index) => change(value, index % input.channels)) }
}

interface Padding {
  readonly before: number
  readonly after: number
}

const evenly = (px: number): Padding => ({ before: px, after: px })

function padded(input: Tensor, down: Padding, across: Padding): Tensor {
  const { channels } = input
  const rows = input.rows + down.before + down.after
  const columns = input.columns + across.before + across.after
  const data = new Float64Array(rows * columns * channels)
  for (let row = 0; row < input.rows; row++) {
    const line = input.data.subarray(row * input.columns * channels, (row + 1) * input.columns * channels)
    data.set(line, ((row + down.before) * columns + across.before) * channels)
  }
  return { rows, columns, channels, data }
}

function convolved(input: Tensor, layer: Convolution, weights: Weights): Tensor {
  const { name, kernel: size, stride, padding, bias, groups, inputChannels, outputChannels } = layer
  const [height, width] = size
  const source =
    padding === 'same'
      ? padded(input, samePadding(input.rows, height, stride), samePadding(input.columns, width, stride))
      : input
  const kernel = weightOf(weights, `${name}/kernel`)
  const start = bias ? weightOf(weights, `${name}/bias`) : null
  const rows = Math.floor((source.rows - height) / stride) + 1
  const columns = Math.floor((source.columns - width) / stride) + 1
  const data = new Float64Array(rows * columns * outputChannels)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const to = (row * columns + column) * outputChannels
      const sums = data.subarray(to, to + outputChannels)
      if (start !== null) sums.set(start)
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const from = ((row * stride + y) * source.columns + column * stride + x) * source.channels
          const position = (y * width + x) * inputChannels
          if (groups > 1) {
            for (let o = 0; o < outputChannels; o++) {
              const value = source.data[from + o] ?? 0
              sums[o] = (sums[o] ?? 0) + value * (kernel[position * outputChannels + o] ?? 0)
            }
            continue
          }
          for (let c = 0; c < inputChannels; c++) {
            const value = source.data[from + c] ?? 0
            if (value === 0) continue
            const at = (position + c) * outputChannels
            for (let o = 0; o < outputChannels; o++) sums[o] = (sums[o] ?? 0) + value * (kernel[at + o] ?? 0)
          }
        }
      }
    }
  }
  return { rows, columns, channels: outputChannels, data }
}

function pooled(input: Tensor, { op, size, stride, padding }: Pool): Tensor {
  const { channels } = input
  const margin = padding === 'same' ? (size - 1) / 2 : 0
  const rows = Math.floor((input.rows + 2 * margin - size) / stride) + 1
  const columns = Math.floor((input.columns + 2 * margin - size) / stride) + 1
  const data = new Float64Array(rows * columns * channels)
  let to = 0
  for (let row = 0; row < rows; row++) {
    const top = row * stride - margin
    for (let column = 0; column < columns; column++) {
      const left = column * stride - margin
      for (let channel = 0; channel < channels; channel++) {
        let [sum, largest, count] = [0, -Infinity, 0]
        for (let y = Math.max(0, top); y < Math.min(input.rows, top + size); y++) {
          for (let x = Math.max(0, left); x < Math.min(input.columns, left + size); x++) {
            const value = input.data[(y * input.columns + x) * channels + channel] ?? 0
            sum += value
            largest = Math.max(largest, value)
            count++
          }
        }
        data[to++] = op === 'max-pool' ? largest : sum / count
      }
    }
  }
  return { rows, columns, channels, data }
}

function concatenated(inputs: readonly Tensor[]): Tensor {
  const { rows = 0, columns = 0 } = inputs[0] ?? {}
  const channels = inputs.reduce((sum, input) => sum + input.channels, 0)
  const data = new Float64Array(rows * columns * channels)
  let first = 0
  for (const input of inputs) {
    for (let cell = 0; cell < rows * columns; cell++) {
      data.set(
        input.data.subarray(cell * input.channels, (cell + 1) * input.channels),
        cell * channels + first,
      )
    }
    first += input.channels
  }
  return { rows, columns, channels, data }
}

function averages({ rows, columns, channels, data }: Tensor): number[] {
  const sums = new Array<number>(channels).fill(0)
  data.forEach((value, index) => (sums[index % channels] = (sums[index % channels] ?? 0) + value))
  return sums.map((sum) => sum / (rows * columns))
}
