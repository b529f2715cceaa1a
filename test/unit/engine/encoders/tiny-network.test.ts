import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Architecture } from '../../../../electron/engine/encoders/architecture.ts'
import { NetworkTable } from '../../../../electron/engine/encoders/architecture.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import { emitOnnx } from '../../../../electron/engine/encoders/emit-onnx.ts'
import { readKerasWeights } from '../../../../electron/engine/encoders/keras-file.ts'
import { onnxCpu } from '../../../../electron/engine/encoders/onnx-backend.ts'
import { probeImage } from '../../../../electron/engine/encoders/self-test.ts'
import { weightOf, type Weights } from '../../../../electron/engine/encoders/weights.ts'
import { expectRefusal, golden, referencePath, temporaryFolder, worstRelative } from './helpers.ts'
import { tinyNetwork } from './made-up-network.ts'
import { writeKerasFile } from './helpers.ts'

/** One float32 unit of the largest element, 1.2e-7, seen from an element at 1e-3 of it. */
const sameSums = 1.2e-4

async function openTiny(architecture: Architecture, weights: Weights) {
  const onnxPath = join(await temporaryFolder(), 'tiny.onnx')
  await writeFile(onnxPath, emitOnnx(architecture, weights))
  const about = { name: 'resnet50', source: 'unofficial', fingerprint: '' } as const
  return onnxCpu({ threads: 1 }).open({
    ...about,
    architecture,
    onnxPath,
    readWeights: () => Promise.resolve(weights),
  })
}

describe('a file that real Keras wrote', () => {
  test('gives the descriptor and the map of Keras', async () => {
    const tiny = tinyNetwork()
    const encoder = await openTiny(tiny, await readKerasWeights(referencePath('tiny.h5'), tiny))
    const picture = probeImage(45, 38)
    const [descriptor = new Float32Array()] = await encoder.encode([picture])
    expect(worstRelative(descriptor, golden('tiny-descriptor.npy'))).toBeLessThan(sameSums)
    const [, last] = await encoder.encodeMaps(picture)
    expect(last).toMatchObject({ channels: 12, rows: 10, columns: 12 })
    expect(worstRelative(last?.data ?? new Float32Array(), golden('tiny-map.npy'))).toBeLessThan(sameSums)
    await encoder.close()
    await encoder.close()
    await expect(encoder.encode([picture])).rejects.toThrow('was closed')
  })

  test('is identical to the bit after our own writer', async () => {
    const tiny = tinyNetwork()
    const weights = await readKerasWeights(referencePath('tiny.h5'), tiny)
    const path = join(await temporaryFolder(), 'again.h5')
    await writeKerasFile(path, tiny, weights)
    expect(await readKerasWeights(path, tiny)).toEqual(weights)
  })
})

describe('a file that does not fit is refused with the name of the layer', () => {
  test.each([
    [{ middle: 9 }, /layer b_conv needs 1 x 1 x 8 x 9 values as its kernel.*1 x 1 x 8 x 8 in b_conv/],
  ])('other shape %o', async (options, sentence) => {
    const read = () => readKerasWeights(referencePath('tiny.h5'), tinyNetwork(options))
    await expectRefusal(read, 'encoder.invalid-file', sentence)
  })

  test('too few and too many layers', async () => {
    const path = join(await temporaryFolder(), 'short.h5')
    const { layers } = tinyNetwork()
    const short = {
      layers: layers.slice(
        0,
        layers.findIndex(({ name }) => name === 'mean'),
      ),
    }
    await writeKerasFile(path, short, untrainedWeights(short))
    await expectRefusal(
      () => readKerasWeights(path, tinyNetwork()),
      'encoder.invalid-file',
      /layer c_conv has no kernel/,
    )
    await expectRefusal(
      () => readKerasWeights(referencePath('tiny.h5'), short),
      'encoder.invalid-file',
      /layer c_conv \(c_conv\/kernel:0\) is not part of the network/,
    )
  })

  test('values that are not numbers', async () => {
    const path = join(await temporaryFolder(), 'nan.h5')
    const tiny = tinyNetwork()
    const weights = untrainedWeights(tiny)
    weightOf(weights, 'b_bn/beta')[2] = NaN
    await writeKerasFile(path, tiny, weights)
    await expectRefusal(
      () => readKerasWeights(path, tiny),
      'encoder.invalid-file',
      /layer b_bn: b_bn\/beta:0 has values that are not numbers/,
    )
  })

  test('cut off, not HDF5, not there', async () => {
    const folder = await temporaryFolder()
    const whole = await readFile(referencePath('tiny.h5'))
    await writeFile(join(folder, 'cut.h5'), whole.subarray(0, 20_000))
    await writeFile(join(folder, 'text.h5'), 'weights')
    const read = (file: string) => () => readKerasWeights(join(folder, file), tinyNetwork())
    await expectRefusal(read('cut.h5'), 'encoder.invalid-file', /incomplete or damaged/)
    await expectRefusal(read('text.h5'), 'encoder.invalid-file', /not an HDF5 file/)
    await expectRefusal(read('none.h5'), 'path.not-found', /does not exist/)
  })
})

describe('images that cannot be encoded', () => {
  test('too small, wrong number of bytes, cancelled', async () => {
    const tiny = tinyNetwork()
    const encoder = await openTiny(tiny, untrainedWeights(tiny))
    const small = probeImage(45, 7)
    await expectRefusal(
      () => encoder.encode([small]),
      'image.invalid-raster',
      /at least 8 pixels, not 45 x 7/,
    )
    await expectRefusal(
      () => encoder.encodeMaps({ ...small, widthPx: 46 }),
      'image.invalid-raster',
      /46 x 7 pixels need 966 bytes/,
    )
    const cancelled = AbortSignal.abort()
    await expectRefusal(() => encoder.encode([small], cancelled), 'job.cancelled', /Cancelled/)
    await encoder.close()
  })

  test('a model that is not an ONNX file', async () => {
    const onnxPath = join(await temporaryFolder(), 'bad.onnx')
    await writeFile(onnxPath, 'nothing')
    const about = { name: 'resnet50', source: 'unofficial', fingerprint: '' } as const
    const open = () =>
      onnxCpu().open({
        ...about,
        architecture: tinyNetwork(),
        onnxPath,
        readWeights: () => Promise.resolve(new Map()),
      })
    await expectRefusal(open, 'encoder.backend-failed', /back-end cpu failed/)
  })
})

test('padding that no layer uses is a bug', () => {
  const net = new NetworkTable()
  net.relu('b', net.zeroPadding('pad', 'image', 1))
  const about = { name: 'made-up', preprocessing: 'caffe', taps: ['b'], minimumSizePx: 1 } as const
  const padded = net.finish(about)
  expect(() => emitOnnx(padded, new Map())).toThrow('b cannot take over the padding of pad')
})
