import { expect, test } from 'vitest'
import { architectures } from '../../../../electron/engine/encoders/architectures.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import { weightOf, weightsFingerprint } from '../../../../electron/engine/encoders/weights.ts'
import { tinyNetwork } from './made-up-network.ts'

test('kernels and biases are He-scaled, batch norm is the identity', () => {
  const { layers } = architectures.resnet50
  const end = layers.findIndex(({ name }) => name === 'conv4_block2_out') + 1
  const weights = untrainedWeights({ layers: layers.slice(0, end) })
  const kernel = weightOf(weights, 'conv4_block2_2_conv/kernel')
  const square = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length
  // fan-in 3 x 3 x 256; 589 824 draws leave a relative error of about 0.2 % in the variance.
  expect(square / (2 / 2304)).toBeCloseTo(1, 1.5)
  expect([...new Set(weightOf(weights, 'conv4_block2_3_bn/gamma'))]).toEqual([0.5])
  expect([...new Set(weightOf(weights, 'conv4_block2_2_bn/gamma'))]).toEqual([1])
  expect([...new Set(weightOf(weights, 'conv4_block2_2_bn/beta'))]).toEqual([0])
  expect([...new Set(weightOf(weights, 'conv4_block2_2_bn/moving_variance'))]).toEqual([1])
})

test('one changed value, or another network, gives another fingerprint', () => {
  const tiny = tinyNetwork()
  const weights = new Map(untrainedWeights(tiny))
  const before = weightsFingerprint(tiny, weights)
  expect(weightsFingerprint({ ...tiny, name: 'other' }, weights)).not.toBe(before)
  const bias = weightOf(weights, 'c_conv/bias').slice()
  bias[3] = (bias[3] ?? 0) + 1e-6
  weights.set('c_conv/bias', bias)
  expect(weightsFingerprint(tiny, weights)).not.toBe(before)
})
