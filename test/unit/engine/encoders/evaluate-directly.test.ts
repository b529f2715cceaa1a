import { expect, test } from 'vitest'
import { architectures } from '../../../../electron/engine/encoders/architectures.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import { evaluateDirectly, expectedProbe } from '../../../../electron/engine/encoders/evaluate-directly.ts'
import { cosine, kerasProbe, probeImage } from '../../../../electron/engine/encoders/index.ts'
import { readKerasWeights } from '../../../../electron/engine/encoders/keras-file.ts'
import { weightsFingerprint } from '../../../../electron/engine/encoders/weights.ts'
import { golden, referencePath, worstRelative } from './helpers.ts'
import { tinyNetwork } from './made-up-network.ts'

test('every operation of the table gives what real Keras gives', async () => {
  const tiny = tinyNetwork()
  const weights = await readKerasWeights(referencePath('tiny.h5'), tiny)
  const found = evaluateDirectly(tiny, weights, probeImage(45, 38))
  // Ours sums in float64, Keras in float32.
  expect(worstRelative(found, golden('tiny-descriptor.npy'))).toBeLessThan(1.2e-4)
})

test('a whole network gives what real Keras gives', () => {
  const { resnet50 } = architectures
  const weights = untrainedWeights(resnet50)
  const expected = kerasProbe('resnet50', weightsFingerprint(resnet50, weights))
  const sizePx = expected?.sizePx ?? 0
  const found = evaluateDirectly(resnet50, weights, probeImage(sizePx, sizePx))
  expect(cosine(found, expected?.descriptor ?? new Float32Array())).toBeGreaterThan(0.999999)
  // The probe of other weights is as small as possible, because it takes seconds.
  expect(expectedProbe(tinyNetwork(), untrainedWeights(tinyNetwork())).sizePx).toBe(64)
})
