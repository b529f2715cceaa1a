import { imageInput, NetworkTable, type Architecture } from './architecture.ts'

/** He, Zhang, Ren and Sun 2015, table 1, column "50-layer". */
const stages = [
  { name: 'conv2', channels: 64, blocks: 3, stride: 1 },
  { name: 'conv3', channels: 128, blocks: 4, stride: 2 },
  { name: 'conv4', channels: 256, blocks: 6, stride: 2 },
  { name: 'conv5', channels: 512, blocks: 3, stride: 2 },
]

/** Keras uses 1.001e-5, like the original Caffe files. */
const epsilon = 1.001e-5

/** One bottleneck: 1x1 (with the stage's stride), 3x3, 1x1 to four times the channels, plus the shortcut. */
function bottleneck(
  net: NetworkTable,
  name: string,
  input: string,
  block: { channels: number; stride: number; projected: boolean },
): string {
  const { channels, stride, projected } = block
  let shortcut = input
  if (projected) {
    shortcut = net.convolution(`${name}_0_conv`, input, 4 * channels, [1, 1], { stride })
    shortcut = net.batchNorm(`${name}_0_bn`, shortcut, { epsilon })
  }
  let x = net.convolution(`${name}_1_conv`, input, channels, [1, 1], { stride })
  x = net.batchNorm(`${name}_1_bn`, x, { epsilon })
  x = net.relu(`${name}_1_relu`, x)
  x = net.convolution(`${name}_2_conv`, x, channels, [3, 3], { padding: 'same' })
  x = net.batchNorm(`${name}_2_bn`, x, { epsilon })
  x = net.relu(`${name}_2_relu`, x)
  x = net.convolution(`${name}_3_conv`, x, 4 * channels, [1, 1])
  x = net.batchNorm(`${name}_3_bn`, x, { epsilon, untrainedScale: 0.5 })
  x = net.add(`${name}_add`, [shortcut, x])
  return net.relu(`${name}_out`, x)
}

function resNet50(): Architecture {
  const net = new NetworkTable()
  let x = net.zeroPadding('conv1_pad', imageInput, 3)
  x = net.convolution('conv1_conv', x, 64, [7, 7], { stride: 2 })
  x = net.batchNorm('conv1_bn', x, { epsilon })
  x = net.relu('conv1_relu', x)
  x = net.zeroPadding('pool1_pad', x, 1)
  x = net.maxPool('pool1_pool', x, 3, 2)
  for (const stage of stages) {
    for (let block = 1; block <= stage.blocks; block++) {
      const first = block === 1
      x = bottleneck(net, `${stage.name}_block${block}`, x, {
        channels: stage.channels,
        stride: first ? stage.stride : 1,
        projected: first,
      })
    }
  }
  return net.finish({ name: 'resnet50', preprocessing: 'caffe', taps: [x], minimumSizePx: 32 })
}

/** ResNet-50 v1 as in Keras Applications, without the top: the first 1x1 convolution of a stage has its stride, and convolutions have biases. */
export const resnet50 = resNet50()
