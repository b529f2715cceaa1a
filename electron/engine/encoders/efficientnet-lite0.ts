import { imageInput, NetworkTable, type Architecture } from './architecture.ts'

/** Tan and Le 2019, table 1, with the first and last stages of the Lite variant (neither widened nor deepened). */
const stages = [
  { repeats: 1, kernel: 3, stride: 1, expansion: 1, channels: 16 },
  { repeats: 2, kernel: 3, stride: 2, expansion: 6, channels: 24 },
  { repeats: 2, kernel: 5, stride: 2, expansion: 6, channels: 40 },
  { repeats: 3, kernel: 3, stride: 2, expansion: 6, channels: 80 },
  { repeats: 3, kernel: 5, stride: 1, expansion: 6, channels: 112 },
  { repeats: 4, kernel: 5, stride: 2, expansion: 6, channels: 192 },
  { repeats: 1, kernel: 3, stride: 1, expansion: 6, channels: 320 },
]

const epsilon = 1e-3
const plain = { padding: 'same', bias: false } as const

interface Block {
  readonly kernel: number
  readonly stride: number
  readonly expansion: number
  readonly inputChannels: number
  readonly channels: number
}

/** Sandler et al. 2018, figure 3: expand, depthwise, project without an activation; a sum where the shape is kept. */
function invertedBottleneck(net: NetworkTable, name: string, input: string, block: Block): string {
  const { kernel, stride, expansion, inputChannels, channels } = block
  let x = input
  if (expansion > 1) {
    x = net.convolution(`${name}._expand_conv`, x, expansion * inputChannels, [1, 1], plain)
    x = net.relu6(`${name}.expand_relu6`, net.batchNorm(`${name}._bn0`, x, { epsilon }))
  }
  x = net.depthwiseConvolution(`${name}._depthwise_conv`, x, [kernel, kernel], stride)
  x = net.relu6(`${name}.depthwise_relu6`, net.batchNorm(`${name}._bn1`, x, { epsilon }))
  x = net.convolution(`${name}._project_conv`, x, channels, [1, 1], plain)
  const isSum = stride === 1 && inputChannels === channels
  x = net.batchNorm(`${name}._bn2`, x, { epsilon, untrainedScale: isSum ? 0.5 : 1 })
  return isSum ? net.add(`${name}.sum`, [input, x]) : x
}

function efficientNetLite(): Architecture {
  const net = new NetworkTable()
  let x = net.convolution('_conv_stem', imageInput, 32, [3, 3], { ...plain, stride: 2 })
  x = net.relu6('stem_relu6', net.batchNorm('_bn0', x, { epsilon }))
  let inputChannels = 32
  let number = 0
  for (const { repeats, stride, ...stage } of stages) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const block = { ...stage, stride: repeat === 0 ? stride : 1, inputChannels }
      x = invertedBottleneck(net, `_blocks.${number++}`, x, block)
      inputChannels = stage.channels
    }
  }
  x = net.convolution('_conv_head', x, 1280, [1, 1], plain)
  x = net.relu6('head_relu6', net.batchNorm('_bn1', x, { epsilon }))
  const about = { name: 'efficientnetlite0', preprocessing: 'centred', taps: [x], minimumSizePx: 32 } as const
  return net.finish(about, 'torch')
}

/**
 * EfficientNet-Lite0 of TensorFlow's own models (2020), without the fully connected layer. The layers have the names of
 * the published PyTorch file, which are the keys to its arrays.
 */
export const efficientNetLite0 = efficientNetLite()
