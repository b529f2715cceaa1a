import { expect, it, vi } from 'vitest'
import type { BackendName, BuiltInEncoder } from '../../../../electron/contract/index.ts'
import {
  BackendRecord,
  EncoderStore,
  examineBackends,
  OpenEncoders,
} from '../../../../electron/engine/encoders/index.ts'
import { temporaryFolder } from './helpers.ts'

// The same with Vulkan's loader and without: a GPU that was never tested.
vi.mock('../../../../electron/engine/encoders/vulkan.ts', () => ({ vulkanMissing: () => null }))

it('the system check names the back-end that each network really uses, and says what was not tested yet', async () => {
  const home = await temporaryFolder()
  const store = new EncoderStore(home)
  const record = new BackendRecord(home)
  const use = async (): Promise<Record<string, [BackendName, boolean]>> =>
    Object.fromEntries(
      (await examineBackends(home)).use.map(({ encoder, backend, isTested }) => [
        encoder,
        [backend, isTested],
      ]),
    )
  const save = async (
    backend: BackendName,
    encoder: BuiltInEncoder,
    status: 'passed' | 'refused' | 'trying',
  ) =>
    record.save({
      ...{ backend, encoder, status, fingerprint: (await store.find(encoder)).fingerprint ?? '' },
      ...{ cosine: null, probeMs: 20, reason: status === 'passed' ? null : 'made up', attempts: 1 },
    })

  await store.installUntrained(['resnet50', 'efficientnetlite0'])
  const untested = {
    resnet50: ['winograd', false],
    inceptionv3: ['winograd', false],
    vgg16: ['winograd', false],
    efficientnetlite0: ['fused', false],
  }
  expect(await use()).toEqual(untested)

  // A self-test that did not end is begun again.
  await save('winograd', 'resnet50', 'trying')
  expect(await use()).toEqual(untested)
  await save('winograd', 'resnet50', 'passed')
  expect(await use()).toEqual({ ...untested, resnet50: ['winograd', true] })
  // A network that one back-end refuses is the concern of no other network.
  await save('winograd', 'resnet50', 'refused')
  expect(await use()).toEqual({ ...untested, resnet50: ['cpu', false] })
  await save('cpu', 'resnet50', 'refused')
  expect(await use()).toEqual({ ...untested, resnet50: ['cpu', true] })

  // An encoding uses what the system check named.
  await save('webgpu', 'efficientnetlite0', 'refused')
  await save('webgpu-half', 'efficientnetlite0', 'refused')
  const encoders = new OpenEncoders(home)
  const encoder = await encoders.get('efficientnetlite0')
  expect(await use()).toMatchObject({ efficientnetlite0: [encoder.backend, true] })
  expect(encoder.backend).toBe('fused')
  await encoders.close()
})
