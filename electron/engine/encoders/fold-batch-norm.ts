import type { BatchNorm, Convolution } from './architecture.ts'
import { weightOf, type Weights } from './weights.ts'

export interface FoldedConvolution {
  /** Output channels x input channels x rows x columns, row-major. */
  readonly kernel: Float32Array
  /** One value per output channel. */
  readonly bias: Float32Array
}

/**
 * Folds the batch normalisation after a convolution (null: none) into its kernel and bias. The result has the
 * channels-first layout of ONNX. y = (conv(x) + b - mean) s + beta with s = gamma / sqrt(variance + epsilon), so kernel
 * and bias are scaled by s. Computed in float64 and rounded once. Returns new buffers.
 */
export function foldBatchNorm(
  convolution: Convolution,
  batchNorm: BatchNorm | null,
  weights: Weights,
): FoldedConvolution {
  const { name, kernel: size, inputChannels, outputChannels, bias: hasBias } = convolution
  const area = size[0] * size[1]
  const source = weightOf(weights, `${name}/kernel`)
  const scale = new Float64Array(outputChannels).fill(1)
  const bias = new Float64Array(outputChannels)
  if (hasBias) bias.set(weightOf(weights, `${name}/bias`))
  if (batchNorm !== null) normalise(batchNorm, weights, scale, bias)

  const kernel = new Float32Array(source.length)
  let from = 0
  for (let position = 0; position < area; position++) {
    for (let input = 0; input < inputChannels; input++) {
      for (let output = 0; output < outputChannels; output++, from++) {
        kernel[(output * inputChannels + input) * area + position] =
          (source[from] ?? 0) * (scale[output] ?? 0)
      }
    }
  }
  return { kernel, bias: Float32Array.from(bias) }
}

function normalise(layer: BatchNorm, weights: Weights, scale: Float64Array, bias: Float64Array): void {
  const of = (weight: string): Float32Array => weightOf(weights, `${layer.name}/${weight}`)
  const gamma = layer.scale ? of('gamma') : new Float32Array(layer.channels).fill(1)
  const beta = of('beta')
  const mean = of('moving_mean')
  const variance = of('moving_variance')
  for (let channel = 0; channel < layer.channels; channel++) {
    const s = (gamma[channel] ?? 0) / Math.sqrt((variance[channel] ?? 0) + layer.epsilon)
    scale[channel] = s
    bias[channel] = ((bias[channel] ?? 0) - (mean[channel] ?? 0)) * s + (beta[channel] ?? 0)
  }
}
