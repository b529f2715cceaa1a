import * as tf from '@tensorflow/tfjs-core'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { averageWindows } from '../../../../electron/engine/descriptors/average-windows.ts'
import { decodeNpy } from '../../../../electron/engine/descriptors/npy.ts'
import {
  imageInput,
  samePadding,
  type Architecture,
} from '../../../../electron/engine/encoders/architecture.ts'
import { evaluateDirectly } from '../../../../electron/engine/encoders/evaluate-directly.ts'
import { fetchEncoder } from '../../../../electron/engine/encoders/fetch-encoder.ts'
import {
  architectures,
  cosine,
  EncoderStore,
  onnxCpu,
  type FeatureMap,
} from '../../../../electron/engine/encoders/index.ts'
import { probes } from '../../../../electron/engine/encoders/manifest.ts'
import { onnxHalf } from '../../../../electron/engine/encoders/onnx-backend.ts'
import { fused } from '../../../../electron/engine/encoders/fused.ts'
import { tensorFlow } from '../../../../electron/engine/encoders/tensorflow.ts'
import { readTorchWeights } from '../../../../electron/engine/encoders/torch-file.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import {
  elementsOf,
  weightsFingerprint,
  weightSpecifications,
} from '../../../../electron/engine/encoders/weights.ts'
import { decodeRaster, type Raster } from '../../../../electron/engine/image/index.ts'
import { sharedPath } from '../../../shared-data.ts'
import { starterWeightsFolder } from '../../../support/starter-weights.ts'
import { expectRefusal, temporaryFolder } from './helpers.ts'

const name = 'efficientnetlite0'
const network = architectures[name]
const file = 'efficientnet-lite0-57934424.pth'
/** Of the published weights in Lobule's canonical order. */
const trained = '0e183663171057d654030eea21cc043be078c3c3001b85561605aeb78ff7ac43'
const none = new Float32Array()

const bundled = starterWeightsFolder()
const reference = sharedPath('reference/efficientnet-lite0')
const home = mkdtempSync(join(tmpdir(), 'lobule-lite0-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
beforeEach(() => vi.stubEnv('LOBULE_BUNDLED_ENCODERS', bundled ?? ''))
afterEach(() => vi.unstubAllEnvs())

describe('the table', () => {
  test('has the parameters of EfficientNet-Lite0 without its top, and the fingerprint of its untrained weights', () => {
    const specifications = weightSpecifications(network)
    // 4 652 008 as the authors count them, less 1280 x 1000 + 1000 of the classifier; statistics are counted here too.
    const learned = specifications.filter(({ weight }) => !weight.startsWith('moving_'))
    expect(learned.reduce((sum, { shape }) => sum + elementsOf(shape), 0)).toBe(4_652_008 - 1_281_000)
    expect(network.descriptorLength).toBe(1280)
    expect(weightsFingerprint(network, untrainedWeights(network))).toBe(probes[name].fingerprint)
  })

  /**
   * For an image of this size, how far the centre of what a cell of the map sees is from the centre of its equal share of the
   * image, in shares, for each cell.
   */
  function shifts(architecture: Architecture, sizePx: number): number[] {
    // Cell i of a layer sees pixels around first + i step; pixel p of the image has its centre at p + 0.5.
    const axes = new Map([[imageInput, { first: 0.5, step: 1, length: sizePx }]])
    for (const layer of architecture.layers) {
      const input = axes.get('inputs' in layer ? (layer.inputs[0] ?? '') : layer.input)
      if (input === undefined) throw new Error(`${layer.name} has no input`)
      if (layer.op !== 'convolution') {
        axes.set(layer.name, input)
        continue
      }
      const { before } = samePadding(input.length, layer.kernel[0], layer.stride)
      axes.set(layer.name, {
        first: input.first + ((layer.kernel[0] - 1) / 2 - before) * input.step,
        step: input.step * layer.stride,
        length: Math.ceil(input.length / layer.stride),
      })
    }
    const { first, step, length } = axes.get(architecture.taps[0] ?? '') ?? { first: NaN, step: 1, length: 0 }
    const sharePx = sizePx / length
    return Array.from({ length }, (_, cell) => (first + cell * step - (cell + 0.5) * sharePx) / sharePx)
  }

  test('a cell of its map sees what is around its share of the image, less than half a cell away, at any size', () => {
    let largest = 0
    for (let sizePx = 32; sizePx <= 2048; sizePx++) {
      for (const shift of shifts(network, sizePx)) largest = Math.max(largest, Math.abs(shift))
    }
    // Five strides, each of at most half a pixel of its input: (1 + 2 + 4 + 8 + 16) / 2 of 32 pixels, and a little more where
    // the shares are smaller than 32 pixels.
    expect(largest).toBeGreaterThan(15.5 / 32 - 1e-9)
    expect(largest).toBeLessThan(0.5)
    // Worked by hand for a size whose maps all are even: each stride moves by half a pixel to the right.
    expect(shifts(network, 64)).toEqual([15.5 / 32, 15.5 / 32])
  })
})

describe.skipIf(bundled === null)('the weights of the published file', () => {
  test('are installed as official when an encoder is first looked for, in every way to look', async () => {
    const folder = await temporaryFolder()
    const store = new EncoderStore(folder)
    const [entries, again] = await Promise.all([store.list(), store.find(name)])
    const entry = entries.find((one) => one.name === name)
    expect(entry).toMatchObject({
      source: 'official',
      fingerprint: trained,
      licence: 'Apache-2.0',
      problem: null,
    })
    expect(entry?.attribution).toMatch(/TensorFlow authors/)
    expect(again).toEqual(entry)
    expect((await readdir(join(folder, 'encoders'))).sort()).toEqual([
      `efficientnetlite0-${trained.slice(0, 16)}-1.onnx`,
      `efficientnetlite0-${trained.slice(0, 16)}.pth`,
      'efficientnetlite0.json',
    ])
    // Without the file of the program it stays.
    vi.stubEnv('LOBULE_BUNDLED_ENCODERS', '')
    expect(await store.find(name)).toEqual(entry)
  })

  test('do not replace what a person has installed, until that person asks for them', async () => {
    const folder = await temporaryFolder()
    vi.stubEnv('LOBULE_BUNDLED_ENCODERS', '')
    const store = new EncoderStore(folder)
    await store.installUntrained([name])
    vi.stubEnv('LOBULE_BUNDLED_ENCODERS', bundled ?? '')
    expect(await store.find(name)).toMatchObject({ source: 'untrained' })
    expect(await fetchEncoder(folder, name)).toMatchObject({ source: 'official', fingerprint: trained })
  })

  test('are recognised in a file that a person imports', async () => {
    vi.stubEnv('LOBULE_BUNDLED_ENCODERS', '')
    const folder = await temporaryFolder()
    await copyFile(join(bundled ?? '', file), join(folder, 'renamed.pth'))
    const { installed, refused } = await new EncoderStore(folder).importFiles([folder])
    expect(refused).toEqual([])
    expect(installed).toMatchObject([{ name, source: 'official', fingerprint: trained }])
  })

  test('pass their self-test on every back-end that runs here', async () => {
    const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))
    setWasmPaths(`${wasm}/`)
    setThreadsCount(1)
    await tf.setBackend('wasm')
    await tf.ready()
    const store = new EncoderStore(home)
    await store.find(name)
    const half = onnxHalf('webgpu', { provider: 'cpu' })
    for (const backend of [
      onnxCpu(),
      fused(),
      tensorFlow('tensorflow-cpu', () => ({ tf, usesGpu: false })),
      half,
    ]) {
      const figures: number[] = []
      await (await store.open(name, backend, (found) => figures.push(found.cosine))).close()
      expect(figures).toHaveLength(1)
      expect(figures[0]).toBeGreaterThan(backend === half ? 0.999 : 0.999999)
    }
  })
})

describe('a copy of Lobule without the weights', () => {
  test('has no such encoder, and says how to get it', async () => {
    vi.stubEnv('LOBULE_BUNDLED_ENCODERS', '')
    const folder = await temporaryFolder()
    expect(await new EncoderStore(folder).find(name)).toMatchObject({ source: 'missing', problem: null })
    await expectRefusal(
      () => fetchEncoder(folder, name),
      'encoder.not-included',
      /"npm run setup" again.*\.pth/,
    )
  })

  test('a damaged file is said, and hides no other encoder', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'bundled'))
    await writeFile(join(folder, 'bundled', file), 'damaged')
    vi.stubEnv('LOBULE_BUNDLED_ENCODERS', join(folder, 'bundled'))
    const entries = await new EncoderStore(folder).list()
    expect(entries).toHaveLength(4)
    expect(entries.at(-1)?.problem).toMatch(/not an HDF5 file, nor one of PyTorch/)
    expect(existsSync(join(folder, 'encoders', 'efficientnetlite0.json'))).toBe(false)
  })
})

interface ReferenceRow {
  file: string
  picture: 'whole' | 'centre 224'
  row: number
}

function cut(
  image: Raster,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
): Raster {
  const rows = Array.from({ length: height }, (_, y) => {
    const from = ((top + y) * image.widthPx + left) * 3
    return image.data.subarray(from, from + width * 3)
  })
  return { widthPx: width, heightPx: height, data: new Uint8Array(Buffer.concat(rows)) }
}

const centre = (image: Raster, edgePx: number): Raster =>
  cut(image, {
    left: (image.widthPx - edgePx) >> 1,
    top: (image.heightPx - edgePx) >> 1,
    width: edgePx,
    height: edgePx,
  })

describe.skipIf(bundled === null || reference === null)('on real fields', () => {
  const folder = reference ?? ''
  const rows =
    reference === null
      ? []
      : (JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as { rows: ReferenceRow[] }).rows
  const expectedOf = (row: number): Float32Array => {
    const { data, columns } = decodeNpy(readFileSync(join(folder, 'embeddings.npy')), 'embeddings').matrix
    return data.subarray(row * columns, (row + 1) * columns)
  }
  const pictureOf = async ({ file: path, picture }: ReferenceRow): Promise<Raster> => {
    const image = await decodeRaster(sharedPath(path) ?? '')
    return picture === 'whole' ? image : centre(image, 224)
  }
  const difference = (found: Float32Array, expected: Float32Array): number =>
    Math.max(...expected.map((value, index) => Math.abs(value - (found[index] ?? NaN)))) /
    Math.max(...expected)

  test.each([
    ['ONNX Runtime', onnxCpu({ threads: 2 })],
    ['the addon', fused()],
  ])('%s equals an independent conversion of the same weights', async (_, backend) => {
    const encoder = await openHere(backend)
    expect(rows).toHaveLength(6)
    for (const row of rows) {
      const [found = none] = await encoder.encode([await pictureOf(row)])
      // The bound of issue 17. Measured: below 3e-6.
      expect(difference(found, expectedOf(row.row)), JSON.stringify(row)).toBeLessThan(1e-4)
    }
    await encoder.close()
  })

  test('so does the reference implementation', async () => {
    const weights = await readTorchWeights(join(bundled ?? '', file), network)
    const [row] = rows.filter(({ picture }) => picture === 'centre 224')
    if (row === undefined) throw new Error('no reference')
    const found = evaluateDirectly(network, weights, await pictureOf(row))
    expect(difference(found, expectedOf(row.row))).toBeLessThan(1e-5)
  })

  test('the window of the whole image gives its descriptor', async () => {
    const encoder = await openHere()
    const [row] = rows
    if (row === undefined) throw new Error('no reference')
    const image = await pictureOf(row)
    const [map] = await encoder.encodeMaps(image)
    if (map === undefined) throw new Error('no map')
    // SAME padding: 700 x 460 pixels are ceil(700 / 32) x ceil(460 / 32) cells.
    expect(map).toMatchObject({ rows: 15, columns: 22, channels: 1280 })
    const [all = none] = averageWindows(map, image, [{ leftPx: 0, topPx: 0, widthPx: 700, heightPx: 460 }])
    // Float64 sums against float32 ones of 330 cells.
    expect(difference(all, expectedOf(0))).toBeLessThan(1e-5)
    await encoder.close()
  })

  test('a window of the map shows what its part of the image shows, in the right place', async () => {
    const encoder = await openHere()
    for (const row of rows.filter(({ picture }) => picture === 'whole')) {
      const field = cut(await pictureOf(row), { left: 0, top: 0, width: 672, height: 448 })
      const [left, edge] = [96, 448]
      const part = cut(field, { left, top: 0, width: edge, height: edge })
      const [[map], [ofPart]] = [await encoder.encodeMaps(field), await encoder.encodeMaps(part)]
      if (map === undefined || ofPart === undefined) throw new Error('no map')
      // Both sizes and the place are multiples of 32, so the cells of both maps lie on the same squares. At the centre of the
      // part, its edges count little, and the cell that resembles it most is the same square of the field.
      const centreCell = cellOf(ofPart, 7, 7)
      const alike = Array.from({ length: 14 * 21 }, (_, cell) =>
        cosine(centreCell, cellOf(map, Math.floor(cell / 21), cell % 21)),
      )
      expect(alike.indexOf(Math.max(...alike))).toBe(7 * 21 + 7 + left / 32)
      expect(Math.max(...alike)).toBeGreaterThan(0.98)
      // A whole window differs from the crop by its edges, where the crop has zeros and the field has tissue.
      const window = { leftPx: left, topPx: 0, widthPx: edge, heightPx: edge }
      const [dense = none] = averageWindows(map, field, [window])
      const [crop = none] = await encoder.encode([part])
      expect(cosine(dense, crop)).toBeGreaterThan(0.95)
    }
    await encoder.close()
  })

  const cellOf = ({ channels, rows: height, columns, data }: FeatureMap, row: number, column: number) =>
    Float32Array.from(
      { length: channels },
      (_, channel) => data[(channel * height + row) * columns + column] ?? NaN,
    )

  async function openHere(backend = onnxCpu({ threads: 2 })) {
    const store = new EncoderStore(home)
    await store.find(name)
    return store.open(name, backend)
  }
})
