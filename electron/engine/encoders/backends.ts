import { platform } from 'node:os'
import type { BackendChoice, BackendName } from '../../contract/index.ts'
import type { EncoderBackend } from './backend.ts'
import { fused, fusedMissing } from './fused.ts'
import { missingProvider, onnxBackend, onnxCpu, onnxHalf } from './onnx-backend.ts'
import { tensorFlow, tensorFlowMissing } from './tensorflow.ts'
import { winograd, winogradMissing } from './winograd.ts'

export interface BackendEntry {
  readonly title: string
  /** Supported platforms; null: all. */
  readonly platforms: readonly NodeJS.Platform[] | null
  readonly backend: EncoderBackend
  /** Why it is missing from this installation; null if it is there. The self-test finds out whether it works. */
  readonly missing: () => string | null
}

/** Whether LOBULE_NO_HALF_PRECISION disables half precision. Half-precision back-ends can still be chosen by name. */
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
  missing: () => missingProvider('cuda'),
}
const directml: BackendEntry = {
  title: 'ONNX Runtime, DirectML',
  platforms: ['win32'],
  backend: onnxBackend('directml'),
  missing: () => missingProvider('directml'),
}
const coreml: BackendEntry = {
  title: 'ONNX Runtime, CoreML',
  platforms: ['darwin'],
  backend: onnxBackend('coreml'),
  missing: () => missingProvider('coreml'),
}
const webgpu: BackendEntry = {
  title: 'ONNX Runtime, WebGPU',
  platforms: null,
  backend: onnxBackend('webgpu'),
  missing: () => missingProvider('webgpu'),
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
  fused: {
    title: 'Fused bottlenecks, processor',
    platforms: null,
    backend: fused(),
    missing: fusedMissing,
  },
  cpu: { title: 'ONNX Runtime, processor', platforms: null, backend: onnxCpu(), missing: () => null },
}

/** Whether a back-end computes in half precision. */
export const isHalf = (name: BackendName): boolean => backends[name].backend.halfOf !== undefined

/** The back-ends on the processor, best first. They need no speed check, because they use no GPU driver. */
export const processorBackends: readonly EncoderBackend[] = [
  backends.winograd.backend,
  backends.fused.backend,
  backends.cpu.backend,
]

/** The back-ends to try for a choice, best first. A back-end chosen by name is the only one. */
export function candidatesFor(choice: BackendChoice): EncoderBackend[] {
  if (choice !== 'auto') return [backends[choice].backend]
  return Object.values(backends)
    .filter(({ platforms, missing }) => platforms?.includes(platform()) !== false && missing() === null)
    .map(({ backend }) => backend)
}
