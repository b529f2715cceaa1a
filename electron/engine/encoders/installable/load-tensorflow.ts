import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { TensorFlow } from '../tensorflow-kernels.ts'
import { claimCuda } from './cuda-claim.ts'
import { backendFolder, bindingFile, installedBackend, unsupportedHere } from './installed-backend.ts'
import { loaderMissing, loadLibrary } from './load-library.ts'

/** Not named `require`, because the bundle declares that name. */
const requireFrom = createRequire(import.meta.url)

/** TensorFlow that is ready, and whether it computes on a GPU. */
export interface LoadedTensorFlow {
  readonly tf: TensorFlow
  readonly usesGpu: boolean
}

/** How TensorFlow reports nothing but errors, computes the same each time, and takes the memory that it needs and no more. */
const settings = {
  TF_CPP_MIN_LOG_LEVEL: '3',
  TF_DETERMINISTIC_OPS: '1',
  TF_CUDNN_USE_AUTOTUNE: '0',
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
}

/** Why TensorFlow cannot be loaded; null: it is installed. */
export function tensorFlowMissing(homeDir: string): string | null {
  const unsupported = unsupportedHere('tensorflow')
  if (unsupported !== null) return unsupported
  if (bindingFile('binding.node') === null) return bindingMissing
  if (installedBackend(homeDir, 'tensorflow') !== null) return null
  return 'TensorFlow is not installed; "lobule backends install tensorflow" installs it'
}

export const bindingMissing =
  'this copy of Lobule was set up without the binding of TensorFlow; "npm run setup" says why'

let loading: Promise<LoadedTensorFlow> | undefined

/** TensorFlow as it is installed, loaded once per process. @throws Error with the reason */
export function loadTensorFlow(homeDir: string): Promise<LoadedTensorFlow> {
  loading ??= loadFrom(homeDir).catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

async function loadFrom(homeDir: string): Promise<LoadedTensorFlow> {
  const missing = tensorFlowMissing(homeDir)
  if (missing !== null) throw new Error(missing)
  const isForGpu = installedBackend(homeDir, 'tensorflow')?.device === 'gpu'
  return loadTensorFlowOf(backendFolder(homeDir, 'tensorflow'), isForGpu)
}

/**
 * Loads TensorFlow from the folder that its wheels were unpacked in. Its libraries come first, by their paths; the binding then finds
 * them by name. @throws Error
 */
export async function loadTensorFlowOf(folder: string, isForGpu: boolean): Promise<LoadedTensorFlow> {
  const binding = bindingFile('binding.node')
  if (binding === null || loaderMissing() !== null) throw new Error(bindingMissing)
  if (isForGpu) claimCuda('TensorFlow')
  Object.assign(process.env, settings)
  // TensorFlow looks for the other libraries of NVIDIA beside itself, and for this one only where the system has it.
  if (isForGpu) loadLibrary(join(folder, 'nvidia', 'cusolver', 'lib', 'libcusolver.so.11'))
  for (const name of ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'])
    loadLibrary(join(folder, 'tensorflow', name))
  const { startTensorFlow } = await import('../tensorflow-kernels.ts')
  return startTensorFlow(requireFrom(binding))
}
