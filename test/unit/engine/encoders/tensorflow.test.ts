import * as tf from '@tensorflow/tfjs-core'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { paperEncoders, type EncoderName } from '../../../../electron/contract/index.ts'
import type { Architecture } from '../../../../electron/engine/encoders/architecture.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import {
  architectures,
  cosine,
  EncoderStore,
  OpenEncoders,
  probeImage,
} from '../../../../electron/engine/encoders/index.ts'
import { readKerasWeights } from '../../../../electron/engine/encoders/keras-file.ts'
import { tensorFlow } from '../../../../electron/engine/encoders/tensorflow.ts'
import type { Weights } from '../../../../electron/engine/encoders/weights.ts'
import { expectRefusal, golden, referencePath, temporaryFolder, worstRelative } from './helpers.ts'
import { tinyNetwork } from './made-up-network.ts'

/** The same operations on tfjs' own WebAssembly back-end: no native part, no GPU. */
beforeAll(async () => {
  const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))
  setWasmPaths(`${folder}/`)
  setThreadsCount(1)
  expect(await tf.setBackend('wasm')).toBe(true)
  await tf.ready()
})

const none = new Float32Array()
const openOn = (name: EncoderName, architecture: Architecture, weights: Weights) =>
  tensorFlow('tensorflow-cpu', () => ({ tf, usesGpu: false })).open({
    name,
    architecture,
    source: 'untrained',
    fingerprint: '',
    onnxPath: '',
    readWeights: () => Promise.resolve(weights),
  })

test('every operation gives what real Keras gives, and leaves no memory behind', async () => {
  const tiny = tinyNetwork()
  const before = tf.memory().numTensors
  const encoder = await openOn('resnet50', tiny, await readKerasWeights(referencePath('tiny.h5'), tiny))
  const picture = probeImage(45, 38)
  const [descriptor = none] = await encoder.encode([picture])
  // One float32 unit of the largest element, seen from an element at 1e-3 of it.
  expect(worstRelative(descriptor, golden('tiny-descriptor.npy'))).toBeLessThan(1.2e-4)
  const [, last] = await encoder.encodeMaps(picture)
  expect(last).toMatchObject({ channels: 12, rows: 10, columns: 12 })
  expect(worstRelative(last?.data ?? none, golden('tiny-map.npy'))).toBeLessThan(1.2e-4)
  await expectRefusal(() => encoder.encode([probeImage(4, 4)]), 'image.invalid-raster', /at least 8 pixels/)
  await expectRefusal(() => encoder.encode([picture], AbortSignal.abort()), 'job.cancelled', /Cancelled/)
  await encoder.close()
  await encoder.close()
  expect(tf.memory().numTensors).toBe(before)
  await expectRefusal(
    () => encoder.encode([picture]),
    'encoder.backend-failed',
    /tensorflow-cpu failed: no weights/,
  )
})

/**
 * One at the larger size, since one thread of WebAssembly takes its time and the operations are the same for all;
 * LOBULE_TEST_GPU=1 asks for every one.
 */
const larger = process.env['LOBULE_TEST_GPU'] === '1' ? paperEncoders : (['inceptionv3'] as const)
const sizes = [
  ...paperEncoders.map((name) => [name, 400] as const),
  ...larger.map((name) => [name, 650] as const),
]

test.each(sizes)('untrained %s gives what real Keras gives at %i pixels', async (name, sizePx) => {
  const encoder = await openOn(name, architectures[name], untrainedWeights(architectures[name]))
  const [found = none] = await encoder.encode([probeImage(sizePx, sizePx)])
  const expected = golden(`${name}-${sizePx}.npy`)
  // The bounds of issue 6.
  expect(cosine(found, expected)).toBeGreaterThan(0.999999)
  expect(worstRelative(found, expected)).toBeLessThan(1e-3)
  await encoder.close()
})

test('a request by name fails with the reason where TensorFlow is not installed', async () => {
  const home = await temporaryFolder()
  await new EncoderStore(home).installUntrained(['vgg16'])
  for (const name of ['tensorflow', 'tensorflow-cpu'] as const) {
    const ask = () => new OpenEncoders(home, name).get('vgg16')
    await expectRefusal(
      ask,
      'encoder.backend-failed',
      /failed: (TensorFlow is not installed|this copy|only on)/,
    )
  }
})

test('a TensorFlow without a GPU is never a GPU back-end, nor the other way round', async () => {
  const model = {
    name: 'resnet50',
    architecture: tinyNetwork(),
    source: 'untrained',
    fingerprint: '',
    onnxPath: '',
    readWeights: () => Promise.reject(new Error('not read')),
  } as const
  const open = (name: 'tensorflow' | 'tensorflow-cpu', usesGpu: boolean) =>
    tensorFlow(name, () => ({ tf, usesGpu })).open(model)
  const refused = [
    ['tensorflow', false, /finds no NVIDIA GPU with a driver here/],
    ['tensorflow-cpu', true, /computes on the GPU here; use the back-end tensorflow/],
    // These come as far as the weights.
    ['tensorflow', true, /tensorflow failed: not read/],
    ['tensorflow-cpu', false, /tensorflow-cpu failed: not read/],
  ] as const
  for (const [name, usesGpu, reason] of refused)
    await expectRefusal(() => open(name, usesGpu), 'encoder.backend-failed', reason)
})
