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
