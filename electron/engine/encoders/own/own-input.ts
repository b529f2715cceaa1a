import type { Tensor } from 'onnxruntime-node'
import type { EncoderManifest } from '../../../contract/index.ts'
import type { Raster } from '../../image/index.ts'
import { toFloat16 } from '../float16.ts'
import { onnxRuntime } from '../onnx-runtime.ts'

type Input = EncoderManifest['input']

/** An image as the network takes it: order of axes and channels, type, scale, mean and deviation of the manifest. */
export function inputTensor(input: Input, raster: Raster): Tensor {
  const { layout, dtype } = input
  const { Tensor } = onnxRuntime()
  const { widthPx, heightPx } = raster
  const dims = layout === 'NCHW' ? [1, 3, heightPx, widthPx] : [1, heightPx, widthPx, 3]
  if (dtype === 'uint8')
    return new Tensor('uint8', arranged(input, raster, new Uint8Array(raster.data.length)), dims)
  const values = arranged(input, raster, new Float32Array(raster.data.length))
  if (dtype === 'float32') return new Tensor('float32', values, dims)
  return new Tensor('float16', toFloat16(values, 'the input'), dims)
}

/** Fills `to`, which has the image's length. */
function arranged<T extends Float32Array | Uint8Array>(
  { layout, channels, scale, mean, std, dtype }: Input,
  { widthPx, heightPx, data }: Raster,
  to: T,
): T {
  const pixels = widthPx * heightPx
  for (let channel = 0; channel < 3; channel++) {
    const source = channels === 'RGB' ? channel : 2 - channel
    const [centre = 0, deviation = 1] = [mean[channel], std[channel]]
    const isPlain = dtype === 'uint8'
    const [first, step] = layout === 'NCHW' ? [channel * pixels, 1] : [channel, 3]
    // One loop for each channel: an image has millions of values.
    for (let pixel = 0; pixel < pixels; pixel++) {
      const value = data[pixel * 3 + source] ?? 0
      to[first + pixel * step] = isPlain ? value : (value * scale - centre) / deviation
    }
  }
  return to
}
