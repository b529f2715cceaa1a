import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { candidatesFor } from '../../../../electron/engine/encoders/backends.ts'
import { cudaProblem } from '../../../../electron/engine/encoders/installable/cuda-claim.ts'
import { unsupportedHere } from '../../../../electron/engine/encoders/installable/installed-backend.ts'
import {
  cudaFault,
  cudaMissing,
  hasDriver,
  loadRuntimeForCuda,
  noCudaDevice,
  startCuda,
} from '../../../../electron/engine/encoders/installable/load-cuda.ts'
import { loaderMissing } from '../../../../electron/engine/encoders/installable/load-library.ts'
import { tryBackend } from '../../../../electron/engine/encoders/installable/try-backend.ts'
import { onnxRuntimeMissing } from '../../../../electron/engine/encoders/onnx-runtime.ts'
import { onnxRuntimeVersion } from '../../../../electron/engine/encoders/onnx-package.ts'
import { expectRefusal, pretendInstalled, temporaryFolder } from './helpers.ts'

test.skipIf(unsupportedHere('cuda') !== null)(
  'looks for the file of the CUDA provider, whatever ONNX Runtime reports',
  async () => {
    const folder = await temporaryFolder()
    expect(cudaMissing('/none', folder)).toMatch(
      /is not installed; "lobule backends install cuda"|was set up without/,
    )
    await writeFile(join(folder, 'libonnxruntime_providers_cuda.so'), '')
    expect(cudaMissing('/none', folder)).toBeNull()
  },
)

test.skipIf(unsupportedHere('cuda') !== null || loaderMissing() !== null)(
  'uses an installed CUDA with the ONNX Runtime that it belongs to, and says at its opening that there is no driver',
  async () => {
    const home = await temporaryFolder()
    const install = (version: string) =>
      pretendInstalled(home, 'gpu', '2026-12-01T00:00:00Z', 'cuda', version)
    await install('1.2.3')
    expect(cudaMissing(home)).toMatch(/belongs to ONNX Runtime 1\.2\.3, and this copy of Lobule has 1\.\d+/)
    expect(candidatesFor('auto', home).map(({ name }) => name)).not.toContain('cuda')
    await install(onnxRuntimeVersion() ?? '')
    expect(cudaMissing(home)).toBeNull()
    if (hasDriver()) return
    expect(() => startCuda(home)).toThrow('it finds no NVIDIA GPU with a driver for CUDA 13 here')
    // Nothing was loaded of it: TensorFlow may still use its own.
    expect(cudaProblem('TensorFlow')).toBeNull()
  },
)

// The last of this process that looks for CUDA: it stays missing.
test.skipIf(unsupportedHere('cuda') !== null || loaderMissing() !== null)(
  'a damaged installation takes CUDA alone away, and says so',
  async () => {
    const home = await temporaryFolder()
    await pretendInstalled(home, 'gpu', '2026-12-01T00:00:00Z', 'cuda', onnxRuntimeVersion() ?? '')
    expect(cudaMissing(home)).toBeNull()
    // It has no folder of libraries to put the link in.
    loadRuntimeForCuda(home)
    expect(onnxRuntimeMissing(home)).toBeNull()
    expect(cudaMissing(home)).toMatch(/cannot be loaded \(ENOENT.*"lobule backends install cuda"/)
  },
)

test('names an old driver, and one without a device, as no GPU', () => {
  const said = (number: number) =>
    new Error(`CudaCall [with THRW = true] CUDA failure ${number}: words ; GPU=-1`)
  for (const number of [35, 100]) expect(cudaFault(said(number))).toEqual(new Error(noCudaDevice))
  const memory = said(2)
  expect(cudaFault(memory)).toBe(memory)
})

test.skipIf(unsupportedHere('cuda') !== null || loaderMissing() !== null)(
  'the first run of CUDA refuses an installation that lacks a library, and names it',
  async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'onnxruntime', 'capi'), { recursive: true })
    const trial = { name: 'cuda', title: 'CUDA for ONNX Runtime', device: 'gpu', folder } as const
    await expectRefusal(() => tryBackend(trial), 'backend.refused', /libcudart\.so\.13: cannot open/)
  },
)
