import { NetworkTable, type Architecture } from '../../../../electron/engine/encoders/architecture.ts'

/** The made-up network of make_golden.py: every operation of the intermediate form. */
export function tinyNetwork(options: { middle?: number } = {}): Architecture {
  const { middle = 8 } = options
  const net = new NetworkTable()
  let x = net.zeroPadding('a_pad', 'image', 1)
  x = net.convolution('a_conv', x, 8, [3, 3], { stride: 2 })
  const early = net.relu('a_relu', net.batchNorm('a_bn', x, { epsilon: 1e-3 }))
  const pooled = net.maxPool('pool', net.zeroPadding('pool_pad', early, 1), 3, 2)
  x = net.convolution('b_conv', pooled, middle, [1, 1], { bias: false })
  x = net.batchNorm('b_bn', x, { epsilon: 1e-3, scale: false })
  const joined = net.relu('sum_relu', net.add('sum', [pooled, x]))
  x = net.averagePool('mean', joined, 3)
  x = net.relu('c_relu', net.convolution('c_conv', x, 4, [1, 7], { padding: 'same' }))
  const last = net.concatenate('both', [joined, x])
  return net.finish({ name: 'tiny', preprocessing: 'symmetric', taps: [early, last], minimumSizePx: 8 })
}

/** The operations that only mobile networks have: depthwise kernels, ReLU6, and SAME padding with a stride. */
export function tinyMobileNetwork(): Architecture {
  const net = new NetworkTable()
  const plain = { padding: 'same', bias: false } as const
  let x = net.convolution('stem', 'image', 8, [3, 3], { ...plain, stride: 2 })
  x = net.relu6('stem_relu6', net.batchNorm('stem_bn', x, { epsilon: 1e-3 }))
  x = net.depthwiseConvolution('a', x, [5, 5], 2)
  const early = net.relu6('a_relu6', net.batchNorm('a_bn', x, { epsilon: 1e-3 }))
  x = net.depthwiseConvolution('b', early, [3, 3])
  x = net.batchNorm('c_bn', net.convolution('c', x, 8, [1, 1], plain), { epsilon: 1e-3, untrainedScale: 0.5 })
  const last = net.relu6('last', net.add('sum', [early, x]))
  const about = {
    name: 'tiny-mobile',
    preprocessing: 'centred',
    taps: [early, last],
    minimumSizePx: 8,
  } as const
  return net.finish(about, 'torch')
}
