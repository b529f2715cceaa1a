import { platform } from 'node:os'
import { listSupportedBackends } from 'onnxruntime-node'
import type { BackendChoice, BackendName } from '../../contract/index.ts'
import type { EncoderBackend } from './backend.ts'
import { onnxBackend, onnxCpu } from './onnx-backend.ts'
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

/** Every back-end, in order of preference. */
export const backends: Readonly<Record<BackendName, BackendEntry>> = {
  cuda: {
    title: 'ONNX Runtime, CUDA',
    platforms: ['linux'],
    backend: onnxBackend('cuda'),
    missing: bundled('cuda'),
  },
  directml: {
    title: 'ONNX Runtime, DirectML',
    platforms: ['win32'],
    backend: onnxBackend('directml'),
    missing: bundled('dml'),
  },
  coreml: {
    title: 'ONNX Runtime, CoreML',
    platforms: ['darwin'],
    backend: onnxBackend('coreml'),
    missing: bundled('coreml'),
  },
  webgpu: {
    title: 'ONNX Runtime, WebGPU',
    platforms: null,
    backend: onnxBackend('webgpu'),
    missing: bundled('webgpu'),
  },
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

/** Those that compute on the processor, best first: none is a driver that only pretends to be fast. */
export const processorBackends: readonly EncoderBackend[] = [backends.winograd.backend, backends.cpu.backend]

/** The back-ends to try for a choice, best first. One that is named is the only one. */
export function candidatesFor(choice: BackendChoice): EncoderBackend[] {
  if (choice !== 'auto') return [backends[choice].backend]
  return Object.values(backends)
    .filter(({ platforms, missing }) => platforms?.includes(platform()) !== false && missing() === null)
    .map(({ backend }) => backend)
}
