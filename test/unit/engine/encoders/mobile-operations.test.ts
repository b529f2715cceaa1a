import * as tf from '@tensorflow/tfjs-core'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { NetworkTable, samePadding } from '../../../../electron/engine/encoders/architecture.ts'
import { emitOnnx, type Precision } from '../../../../electron/engine/encoders/emit-onnx.ts'
import { evaluateDirectly } from '../../../../electron/engine/encoders/evaluate-directly.ts'
import { architectures, cosine, onnxCpu, probeImage } from '../../../../electron/engine/encoders/index.ts'
import { onnxHalf } from '../../../../electron/engine/encoders/onnx-backend.ts'
import { tensorFlow } from '../../../../electron/engine/encoders/tensorflow.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import { winograd } from '../../../../electron/engine/encoders/winograd.ts'
import type { EncoderBackend } from '../../../../electron/engine/encoders/backend.ts'
import { temporaryFolder } from './helpers.ts'
import { tinyMobileNetwork } from './made-up-network.ts'

const none = new Float32Array()
const network = tinyMobileNetwork()
const weights = untrainedWeights(network)

beforeAll(async () => {
  const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))
  setWasmPaths(`${folder}/`)
  setThreadsCount(1)
  expect(await tf.setBackend('wasm')).toBe(true)
  await tf.ready()
})

async function openOn(backend: EncoderBackend, precision: Precision = 'single') {
  const onnxPath = join(await temporaryFolder(), 'made-up.onnx')
  await writeFile(onnxPath, emitOnnx(network, weights, {}, precision))
  const about = { name: 'resnet50', source: 'untrained', fingerprint: '' } as const
  return backend.open({
    ...about,
    architecture: network,
    onnxPath,
    readWeights: () => Promise.resolve(weights),
  })
}

describe('SAME padding', () => {
  // Worked by hand: ceil(size / stride) outputs reach over (outputs - 1) stride + kernel pixels.
  test.each([
    [7, 3, 1, { before: 1, after: 1 }],
    [8, 3, 2, { before: 0, after: 1 }],
    [7, 3, 2, { before: 1, after: 1 }],
    [8, 5, 2, { before: 1, after: 2 }],
    [7, 5, 2, { before: 2, after: 2 }],
    [1, 3, 2, { before: 1, after: 1 }],
    [5, 1, 2, { before: 0, after: 0 }],
  ])('of %i pixels, kernel %i, stride %i', (size, kernel, stride, padding) => {
    expect(samePadding(size, kernel, stride)).toEqual(padding)
  })
})

test('a depthwise convolution with stride 2 and ReLU6, worked by hand', () => {
  const net = new NetworkTable()
  const taps = [net.relu6('out', net.depthwiseConvolution('conv', 'image', [3, 3], 2))]
  const made = net.finish({ name: 'by-hand', preprocessing: 'centred', taps, minimumSizePx: 1 })
  // Two rows of four pixels. Channels 0, 1, 2 are (v - 127) / 128 = 1, 2 - ... below: 255 is 1, 127 is 0, 0 is -127 / 128.
  const pixel = (value: number) => [value, 127, 0]
  const data = Uint8Array.from([255, 127, 127, 255, 127, 255, 127, 127].flatMap(pixel))
  // Kernel position p has the factors 4, 1, -1 for the three channels, at all nine positions.
  const kernel = Float32Array.from(Array.from({ length: 9 }, () => [4, 1, -1]).flat())
  const found = evaluateDirectly(made, new Map([['conv/kernel', kernel]]), { widthPx: 4, heightPx: 2, data })
  // Height 2 and width 4 are even: no zeros before, one after. Output 0 sees columns 0 to 2, output 1 columns 2, 3 and a
  // zero. Channel 0: 4 (1 + 1) = 8, cut to 6, and 4; channel 2: 6 x 127 / 128 and 4 x 127 / 128.
  expect([...found]).toEqual([(6 + 4) / 2, 0, (5 * 127) / 128])
})

/** Odd and even sizes, so that the strides need both kinds of padding in both directions. */
const sizes = [
  [45, 38],
  [32, 64],
  [33, 35],
  [46, 47],
] as const

describe.each(sizes)('%i x %i pixels', (widthPx, heightPx) => {
  const picture = probeImage(widthPx, heightPx)
  const expected = evaluateDirectly(network, weights, picture)

  test.each([
    ['ONNX Runtime', onnxCpu({ threads: 1 })],
    ['TensorFlow', tensorFlow('tensorflow-cpu', () => ({ tf, usesGpu: false }))],
  ])('%s gives what the table says', async (_title, backend) => {
    const encoder = await openOn(backend)
    const [found = none] = await encoder.encode([picture])
    // Sums of at most 200 products in float32 against float64, relative to the largest value.
    const largest = Math.max(...expected)
    expect(Math.max(...expected.map((value, index) => Math.abs(value - (found[index] ?? NaN))))).toBeLessThan(
      1e-6 * largest,
    )
    const [, last] = await encoder.encodeMaps(picture)
    expect(last).toMatchObject({ rows: Math.ceil(heightPx / 4), columns: Math.ceil(widthPx / 4) })
    await encoder.close()
  })

  test('half precision gives nearly the same', async () => {
    const encoder = await openOn(onnxHalf('webgpu', { provider: 'cpu' }), 'half')
    const [found = none] = await encoder.encode([picture])
    expect(cosine(found, expected)).toBeGreaterThan(0.999)
    expect(found).not.toEqual(expected)
    await encoder.close()
  })
})

test('ReLU6 takes part: without it the values differ', () => {
  const layers = network.layers.map((layer) =>
    layer.op === 'relu6' ? { ...layer, op: 'relu' as const } : layer,
  )
  const picture = probeImage(45, 38)
  const large = new Map(weights).set('stem_bn/beta', new Float32Array(8).fill(6))
  expect(evaluateDirectly({ ...network, layers }, large, picture)).not.toEqual(
    evaluateDirectly(network, large, picture),
  )
})

test("the processor's Winograd convolutions do not run such a network, and say so", () => {
  expect(winograd().canRun?.(network)).toBe(false)
  expect(winograd().canRun?.(architectures.vgg16)).toBe(true)
})

test('a zero-padding layer before SAME padding with a stride, and ReLU6 in a scaled graph, are bugs', () => {
  const net = new NetworkTable()
  net.convolution('conv', net.zeroPadding('pad', 'image', 1), 4, [3, 3], { stride: 2, padding: 'same' })
  const about = { name: 'made-up', taps: ['conv'], minimumSizePx: 1 } as const
  const padded = net.finish({ ...about, preprocessing: 'symmetric' })
  expect(() => emitOnnx(padded, untrainedWeights(padded))).toThrow('conv cannot take over the padding of pad')
  const caffe = { ...network, preprocessing: 'caffe' as const }
  expect(() => emitOnnx(caffe, weights, {}, 'half')).toThrow('ReLU6 does not commute with a factor')
})

/** Of the untrained networks' files as they were before these operations existed: installed ones stay as they are. */
const before = {
  resnet50: {
    single: '34def590d482215d407b975dad1ceacc6a7b3509913fd700858e2c93ee28d67e',
    half: '750b6aca5081dfea923dda578af495893c5f377cb53ef27ea0c97db2e7417d39',
  },
  inceptionv3: {
    single: 'c2be8de28db2fb8309a8ad9d6fbbdfb21ccc81694aa4ef8e1711bfd21db5901d',
    half: '82271dd1e54f9e71767a0e746bac3c7d5afc0750d524ae1673c0e6f99919735a',
  },
  vgg16: {
    single: '07091d0d9f536702f86812b0a311efe6728f0793629aa7fbe9358279941b823f',
    half: 'b40dc56f0a8fdf00ce053d1fc9daa5eeb131a8107a64b24f03eb9ad4b5f0a341',
  },
} as const

test.each(['resnet50', 'inceptionv3', 'vgg16'] as const)(
  "the paper's %s has the same file to the byte",
  (name) => {
    const own = untrainedWeights(architectures[name])
    for (const precision of ['single', 'half'] as const) {
      const file = emitOnnx(architectures[name], own, {}, precision)
      expect(createHash('sha256').update(file).digest('hex')).toBe(before[name][precision])
    }
  },
)
