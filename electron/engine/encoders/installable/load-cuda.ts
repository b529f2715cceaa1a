import { existsSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { onnxRuntimeFolder, onnxRuntimeVersion } from '../onnx-package.ts'
import { claimCuda } from './cuda-claim.ts'
import { backendFolder, installedBackend, unsupportedHere } from './installed-backend.ts'
import { loaderMissing, loadLibrary } from './load-library.ts'

const runtimeLibrary = 'libonnxruntime.so.1'
const providerLibrary = 'libonnxruntime_providers_cuda.so'
const driverLibrary = 'libcuda.so.1'
/** Where the wheel of ONNX Runtime has its libraries. */
const libraryFolder = (folder: string): string => join(folder, 'onnxruntime', 'capi')

/** Below `nvidia/`, each after those that it needs: the system then finds them by name, without a search path. */
const libraries = [
  ...['cudart.so.13', 'nvJitLink.so.13', 'cublasLt.so.13', 'cublas.so.13', 'nvrtc.so.13', 'curand.so.10'].map(
    (name) => `cu13/lib/lib${name}`,
  ),
  'cu13/lib/libcufft.so.12',
  ...['', '_graph', '_ops', '_cnn', '_heuristic', '_engines_runtime_compiled', '_adv'].map(
    (part) => `cudnn/lib/libcudnn${part}.so.9`,
  ),
  'cudnn/lib/libcudnn_engines_precompiled.so.9',
]

export const noCudaDevice = 'it finds no NVIDIA GPU with a driver for CUDA 13 here'

/** Of the driver or the device, by CUDA's numbers: the driver is older than this CUDA, or there is no device. */
const deviceFault = /CUDA failure (35|100)\b/

/** A fault of CUDA in the words of a person, where it is that there is no device; else itself. */
export const cudaFault = (error: unknown): unknown =>
  error instanceof Error && deviceFault.test(error.message)
    ? new Error(noCudaDevice, { cause: error })
    : error

/** Why this process could not load ONNX Runtime beside the provider, which a second attempt cannot mend; null: nothing failed. */
let notLoaded: string | null = null

/**
 * Why ONNX Runtime has no CUDA; null: it is there. Whether it works, only an attempt shows.
 * @param runtimeFolder of ONNX Runtime's own libraries: a provider beside them is used as it is
 */
export function cudaMissing(homeDir: string, runtimeFolder = onnxRuntimeFolder()): string | null {
  const unsupported = unsupportedHere('cuda')
  // ONNX Runtime reports its provider as not bundled even where its library is: the file decides.
  if (unsupported !== null || hasProvider(runtimeFolder)) return unsupported
  const unloadable = loaderMissing() ?? notLoaded
  if (unloadable !== null) return unloadable
  const installed = installedBackend(homeDir, 'cuda')
  if (installed === null)
    return 'CUDA for ONNX Runtime is not installed; "lobule backends install cuda" installs it'
  return installed.version === onnxRuntimeVersion()
    ? null
    : `the CUDA that is installed belongs to ONNX Runtime ${installed.version}, and this copy of Lobule has ${onnxRuntimeVersion() ?? 'none'}; "lobule backends install cuda" installs the other`
}

const hasProvider = (folder: string | null): boolean =>
  folder !== null && existsSync(join(folder, providerLibrary))

/**
 * Loads ONNX Runtime's library by a path beside the installed provider: it looks for providers where it was loaded from, and
 * the program's own folder may be read-only. Nothing of CUDA is loaded. Does nothing where none is installed.
 * If it fails, as in a damaged folder or on a full disk, CUDA is missing with the reason, and the other back-ends are as usual.
 */
export function loadRuntimeForCuda(homeDir: string): void {
  if (cudaMissing(homeDir) !== null || hasProvider(onnxRuntimeFolder())) return
  const refusal = refusalOf(() => loadRuntimeBeside(backendFolder(homeDir, 'cuda')))
  if (refusal !== null)
    notLoaded = `the CUDA that is installed cannot be loaded (${refusal}); "lobule backends install cuda" installs it again`
}

/** @param folder that the wheels were unpacked in */
export function loadRuntimeBeside(folder: string): void {
  const target = join(onnxRuntimeFolder() ?? '', runtimeLibrary)
  const link = join(libraryFolder(folder), runtimeLibrary)
  if (linkedTo(link) !== target) {
    // Another process may do the same: the link is never missing for a moment.
    const draft = `${link}.${process.pid}`
    // A process of the same number may have ended here before.
    rmSync(draft, { force: true })
    symlinkSync(target, draft)
    renameSync(draft, link)
  }
  loadLibrary(link)
}

function linkedTo(link: string): string | null {
  try {
    return readlinkSync(link)
  } catch {
    return null
  }
}

/**
 * Loads what the provider needs before a session is opened with it. ONNX Runtime itself would say on stderr, and not in its
 * error, what is missing.
 * @throws Error: without a driver, beside TensorFlow's CUDA, or with what the system reports about a library
 */
export function startCuda(homeDir: string): void {
  const missing = cudaMissing(homeDir)
  if (missing !== null) throw new Error(missing)
  if (loaderMissing() === null && !hasDriver()) throw new Error(noCudaDevice)
  claimCuda('ONNX Runtime')
  if (!hasProvider(onnxRuntimeFolder())) loadCudaLibraries(backendFolder(homeDir, 'cuda'))
}

/** @throws Error with what the system reports about a library */
export function loadCudaLibraries(folder: string): void {
  for (const name of libraries) loadLibrary(join(folder, 'nvidia', name))
}

/** Whether NVIDIA's driver is installed. It may still find no device. */
export const hasDriver = (): boolean => refusalOf(() => loadLibrary(driverLibrary)) === null

/**
 * Where no driver is installed, the system looks for everything else that the provider needs before it misses the driver.
 * @throws Error with what it misses besides
 */
export function checkProviderWithoutDriver(folder: string): void {
  const refusal = refusalOf(() => loadLibrary(join(libraryFolder(folder), providerLibrary)))
  if (refusal?.includes(driverLibrary) === false) throw new Error(refusal)
}

/** What the system reports where a library cannot be loaded; null: it is. */
function refusalOf(load: () => void): string | null {
  try {
    load()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
