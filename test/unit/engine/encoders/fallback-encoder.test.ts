import { writeFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { AppError, type BackendName } from '../../../../electron/contract/index.ts'
import {
  architectures,
  BackendRecord,
  type EncoderBackend,
  type EncoderModel,
  type OpenEncoder,
} from '../../../../electron/engine/encoders/index.ts'
import { openWithFallback } from '../../../../electron/engine/encoders/fallback-encoder.ts'
import { makeRaster, type Raster } from '../../../../electron/engine/image/index.ts'
import { isOutOfMemory } from '../../../../electron/engine/encoders/out-of-memory.ts'
import { expectRefusal, temporaryFolder } from './helpers.ts'
import { waitFor } from '../../../support/waiting.ts'

const model: EncoderModel = {
  name: 'vgg16',
  architecture: architectures.vgg16,
  source: 'untrained',
  fingerprint: 'f'.repeat(64),
  onnxPath: '',
  readWeights: () => Promise.resolve(new Map()),
}
const lost = (backend: string) => new AppError('encoder.backend-failed', { backend, reason: 'device lost' })

/** Returns its own number; after `failsAfter` crops it always fails. */
function fake(
  name: BackendName,
  value: number,
  options: { failsAfter?: number; probeMs?: number; halfOf?: BackendName; cropsPerSecond?: number } = {},
) {
  const { failsAfter = Infinity, probeMs = 1, halfOf, cropsPerSecond = 1 } = options
  let done = 0
  const close = vi.fn(() => Promise.resolve())
  const encoder: OpenEncoder = {
    model,
    backend: name,
    encode: (crops) => {
      if (done + crops.length > failsAfter) return Promise.reject(lost(name))
      done += crops.length
      return Promise.resolve(crops.map(() => Float32Array.of(value)))
    },
    encodeMaps: () => Promise.reject(lost(name)),
    close,
  }
  const open = vi.fn(() => Promise.resolve(encoder))
  const backend: EncoderBackend = { name, open, ...(halfOf !== undefined && { halfOf }) }
  return { backend, encoder, close, open, probeMs, cropsPerSecond }
}
type Fake = ReturnType<typeof fake>

const request = (record: BackendRecord, fakes: readonly Fake[]) => ({
  model,
  candidates: fakes.map(({ backend }) => backend),
  record,
  open: async (backend: EncoderBackend) => ({
    encoder: await backend.open(model),
    figure: { cosine: 1, probeMs: fakes.find((one) => one.backend === backend)?.probeMs ?? 0 },
  }),
  speedOf: (encoder: OpenEncoder) =>
    Promise.resolve(fakes.find((one) => one.encoder === encoder)?.cropsPerSecond ?? NaN),
})

const crops = [makeRaster(32, 32), makeRaster(32, 32)]

test('if a back-end fails during work, the next one gets the same crops, and the failure is recorded', async () => {
  const record = new BackendRecord(await temporaryFolder())
  const gpu = fake('webgpu', 1, { failsAfter: 2 })
  const encoder = await openWithFallback(request(record, [gpu, fake('cpu', 2)]))
  expect(encoder.backend).toBe('webgpu')
  expect(await encoder.encode(crops)).toEqual([Float32Array.of(1), Float32Array.of(1)])
  expect(await encoder.encode(crops)).toEqual([Float32Array.of(2), Float32Array.of(2)])
  expect(encoder.backend).toBe('cpu')
  expect(gpu.close).toHaveBeenCalled()
  expect(record.faults()).toMatchObject(
    [{ backend: 'webgpu', encoder: 'vgg16', reason: /device lost/ }].map(({ reason, ...rest }) => ({
      ...rest,
      reason: expect.stringMatching(reason) as string,
    })),
  )
  // It passed its self-test and is tried again next time.
  expect(record.of('webgpu')).toMatchObject([{ status: 'passed', cosine: 1 }])
  // The last one has no successor.
  await expectRefusal(
    () => encoder.encodeMaps(crops[0] ?? makeRaster(1, 1)),
    'encoder.backend-failed',
    /device lost/,
  )
})

test('a refused one is not tried again until the weights or the machine change, unless requested by name', async () => {
  const home = await temporaryFolder()
  const record = new BackendRecord(home, 'this machine')
  const software = fake('webgpu', 1, { probeMs: 2000 })
  const all = [software, fake('cpu', 2, { probeMs: 15 })]
  expect((await openWithFallback(request(record, all))).backend).toBe('cpu')
  expect(record.of('webgpu')[0]).toMatchObject({ status: 'refused', cosine: 1 })
  expect(record.of('webgpu')[0]?.reason).toMatch(/the probe takes 2000 ms, and 15 ms on the processor/)
  await openWithFallback(request(record, all))
  expect(software.open).toHaveBeenCalledTimes(1)
  // If requested by name, it is the only one.
  expect((await openWithFallback(request(record, [software]))).backend).toBe('webgpu')
  expect(software.open).toHaveBeenCalledTimes(2)

  await record.save({
    backend: 'webgpu',
    encoder: 'vgg16',
    fingerprint: model.fingerprint,
    status: 'refused',
    cosine: 0.5,
    probeMs: null,
    reason: 'wrong',
  })
  await openWithFallback(request(record, all))
  expect(software.open).toHaveBeenCalledTimes(2)
  await openWithFallback(request(new BackendRecord(home, 'with another driver'), all))
  expect(software.open).toHaveBeenCalledTimes(3)
})

test('one that ended its process during the self-test twice is skipped', async () => {
  const record = new BackendRecord(await temporaryFolder())
  const crashing = fake('webgpu', 1)
  for (const attempt of [1, 2]) {
    crashing.open.mockReturnValueOnce(new Promise(() => undefined))
    void openWithFallback(request(record, [crashing, fake('cpu', 2)]))
    await waitFor(() => expect(crashing.open).toHaveBeenCalledTimes(attempt))
  }
  expect((await openWithFallback(request(record, [crashing, fake('cpu', 2)]))).backend).toBe('cpu')
  expect(record.of('webgpu')).toMatchObject([
    { status: 'trying', reason: 'the process ended during its self-test' },
  ])
})

test('a wrong one is recorded with its figure; an unreadable record counts as none', async () => {
  const home = await temporaryFolder()
  const record = new BackendRecord(home)
  const wrong = fake('webgpu', 1)
  wrong.open.mockRejectedValue(new AppError('encoder.self-test-failed', { backend: 'webgpu', cosine: 0.93 }))
  const all = [wrong, fake('cpu', 2)]
  expect((await openWithFallback(request(record, all))).backend).toBe('cpu')
  expect(record.of('webgpu')).toMatchObject([{ status: 'refused', cosine: 0.93 }])
  await expectRefusal(() => openWithFallback(request(record, [wrong])), 'encoder.self-test-failed', /0\.93/)
  expect(await readFile(join(home, 'backends.json'), 'utf8')).toContain('0.93')
  await writeFile(join(home, 'backends.json'), '{')
  expect(record.of('webgpu')).toEqual([])
})

/** A GPU in half precision, the same in full, and the processor. */
function machine(halfSpeed: number, options: { failsAfter?: number; fullMs?: number } = {}) {
  const { failsAfter = Infinity, fullMs = 1 } = options
  const half = fake('webgpu-half', 1, { halfOf: 'webgpu', cropsPerSecond: halfSpeed, failsAfter })
  const full = fake('webgpu', 2, { cropsPerSecond: 100, probeMs: fullMs })
  const cpu = fake('cpu', 3)
  return { half, full, cpu, all: [half, full, cpu] }
}

describe('half precision', () => {
  test('is used if it is faster than full precision, which is measured once', async () => {
    const record = new BackendRecord(await temporaryFolder())
    const { half, full, cpu, all } = machine(150)
    const encoder = await openWithFallback(request(record, all))
    expect(encoder.backend).toBe('webgpu-half')
    expect(record.of('webgpu-half')).toMatchObject([{ status: 'passed', gain: 1.5, reason: null }])
    // The one in full precision was opened to compare, has passed too, and is closed.
    expect(record.of('webgpu')).toMatchObject([{ status: 'passed', gain: null }])
    expect([full.open, full.close].map((calls) => calls.mock.calls.length)).toEqual([1, 1])
    expect(half.close).not.toHaveBeenCalled()
    await encoder.close()

    const processorTests = cpu.open.mock.calls.length
    const again = await openWithFallback({
      ...request(record, all),
      speedOf: () => Promise.reject(lost('timer')),
    })
    expect(again.backend).toBe('webgpu-half')
    expect(full.open).toHaveBeenCalledTimes(1)
    expect(cpu.open).toHaveBeenCalledTimes(processorTests)
  })

  test('is not used if it gains too little, even after it was used by name', async () => {
    const record = new BackendRecord(await temporaryFolder())
    const { half, full, all } = machine(119)
    const encoder = await openWithFallback(request(record, all))
    expect(encoder.backend).toBe('webgpu')
    // The one opened to compare is the one that is used.
    expect([full.open, full.close].map((calls) => calls.mock.calls.length)).toEqual([1, 0])
    expect(half.close).toHaveBeenCalledOnce()
    const reason =
      /encodes 1\.19 times as many crops per second as webgpu; half precision needs a speed-up of at least 1\.2/
    expect(record.of('webgpu-half')).toMatchObject([{ status: 'refused', cosine: 1, gain: 1.19 }])
    expect(record.of('webgpu-half')[0]?.reason).toMatch(reason)

    expect((await openWithFallback(request(record, [half]))).backend).toBe('webgpu-half')
    expect(record.of('webgpu-half')).toMatchObject([{ status: 'passed', gain: 1.19 }])
    expect((await openWithFallback(request(record, all))).backend).toBe('webgpu')
    expect(half.open).toHaveBeenCalledTimes(2)
  })

  test('needs no comparison if requested by name; otherwise it is still compared', async () => {
    const record = new BackendRecord(await temporaryFolder())
    const { half, full, all } = machine(119)
    expect((await openWithFallback(request(record, [half]))).backend).toBe('webgpu-half')
    expect(record.of('webgpu-half')).toMatchObject([{ status: 'passed', gain: null }])
    expect(full.open).not.toHaveBeenCalled()
    expect((await openWithFallback(request(record, all))).backend).toBe('webgpu')
  })

  test('that the provider cannot create is refused with the reason, and full precision is used', async () => {
    const record = new BackendRecord(await temporaryFolder())
    const { half, full, all } = machine(200)
    const reason = 'shader-f16 is not there'
    half.open.mockRejectedValue(new AppError('encoder.backend-failed', { backend: 'webgpu-half', reason }))
    expect((await openWithFallback(request(record, all))).backend).toBe('webgpu')
    expect(full.open).toHaveBeenCalledTimes(1)
    expect(record.of('webgpu-half')).toMatchObject([{ status: 'refused', cosine: null, gain: null }])
    expect(record.of('webgpu-half')[0]?.reason).toContain(reason)
    await openWithFallback(request(record, all))
    expect(half.open).toHaveBeenCalledTimes(1)
  })

  test('is never used on a software device, nor if full precision was refused', async () => {
    const record = new BackendRecord(await temporaryFolder())
    const { half, full, all } = machine(1000, { fullMs: 2000 })
    expect((await openWithFallback(request(record, all))).backend).toBe('cpu')
    expect([half.open, full.open].map((calls) => calls.mock.calls.length)).toEqual([0, 1])
    expect(record.of('webgpu')[0]?.reason).toMatch(/not a hardware GPU/)
    expect((await openWithFallback(request(record, all))).backend).toBe('cpu')
    expect([half.open, full.open].map((calls) => calls.mock.calls.length)).toEqual([0, 1])
  })

  test('that fails during work gives the same crops to full precision', async () => {
    const record = new BackendRecord(await temporaryFolder())
    const { full, all } = machine(200, { failsAfter: 2 })
    const encoder = await openWithFallback(request(record, all))
    expect(await encoder.encode(crops)).toEqual([Float32Array.of(1), Float32Array.of(1)])
    expect(await encoder.encode(crops)).toEqual([Float32Array.of(2), Float32Array.of(2)])
    expect(encoder.backend).toBe('webgpu')
    expect(full.open).toHaveBeenCalledTimes(2)
    expect(record.faults()).toMatchObject([{ backend: 'webgpu-half' }])
  })

  test('that ends its process does so twice at most; then full precision is used', async () => {
    const record = new BackendRecord(await temporaryFolder())
    const { half, all } = machine(200)
    for (const attempt of [1, 2]) {
      half.open.mockReturnValueOnce(new Promise(() => undefined))
      void openWithFallback(request(record, all))
      await waitFor(() => expect(half.open).toHaveBeenCalledTimes(attempt))
    }
    expect((await openWithFallback(request(record, all))).backend).toBe('webgpu')
    expect(half.open).toHaveBeenCalledTimes(2)
  })
})

describe('a back-end that runs out of memory', () => {
  /** The descriptor of a crop is its first pixel. `sizes`: number of crops of each call. */
  function counting(name: BackendName, hasMemory: boolean) {
    const one = fake(name, 0)
    const sizes: number[] = []
    one.encoder.encode = (crops) => {
      sizes.push(crops.length)
      if (hasMemory) return Promise.resolve(crops.map(({ data: [first = 0] }) => Float32Array.of(first)))
      const reason = 'Failed to allocate memory for requested buffer of size 107374182400'
      return Promise.reject(new AppError('encoder.backend-failed', { backend: name, reason }))
    }
    return { ...one, sizes }
  }
  const seven: Raster[] = [3, 1, 4, 1, 5, 9, 2].map((first) => {
    const raster = makeRaster(32, 32)
    raster.data[0] = first
    return raster
  })
  const expected = [3, 1, 4, 1, 5, 9, 2].map((first) => Float32Array.of(first))

  test('hands all images of a call to the next one, once, and says so', async () => {
    const record = new BackendRecord(await temporaryFolder())
    const [gpu, processor] = [counting('webgpu', false), counting('cpu', true)]
    const notes: string[] = []
    const all = request(record, [gpu, processor])
    const encoder = await openWithFallback({ ...all, onNote: (note) => void notes.push(note) })
    expect(await encoder.encode(seven)).toEqual(expected)
    expect(gpu.sizes).toEqual([7])
    expect(processor.sizes).toEqual([7])
    expect(notes.at(-1)).toMatch(
      /^webgpu ran out of memory with vgg16 \(Failed to allocate .*\), and cpu took its images over$/,
    )
    // It is not tried again as long as the encoder is open.
    expect(await encoder.encode(seven)).toEqual(expected)
    expect([gpu.sizes.length, processor.sizes]).toEqual([1, [7, 7]])
    expect(gpu.open).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['CUDA failure 2: out of memory ; GPU=0', true],
    ['VK_ERROR_OUT_OF_DEVICE_MEMORY', true],
    ['OOM when allocating tensor with shape[1,64,400,400]', true],
    ['std::bad_alloc', true],
    ['device lost', false],
    ['CUDA failure 201: invalid device context', false],
    ['no room in a boom box', false],
  ])('is known by what it writes: %s', (reason, isMemory) => {
    expect(isOutOfMemory(new Error(`The back-end cuda failed: ${reason}.`))).toBe(isMemory)
  })
})
