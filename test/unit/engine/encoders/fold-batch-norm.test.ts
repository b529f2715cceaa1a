import { expect, test } from 'vitest'
import type { BatchNorm, Convolution } from '../../../../electron/engine/encoders/architecture.ts'
import { foldBatchNorm } from '../../../../electron/engine/encoders/fold-batch-norm.ts'

const convolution: Convolution = {
  op: 'convolution',
  name: 'conv',
  input: 'image',
  kernel: [1, 2],
  stride: 1,
  padding: 'valid',
  bias: true,
  groups: 1,
  inputChannels: 2,
  outputChannels: 2,
}
const batchNorm: BatchNorm = {
  op: 'batch-norm',
  name: 'bn',
  input: 'conv',
  epsilon: 1,
  scale: true,
  untrainedScale: 1,
  channels: 2,
}
const weights = new Map([
  // [column][input][output]
  ['conv/kernel', Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
  ['conv/bias', Float32Array.of(10, 20)],
  ['bn/gamma', Float32Array.of(4, 6)],
  ['bn/beta', Float32Array.of(0.5, -0.5)],
  ['bn/moving_mean', Float32Array.of(2, 4)],
  ['bn/moving_variance', Float32Array.of(3, 8)],
])

test('worked by hand: s = 4 / sqrt(3 + 1) = 2 and 6 / sqrt(8 + 1) = 2', () => {
  const { kernel, bias } = foldBatchNorm(convolution, batchNorm, weights)
  expect([...kernel]).toEqual([2, 10, 6, 14, 4, 12, 8, 16])
  expect([...bias]).toEqual([(10 - 2) * 2 + 0.5, (20 - 4) * 2 - 0.5])
})

test('without batch norm only the layout changes, not the weights', () => {
  const { kernel, bias } = foldBatchNorm(convolution, null, weights)
  expect([...kernel]).toEqual([1, 5, 3, 7, 2, 6, 4, 8])
  expect([...bias]).toEqual([10, 20])
  expect([...(weights.get('conv/kernel') ?? [])]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

test('without a bias and without a scale', () => {
  const { bias } = foldBatchNorm({ ...convolution, bias: false }, { ...batchNorm, scale: false }, weights)
  // s = 1 / 2 and 1 / 3
  expect([...bias]).toEqual([...Float32Array.of(-2 / 2 + 0.5, -4 / 3 - 0.5)])
})
