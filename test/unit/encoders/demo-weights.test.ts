import { expect, test } from 'vitest'
import { encoderNames } from '../../../electron/contract/index.ts'
import { architectures } from '../../../electron/engine/encoders/architectures.ts'
import { demoWeights } from '../../../electron/engine/encoders/demo-weights.ts'
import { probes } from '../../../electron/engine/encoders/manifest.ts'
import { weightOf, weightsFingerprint } from '../../../electron/engine/encoders/weights.ts'
import { tinyNetwork } from './helpers.ts'

// The fingerprints were written by the Python twin, over the layers and arrays as real Keras lists them: they
// agree only if every name, shape, order and value does, to the bit.
test.each(encoderNames)('untrained %s has the bits of the Python reference', (name) => {
  const weights = demoWeights(architectures[name])
  expect(weightsFingerprint(architectures[name], weights)).toBe(probes[name].fingerprint)
})

test('kernels and biases are He-scaled, batch norm is the identity', () => {
  const weights = demoWeights(architectures.resnet50)
  const kernel = weightOf(weights, 'conv4_block2_2_conv/kernel')
  const square = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length
  // fan-in 3 x 3 x 256; 589 824 draws leave a relative error of about 0.2 % in the variance.
  expect(square / (2 / 2304)).toBeCloseTo(1, 1.5)
  expect([...new Set(weightOf(weights, 'conv4_block2_3_bn/gamma'))]).toEqual([0.5])
  expect([...new Set(weightOf(weights, 'conv4_block2_2_bn/gamma'))]).toEqual([1])
  expect([...new Set(weightOf(weights, 'conv4_block2_2_bn/beta'))]).toEqual([0])
  expect([...new Set(weightOf(weights, 'conv4_block2_2_bn/moving_variance'))]).toEqual([1])
})

test('one changed value, or another network, is another fingerprint', () => {
  const tiny = tinyNetwork()
  const weights = new Map(demoWeights(tiny))
  const before = weightsFingerprint(tiny, weights)
  expect(weightsFingerprint({ ...tiny, name: 'other' }, weights)).not.toBe(before)
  const bias = weightOf(weights, 'c_conv/bias').slice()
  bias[3] = (bias[3] ?? 0) + 1e-6
  weights.set('c_conv/bias', bias)
  expect(weightsFingerprint(tiny, weights)).not.toBe(before)
})
