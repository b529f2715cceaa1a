import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { backendNames } from '../../../../electron/contract/index.ts'
import type { Architecture } from '../../../../electron/engine/encoders/architecture.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import { emitOnnx, type Precision } from '../../../../electron/engine/encoders/emit-onnx.ts'
import {
  architectures,
  BackendRecord,
  backends,
  candidatesFor,
  cosine,
  type EncoderBackend,
  EncoderStore,
  examineBackends,
  kerasProbe,
  onnxCpu,
  OpenEncoders,
  probeImage,
  processorBackends,
} from '../../../../electron/engine/encoders/index.ts'
import { onnxHalf } from '../../../../electron/engine/encoders/onnx-backend.ts'
import type { Weights } from '../../../../electron/engine/encoders/weights.ts'
import { expectRefusal, temporaryFolder } from './helpers.ts'
import { tinyNetwork } from './made-up-network.ts'

// WebGPU is in the list and the system check the same with Vulkan's loader and without.
vi.mock('../../../../electron/engine/encoders/vulkan.ts', () => ({ vulkanMissing: () => null }))

const none: Float32Array = new Float32Array()
/** The real half precision graph on the processor: weights in float16, and layers without a kernel in float32. */
const halfHere = onnxHalf('webgpu', { provider: 'cpu' })

/** Of the untrained ResNet-50's ONNX file as commit 21e79d7 made it, without metadata of an installation. */
const fullSha256 = '34def590d482215d407b975dad1ceacc6a7b3509913fd700858e2c93ee28d67e'

const home = mkdtempSync(join(tmpdir(), 'lobule-half-'))
const store = new EncoderStore(home)
beforeAll(() => store.installUntrained(['resnet50']))
afterAll(() => rmSync(home, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

async function openOn(
  backend: EncoderBackend,
  architecture: Architecture,
  weights: Weights,
  precision: Precision,
) {
  const onnxPath = join(await temporaryFolder(), 'made-up.onnx')
  await writeFile(onnxPath, emitOnnx(architecture, weights, {}, precision))
  const about = { name: 'resnet50', source: 'untrained', fingerprint: '', onnxPath } as const
  return backend.open({ ...about, architecture, readWeights: () => Promise.resolve(weights) })
}

describe('the graph in half precision', () => {
  const cases: [string, Architecture, number][] = [
    ['a network with every operation', tinyNetwork(), 45],
    ['ResNet-50', architectures.resnet50, 64],
  ]
  test.each(cases)('of %s gives nearly the same as full precision', async (_title, architecture, sizePx) => {
    const weights = untrainedWeights(architecture)
    const full = await openOn(onnxCpu(), architecture, weights, 'single')
    const half = await openOn(halfHere, architecture, weights, 'half')
    const picture = probeImage(sizePx, sizePx)
    const [[expected = none], [actual = none]] = [await full.encode([picture]), await half.encode([picture])]
    expect(cosine(actual, expected)).toBeGreaterThan(0.999)
    expect(actual).not.toEqual(expected)
    const [maps, fullMaps] = [await half.encodeMaps(picture), await full.encodeMaps(picture)]
    expect(maps.length).toBe(fullMaps.length)
    for (const [index, { data, ...shape }] of maps.entries()) {
      const { data: fullData = none, ...fullShape } = fullMaps[index] ?? {}
      expect(shape).toEqual(fullShape)
      expect(cosine(data, fullData)).toBeGreaterThan(0.999)
    }
    // Averages are taken of float32 maps, in float32: not one of them is a half.
    const { channels = 0, data = none } = maps[0] ?? {}
    const cells = data.length / channels
    const average = data.subarray(0, cells).reduce((sum, value) => sum + value, 0) / cells
    expect(Math.abs((actual[0] ?? NaN) - average)).toBeLessThanOrEqual(1e-5 * average)
    await full.close()
    await half.close()
  })

  test('needs half the space', () => {
    const weights = untrainedWeights(architectures.resnet50)
    const [full, half] = [
      emitOnnx(architectures.resnet50, weights),
      emitOnnx(architectures.resnet50, weights, {}, 'half'),
    ]
    expect(half.length / full.length).toBeLessThan(0.51)
    // In full it is what it was before half precision existed, so that installed files need not be made again.
    expect(createHash('sha256').update(full).digest('hex')).toBe(fullSha256)
  })

  test('refuses a weight that half precision cannot represent, and names its layer', () => {
    const tiny = tinyNetwork()
    const weights = new Map(untrainedWeights(tiny))
    weights.set('c_conv/kernel', (weights.get('c_conv/kernel') ?? none).with(5, 7e4))
    const sentence =
      /the layer weight c_conv\/kernel has the value 70000; the maximum of half precision is 65504/
    expect(() => emitOnnx(tiny, weights, {}, 'half')).toThrow(sentence)
    expect(() => emitOnnx(tiny, weights)).not.toThrow()
  })

  test('can hold values that are 32 times too large, and reports larger ones', async () => {
    // Caffe's preprocessing gives values up to 151; a bias is a value between the layers.
    const { layers, ...about } = { ...tinyNetwork(), preprocessing: 'caffe' as const }
    const network = { ...about, layers }
    const weights = (bias: number) => {
      const all = new Map(untrainedWeights(network))
      return all.set(
        'c_conv/bias',
        (all.get('c_conv/bias') ?? none).map(() => bias),
      )
    }
    const picture = probeImage(45, 45)
    const full = await openOn(onnxCpu(), network, weights(1e6), 'single')
    const half = await openOn(halfHere, network, weights(1e6), 'half')
    const [[expected = none], [actual = none]] = [await full.encode([picture]), await half.encode([picture])]
    expect(Math.max(...expected)).toBeGreaterThan(65504)
    expect(cosine(actual, expected)).toBeGreaterThan(0.999)
    await full.close()
    await half.close()
    // The sum of two that fit does not.
    const large = await openOn(halfHere, network, doubled(weights(2e6)), 'half')
    await expectRefusal(
      () => large.encode([picture]),
      'encoder.backend-failed',
      /webgpu-half failed: a value exceeded the range of half precision/,
    )
    await expectRefusal(() => large.encodeMaps(picture), 'encoder.backend-failed', /exceeded the range/)
    await large.close()
  })
})

/** Weights whose last convolution also multiplies. */
function doubled(weights: Map<string, Float32Array>): Weights {
  const kernel = weights.get('c_conv/kernel') ?? none
  return weights.set(
    'c_conv/kernel',
    kernel.map(() => 3e4),
  )
}

const encodersFolder = join(home, 'encoders')
const recordFile = join(encodersFolder, 'resnet50.json')
const readRecord = () =>
  JSON.parse(readFileSync(recordFile, 'utf8')) as { halfGraph: { file: string } | null }

describe('an installed encoder', () => {
  test('gets its half-precision file when a back-end first needs it, once, and again if it is damaged', async () => {
    expect(readRecord().halfGraph).toBeNull()
    await (await store.open('resnet50', onnxCpu())).close()
    expect(readRecord().halfGraph).toBeNull()
    const figures: number[] = []
    const open = async () => {
      const encoder = await store.open('resnet50', halfHere, ({ cosine: found }) => figures.push(found))
      const { onnxPath } = encoder.model
      await encoder.close()
      return onnxPath
    }
    const path = await open()
    expect(path).toMatch(/resnet50-[0-9a-f]{16}-1-half\.onnx$/)
    expect(readRecord().halfGraph).toMatchObject({ file: path.slice(encodersFolder.length + 1) })
    const { mtimeMs, size } = statSync(path)
    expect(await open()).toBe(path)
    expect(statSync(path).mtimeMs).toBe(mtimeMs)
    writeFileSync(path, 'damaged')
    expect(await open()).toBe(path)
    expect(statSync(path).size).toBe(size)
    for (const figure of figures) {
      expect(figure).toBeGreaterThan(0.999)
      expect(figure).toBeLessThan(1 - 1e-12)
    }
    expect(figures).toHaveLength(3)
    // A new installation leaves no old files.
    await store.installUntrained(['resnet50'], { replace: true })
    expect((await readdir(encodersFolder)).filter((file) => file.endsWith('.onnx'))).toHaveLength(2)
  })

  /** Returns the expected vector, rotated by a known angle. */
  const turned = (about: Pick<EncoderBackend, 'name' | 'halfOf'>, wanted: number): EncoderBackend => ({
    ...about,
    open: (model) => {
      const expected = kerasProbe('resnet50', model.fingerprint)?.descriptor ?? none
      const other = expected.map((value, index) => value * (index % 2 === 0 ? 1 : -1))
      // Gram-Schmidt: a vector at a right angle, of the same length.
      const share = dot(expected, other) / dot(expected, expected)
      const right = other.map((value, index) => value - share * (expected[index] ?? 0))
      const scale = Math.sqrt(dot(expected, expected) / dot(right, right))
      const tangent = Math.sqrt(1 / wanted ** 2 - 1) * scale
      const answer = expected.map((value, index) => value + tangent * (right[index] ?? 0))
      const encode = () => Promise.resolve([answer])
      const encodeMaps = () => Promise.reject(new Error('not asked'))
      const close = () => Promise.resolve()
      return Promise.resolve({ model, backend: about.name, encode, encodeMaps, close })
    },
  })
  const halfAt = (wanted: number) => turned({ name: 'webgpu-half', halfOf: 'webgpu' }, wanted)

  test('needs a cosine of 0.999 in half precision, and of 0.9999 in full', async () => {
    await expect(store.open('resnet50', halfAt(0.9992))).resolves.toBeDefined()
    await expectRefusal(
      () => store.open('resnet50', halfAt(0.9988)),
      'encoder.self-test-failed',
      /webgpu-half is not used.*0\.998[78]/,
    )
    const full = turned({ name: 'webgpu' }, 0.9992)
    await expectRefusal(
      () => store.open('resnet50', full),
      'encoder.self-test-failed',
      /webgpu is not used.*0\.999[12]/,
    )
  })

  test('runs in full precision if half is refused, and the record has the figure', async () => {
    const folder = await temporaryFolder()
    await new EncoderStore(folder).installUntrained(['resnet50'])
    const full = turned({ name: 'webgpu' }, 0.99995)
    const encoders = new OpenEncoders(folder, [halfAt(0.9988), full, onnxCpu()])
    const encoder = await encoders.get('resnet50')
    expect(encoder.backend).toBe('webgpu')
    const [refused] = new BackendRecord(folder).of('webgpu-half')
    expect(refused).toMatchObject({ encoder: 'resnet50', status: 'refused' })
    expect(refused?.cosine).toBeCloseTo(0.9988, 5)
    await encoders.close()
  })
})

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)

describe('the list of back-ends', () => {
  test('has each half-precision back-end directly before the full one, and the same order of names', () => {
    expect(Object.keys(backends)).toEqual([...backendNames])
    const halves = Object.values(backends).filter(({ backend }) => backend.halfOf !== undefined)
    expect(halves.map(({ backend }) => backend.name)).toEqual([
      'cuda-half',
      'directml-half',
      'coreml-half',
      'webgpu-half',
    ])
    for (const { title, platforms, backend } of halves) {
      const { halfOf = 'cpu' } = backend
      expect(backend.name).toBe(`${halfOf}-half`)
      expect(backendNames.indexOf(backend.name)).toBe(backendNames.indexOf(halfOf) - 1)
      expect(title).toBe(`${backends[halfOf].title}, half precision`)
      expect(platforms).toEqual(backends[halfOf].platforms)
    }
  })

  test('half precision can be forbidden, but still be requested by name', () => {
    const names = () => candidatesFor('auto', '/none').map(({ name }) => name)
    const before = names()
    vi.stubEnv('LOBULE_NO_HALF_PRECISION', '1')
    expect(names()).toEqual(before.filter((name) => !name.endsWith('-half')))
    expect(candidatesFor('webgpu-half', '/none').map(({ name }) => name)).toEqual(['webgpu-half'])
    expect(candidatesFor('webgpu', '/none').map(({ name }) => name)).toEqual(['webgpu'])
    const reason = backends['webgpu-half'].missing('/none')
    expect(reason).toBe(backends.webgpu.missing('/none') ?? 'LOBULE_NO_HALF_PRECISION is set')
    vi.stubEnv('LOBULE_NO_HALF_PRECISION', '')
    expect(names()).toEqual(before)
  })

  test.skipIf(backends.webgpu.missing('/none') !== null)(
    'the system check names the one that would be used: one that is not faster is not used',
    async () => {
      const { fingerprint } = await store.find('resnet50')
      const record = new BackendRecord(home)
      const about = {
        encoder: 'resnet50',
        fingerprint: fingerprint ?? '',
        probeMs: 30,
        reason: null,
        cosine: 1,
      } as const
      const used = async () =>
        (await examineBackends(home)).use.find(({ encoder }) => encoder === 'resnet50')?.backend
      await record.save({ ...about, backend: 'webgpu', status: 'passed' })
      await record.save({ ...about, backend: 'cpu', status: 'passed' })
      expect(await used()).toBe('webgpu')
      await record.save({ ...about, backend: 'webgpu-half', status: 'passed', gain: 1.9 })
      expect(await used()).toBe('webgpu-half')
      // A software driver that was used by name has passed, and takes ten times as long as the processor.
      await record.save({ ...about, backend: 'cpu', status: 'passed', probeMs: 2.9 })
      const onProcessor = processorBackends.find(({ name }) => backends[name].missing(home) === null)
      expect(await used()).toBe(onProcessor?.name)
      await record.save({ ...about, backend: 'cpu', status: 'passed' })
      // A self-test without a gain keeps the recorded one.
      await record.save({ ...about, backend: 'webgpu-half', status: 'passed' })
      expect(record.of('webgpu-half')).toMatchObject([{ gain: 1.9 }])
      await record.save({ ...about, backend: 'webgpu-half', status: 'passed', gain: 1.1 })
      expect(await used()).toBe('webgpu')
      await record.save({
        ...about,
        encoder: 'vgg16',
        backend: 'webgpu-half',
        status: 'refused',
        reason: 'no f16',
      })
      const view = (await examineBackends(home)).backends.find(({ name }) => name === 'webgpu-half')
      expect(view).toMatchObject({ status: 'refused', reason: 'vgg16: no f16' })
      vi.stubEnv('LOBULE_NO_HALF_PRECISION', 'yes')
      const forbidden = (await examineBackends(home)).backends.find(({ name }) => name === 'webgpu-half')
      expect(forbidden).toMatchObject({ status: 'missing', reason: 'LOBULE_NO_HALF_PRECISION is set' })
    },
  )
})
