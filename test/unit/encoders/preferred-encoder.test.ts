import { writeFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { AppError, type BackendName } from '../../../electron/contract/index.ts'
import {
  architectures,
  BackendRecord,
  type EncoderBackend,
  type EncoderModel,
  type OpenEncoder,
} from '../../../electron/engine/encoders/index.ts'
import { openPreferred } from '../../../electron/engine/encoders/preferred-encoder.ts'
import { makeRaster } from '../../../electron/engine/image/index.ts'
import { expectRefusal, temporaryFolder } from './helpers.ts'

const model: EncoderModel = {
  name: 'vgg16',
  architecture: architectures.vgg16,
  source: 'demo',
  fingerprint: 'f'.repeat(64),
  onnxPath: '',
  readWeights: () => Promise.resolve(new Map()),
}
const lost = (backend: string) => new AppError('encoder.backend-failed', { backend, reason: 'device lost' })

/** Answers with its own number; `failsAfter` crops it fails for good. */
function fake(name: BackendName, value: number, options: { failsAfter?: number; probeMs?: number } = {}) {
  const { failsAfter = Infinity, probeMs = 1 } = options
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
  return { backend: { name, open } satisfies EncoderBackend, close, open, probeMs }
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
})

const crops = [makeRaster(32, 32), makeRaster(32, 32)]

test('a back-end that fails in the middle hands the same crops to the next; the fault is recorded', async () => {
  const record = new BackendRecord(await temporaryFolder())
  const gpu = fake('webgpu', 1, { failsAfter: 2 })
  const encoder = await openPreferred(request(record, [gpu, fake('cpu', 2)]))
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
  // The last one has nowhere to hand them to.
  await expectRefusal(
    () => encoder.encodeMaps(crops[0] ?? makeRaster(1, 1)),
    'encoder.backend-failed',
    /device lost/,
  )
})

test('one that is refused is not tried again, until the weights or the machine change; alone it is', async () => {
  const home = await temporaryFolder()
  const record = new BackendRecord(home, 'this machine')
  const software = fake('webgpu', 1, { probeMs: 2000 })
  const all = [software, fake('cpu', 2, { probeMs: 15 })]
  expect((await openPreferred(request(record, all))).backend).toBe('cpu')
  expect(record.of('webgpu')[0]).toMatchObject({ status: 'refused', cosine: 1 })
  expect(record.of('webgpu')[0]?.reason).toMatch(/2000 ms for the probe and the processor 15 ms/)
  await openPreferred(request(record, all))
  expect(software.open).toHaveBeenCalledTimes(1)
  // Asked for by name, it is the only one.
  expect((await openPreferred(request(record, [software]))).backend).toBe('webgpu')
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
  await openPreferred(request(record, all))
  expect(software.open).toHaveBeenCalledTimes(2)
  await openPreferred(request(new BackendRecord(home, 'with another driver'), all))
  expect(software.open).toHaveBeenCalledTimes(3)
})

test('one that ended its process during the self-test twice is passed over', async () => {
  const record = new BackendRecord(await temporaryFolder())
  const crashing = fake('webgpu', 1)
  for (const attempt of [1, 2]) {
    crashing.open.mockReturnValueOnce(new Promise(() => undefined))
    void openPreferred(request(record, [crashing, fake('cpu', 2)]))
    await vi.waitFor(() => expect(crashing.open).toHaveBeenCalledTimes(attempt))
  }
  expect((await openPreferred(request(record, [crashing, fake('cpu', 2)]))).backend).toBe('cpu')
  expect(record.of('webgpu')).toMatchObject([
    { status: 'trying', reason: 'the process ended during its self-test' },
  ])
})

test('a wrong one is recorded with its figure; a record that cannot be read is none', async () => {
  const home = await temporaryFolder()
  const record = new BackendRecord(home)
  const wrong = fake('webgpu', 1)
  wrong.open.mockRejectedValue(new AppError('encoder.self-test-failed', { backend: 'webgpu', cosine: 0.93 }))
  const all = [wrong, fake('cpu', 2)]
  expect((await openPreferred(request(record, all))).backend).toBe('cpu')
  expect(record.of('webgpu')).toMatchObject([{ status: 'refused', cosine: 0.93 }])
  await expectRefusal(() => openPreferred(request(record, [wrong])), 'encoder.self-test-failed', /0\.93/)
  expect(await readFile(join(home, 'backends.json'), 'utf8')).toContain('0.93')
  await writeFile(join(home, 'backends.json'), '{')
  expect(record.of('webgpu')).toEqual([])
})
