import { platform } from 'node:os'
import { listSupportedBackends } from 'onnxruntime-node'
import type { BackendChoice, BackendName } from '../../contract/index.ts'
import type { EncoderBackend } from './backend.ts'
import { onnxBackend, onnxCpu, onnxHalf } from './onnx-backend.ts'
import { tensorFlow, tensorFlowMissing } from './tensorflow.ts'
import { winograd, winogradMissing } from './winograd.ts'

export interface BackendEntry {
  readonly title: string
  /** Where it can exist at all; null: everywhere. */
  readonly platforms: readonly NodeJS.Platform[] | null
  readonly backend: EncoderBackend
  /** Why this installation lacks it; null where it has it (whether it works, the self-test tells). */
  readonly missing: () => string | null
}

const bundled = (provider: string) => (): string | null =>
  listSupportedBackends().some(({ name, bundled }) => name === provider && bundled)
    ? null
    : 'this build of ONNX Runtime comes without it'

/** A lab that wants no half precision sets LOBULE_NO_HALF_PRECISION; by name it can still be asked for. */
export const isHalfForbidden = (): boolean => (process.env['LOBULE_NO_HALF_PRECISION'] ?? '') !== ''

/** The same back-end in half precision. */
const halfPrecisionOf = (
  of: Parameters<typeof onnxHalf>[0],
  full: Omit<BackendEntry, 'backend'>,
): BackendEntry => ({
  title: `${full.title}, half precision`,
  platforms: full.platforms,
  backend: onnxHalf(of),
  missing: () => full.missing() ?? (isHalfForbidden() ? 'LOBULE_NO_HALF_PRECISION is set' : null),
})

const cuda: BackendEntry = {
  title: 'ONNX Runtime, CUDA',
  platforms: ['linux'],
  backend: onnxBackend('cuda'),
  missing: bundled('cuda'),
}
const directml: BackendEntry = {
  title: 'ONNX Runtime, DirectML',
  platforms: ['win32'],
  backend: onnxBackend('directml'),
  missing: bundled('dml'),
}
const coreml: BackendEntry = {
  title: 'ONNX Runtime, CoreML',
  platforms: ['darwin'],
  backend: onnxBackend('coreml'),
  missing: bundled('coreml'),
}
const webgpu: BackendEntry = {
  title: 'ONNX Runtime, WebGPU',
  platforms: null,
  backend: onnxBackend('webgpu'),
  missing: bundled('webgpu'),
}

/** Every back-end, in order of preference. */
export const backends: Readonly<Record<BackendName, BackendEntry>> = {
  'cuda-half': halfPrecisionOf('cuda', cuda),
  cuda,
  'directml-half': halfPrecisionOf('directml', directml),
  directml,
  'coreml-half': halfPrecisionOf('coreml', coreml),
  coreml,
  'webgpu-half': halfPrecisionOf('webgpu', webgpu),
  webgpu,
  tensorflow: {
    title: 'TensorFlow, CUDA',
    platforms: ['linux', 'win32'],
    backend: tensorFlow(),
    missing: tensorFlowMissing,
  },
  winograd: {
    title: 'Winograd convolution, processor',
    platforms: null,
    backend: winograd(),
    missing: winogradMissing,
  },
  cpu: { title: 'ONNX Runtime, processor', platforms: null, backend: onnxCpu(), missing: () => null },
}

/** Whether a back-end computes in half precision. */
export const isHalf = (name: BackendName): boolean => backends[name].backend.halfOf !== undefined

/** Those that compute on the processor, best first: none is a driver that only pretends to be fast. */
export const processorBackends: readonly EncoderBackend[] = [backends.winograd.backend, backends.cpu.backend]

/** The back-ends to try for a choice, best first. One that is named is the only one. */
export function candidatesFor(choice: BackendChoice): EncoderBackend[] {
  if (choice !== 'auto') return [backends[choice].backend]
  return Object.values(backends)
    .filter(({ platforms, missing }) => platforms?.includes(platform()) !== false && missing() === null)
    .map(({ backend }) => backend)
}
