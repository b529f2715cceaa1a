import { writeFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { missingProvider, onnxBackend } from '../../../../electron/engine/encoders/onnx-backend.ts'
import { BackendRecord } from '../../../../electron/engine/encoders/backend-record.ts'
import type { OwnModel } from '../../../../electron/engine/encoders/backend.ts'
import { backends, candidatesFor, unsupportedReason } from '../../../../electron/engine/encoders/backends.ts'
import { claimCuda, cudaProblem } from '../../../../electron/engine/encoders/installable/cuda-claim.ts'
import {
  backendFolder,
  installedBackend,
  recordFile,
  unsupportedHere,
} from '../../../../electron/engine/encoders/installable/installed-backend.ts'
import { vulkanMissing } from '../../../../electron/engine/encoders/vulkan.ts'
import { pretendInstalled, temporaryFolder } from './helpers.ts'

it('says in the words of the doctor that a back-end is not in this installation', async () => {
  // No build has both of them.
  const provider = missingProvider('directml', '/none') === null ? 'coreml' : 'directml'
  const model = { onnxPath: '/none.onnx' } as OwnModel
  expect(missingProvider(provider, '/none')).toBe('this build of ONNX Runtime does not include it')
  await expect(onnxBackend(provider).openOwn?.(model)).rejects.toMatchObject({
    code: 'encoder.backend-failed',
    message: `The back-end ${provider} failed: this build of ONNX Runtime does not include it; "lobule doctor" lists the back-ends that are here.`,
  })
})

it('offers TensorFlow and CUDA on Linux with an x86-64 processor alone, and says why elsewhere', () => {
  expect(unsupportedHere('tensorflow', 'linux', 'x64')).toBeNull()
  expect(unsupportedHere('cuda', 'linux', 'arm64')).toMatch(
    /^only on Linux with an x86-64 processor: on Windows/,
  )
  for (const [system, processor] of [
    ['win32', 'x64'],
    ['darwin', 'arm64'],
    ['linux', 'arm64'],
  ] as const)
    expect(unsupportedHere('tensorflow', system, processor)).toMatch(
      /^only on Linux with an x86-64 processor: .*since 2\.11/,
    )
  for (const name of ['tensorflow', 'tensorflow-cpu'] as const)
    expect(unsupportedReason(backends[name])).toBe(unsupportedHere('tensorflow'))
})

it('tests a refused back-end again after an installation, and after the next one', async () => {
  const home = await temporaryFolder()
  const about = { encoder: 'vgg16', fingerprint: 'f', cosine: null, probeMs: null } as const
  const refuse = (reason: string) =>
    new BackendRecord(home).save({ ...about, backend: 'tensorflow', status: 'refused', reason })
  const isRefused = () => new BackendRecord(home).of('tensorflow').length > 0
  await refuse('it is not installed')
  expect(isRefused()).toBe(true)
  await pretendInstalled(home, 'processor', '2026-12-01T00:00:00Z')
  expect(isRefused()).toBe(false)
  await refuse('it finds no GPU')
  expect(isRefused()).toBe(true)
  await pretendInstalled(home, 'gpu', '2026-12-02T00:00:00Z')
  expect(isRefused()).toBe(false)
})

it.skipIf(unsupportedHere('tensorflow') !== null)(
  'does not take a TensorFlow for the processor for one with CUDA, and uses it by name alone',
  async () => {
    const home = await temporaryFolder()
    const names = (): string[] => candidatesFor('auto', home).map(({ name }) => name)
    expect(names()).not.toContain('tensorflow')
    await pretendInstalled(home, 'processor', '2026-12-01T00:00:00Z')
    expect(installedBackend(home, 'tensorflow')?.device).toBe('processor')
    expect(backends.tensorflow.missing(home)).toMatch(/is installed for the processor|without the binding/)
    expect(names()).not.toContain('tensorflow')
    // After the one that never fails.
    expect(Object.keys(backends).at(-1)).toBe('tensorflow-cpu')
    await writeFile(join(backendFolder(home, 'tensorflow'), recordFile), '{"format":1')
    expect(installedBackend(home, 'tensorflow')).toBeNull()
  },
)

it('lets one CUDA into a process', () => {
  expect(cudaProblem('TensorFlow')).toBeNull()
  claimCuda('TensorFlow')
  claimCuda('TensorFlow')
  expect(cudaProblem('TensorFlow')).toBeNull()
  expect(cudaProblem('ONNX Runtime')).toMatch(
    /^TensorFlow uses its own CUDA in this process, and two do not fit/,
  )
  expect(() => claimCuda('ONNX Runtime')).toThrow(/once Lobule has been started again/)
})

it.skipIf(platform() !== 'linux')('does not try WebGPU without the Vulkan loader', () => {
  expect(vulkanMissing('libnone.so.1')).toMatch(/libvulkan\.so\.1.*is not installed/)
  // A library that every Linux has.
  expect(vulkanMissing('libm.so.6')).toBeNull()
})
