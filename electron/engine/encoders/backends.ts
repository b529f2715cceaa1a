import { platform } from 'node:os'
import type { BackendChoice, BackendName } from '../../contract/index.ts'
import type { EncoderBackend } from './backend.ts'
import { fused, fusedMissing } from './fused.ts'
import { cudaProblem } from './installable/cuda-claim.ts'
import { installedBackend, unsupportedHere } from './installable/installed-backend.ts'
import { tensorFlowMissing } from './installable/load-tensorflow.ts'
import { missingProvider, onnxBackend, onnxCpu, onnxHalf } from './onnx-backend.ts'
import { onnxRuntimeMissing } from './onnx-runtime.ts'
import { vulkanMissing } from './vulkan.ts'
import { tensorFlow } from './tensorflow.ts'
import { winograd, winogradMissing } from './winograd.ts'

export interface BackendEntry {
  readonly title: string
  /** Supported platforms; null: all. */
  readonly platforms: readonly NodeJS.Platform[] | null
  readonly backend: EncoderBackend
  /** Why it is missing from this installation; null if it is there. The self-test finds out whether it works. */
  readonly missing: (homeDir: string) => string | null
  /** Why this system cannot have it, where its platforms do not say all. */
  readonly unsupported?: () => string | null
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
  ...(full.unsupported !== undefined && { unsupported: full.unsupported }),
  backend: onnxHalf(of),
  missing: (homeDir) =>
    full.missing(homeDir) ?? (isHalfForbidden() ? 'LOBULE_NO_HALF_PRECISION is set' : null),
})

const cuda: BackendEntry = {
  title: 'ONNX Runtime, CUDA',
  platforms: ['linux'],
  unsupported: () => unsupportedHere('cuda'),
  backend: onnxBackend('cuda'),
  missing: (homeDir) => missingProvider('cuda', homeDir) ?? cudaProblem('ONNX Runtime'),
}
const directml: BackendEntry = {
  title: 'ONNX Runtime, DirectML',
  platforms: ['win32'],
  backend: onnxBackend('directml'),
  missing: (homeDir) => missingProvider('directml', homeDir),
}
const coreml: BackendEntry = {
  title: 'ONNX Runtime, CoreML',
  platforms: ['darwin'],
  backend: onnxBackend('coreml'),
  missing: (homeDir) => missingProvider('coreml', homeDir),
}
const webgpu: BackendEntry = {
  title: 'ONNX Runtime, WebGPU',
  platforms: null,
  backend: onnxBackend('webgpu'),
  missing: (homeDir) => missingProvider('webgpu', homeDir) ?? vulkanMissing(),
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
    platforms: ['linux'],
    unsupported: () => unsupportedHere('tensorflow'),
    backend: tensorFlow('tensorflow'),
    missing: tensorFlowGpuMissing,
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
  cpu: {
    title: 'ONNX Runtime, processor',
    platforms: null,
    backend: onnxCpu(),
    missing: onnxRuntimeMissing,
  },
  'tensorflow-cpu': {
    title: 'TensorFlow, processor',
    platforms: ['linux'],
    unsupported: () => unsupportedHere('tensorflow'),
    backend: tensorFlow('tensorflow-cpu'),
    missing: tensorFlowMissing,
  },
}

function tensorFlowGpuMissing(homeDir: string): string | null {
  const missing = tensorFlowMissing(homeDir)
  if (missing !== null) return missing
  return installedBackend(homeDir, 'tensorflow')?.device === 'gpu'
    ? cudaProblem('TensorFlow')
    : 'TensorFlow is installed for the processor; "lobule backends install tensorflow" installs the one with CUDA'
}

/** Why this system cannot have a back-end; null: it can. */
export function unsupportedReason({
  platforms,
  unsupported,
}: Pick<BackendEntry, 'platforms' | 'unsupported'>): string | null {
  const reason = unsupported?.() ?? null
  if (reason !== null) return reason
  return platforms?.includes(platform()) === false ? `only on ${platforms.join(', ')}` : null
}

/** Whether a back-end computes in half precision. */
export const isHalf = (name: BackendName): boolean => backends[name].backend.halfOf !== undefined

/** The back-ends on the processor, best first. They need no speed check, because they use no GPU driver. */
export const processorBackends: readonly EncoderBackend[] = [
  backends.winograd.backend,
  backends.fused.backend,
  backends.cpu.backend,
]

/** Whether a back-end computes on the processor. */
export const isOnProcessor = (name: BackendName): boolean =>
  name === 'tensorflow-cpu' || processorBackends.some((one) => one.name === name)

/**
 * The back-ends to try for a choice, best first. A back-end chosen by name is the only one. The processor's `cpu` is always
 * tried: where it cannot be used either, its refusal says why.
 */
export function candidatesFor(choice: BackendChoice, homeDir: string): EncoderBackend[] {
  if (choice !== 'auto') return [backends[choice].backend]
  return Object.values(backends)
    .filter(
      (entry) =>
        entry === backends.cpu || (unsupportedReason(entry) === null && entry.missing(homeDir) === null),
    )
    .map(({ backend }) => backend)
}
