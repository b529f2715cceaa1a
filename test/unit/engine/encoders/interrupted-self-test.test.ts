import { expect, it, vi } from 'vitest'
import { BackendRecord, examineBackends } from '../../../../electron/engine/encoders/index.ts'
import { temporaryFolder } from './helpers.ts'

// With Vulkan's loader and without: what is recorded of WebGPU is the same.
vi.mock('../../../../electron/engine/encoders/vulkan.ts', () => ({ vulkanMissing: () => null }))

it('a self-test that a power cut or a kill ended is no refusal, unless it happens again; the CPU is never refused for it', async () => {
  const home = await temporaryFolder()
  const record = new BackendRecord(home)
  const interrupted = (backend: 'cpu' | 'webgpu', attempts: number): Promise<void> =>
    record.save({
      backend,
      encoder: 'vgg16',
      fingerprint: 'f'.repeat(64),
      status: 'trying',
      cosine: null,
      probeMs: null,
      reason: 'the process ended during its self-test',
      attempts,
    })
  const stateOf = async (name: string) =>
    (await examineBackends(home)).backends.find((one) => one.name === name)
  await interrupted('webgpu', 1)
  await interrupted('cpu', 5)
  expect(await stateOf('webgpu')).toMatchObject({
    status: 'untested',
    reason: 'the program ended during its self-test; it is tested again on first use, or with --measure',
    selfTests: [{ status: 'trying' }],
  })
  expect(await stateOf('cpu')).toMatchObject({ status: 'untested' })
  await interrupted('webgpu', 2)
  expect(await stateOf('webgpu')).toMatchObject({
    status: 'refused',
    reason: 'the process ended during its self-test',
  })
})
