import { AppError } from '../../../contract/errors.ts'
import type { BackendDevice, InstallableName } from '../../../contract/installable-backends.ts'
import { attribute, encodeModel, tensor, value } from '../onnx-schema.ts'
import { onnxRuntime } from '../onnx-runtime.ts'
import { claimCuda } from './cuda-claim.ts'
import {
  checkProviderWithoutDriver,
  cudaFault,
  hasDriver,
  loadCudaLibraries,
  loadRuntimeBeside,
  noCudaDevice,
} from './load-cuda.ts'
import { loadTensorFlowOf } from './load-tensorflow.ts'

export interface BackendTrial {
  readonly name: InstallableName
  readonly title: string
  readonly device: BackendDevice
  /** Where it was unpacked. */
  readonly folder: string
}

/**
 * Loads a back-end that was unpacked and runs one convolution with it, in a process of its own: libraries that do not fit the system
 * may end it. Encoders have a self-test of their own, with their weights.
 * @returns what a person should know; null: nothing
 * @throws AppError `backend.refused`
 */
export async function tryBackend({
  name,
  title,
  device,
  folder,
}: BackendTrial): Promise<{ note: string | null }> {
  try {
    return { note: await (name === 'cuda' ? tryCuda(folder) : tryTensorFlow(device, folder)) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('backend.refused', { title, reason }, { cause: error })
  }
}

/** The trial: a convolution of one image of 3 x 3 with one kernel of 2 x 2. */
const image = [1, 2, 3, 4, 5, 6, 7, 8, 9]
const kernel = [1, 10, 100, 1000]
/** By hand: 1 + 2 x 10 + 4 x 100 + 5 x 1000, and so on. */
const expected = [5421, 6532, 8754, 9865]
function requireExpected(found: readonly number[]): void {
  if (found.join() !== expected.join())
    throw new Error(`its first convolution gives ${found.join(', ')} instead of ${expected.join(', ')}`)
}

const unusedYet = 'it finds no NVIDIA GPU with a driver here, and will be used once it finds one'

async function tryTensorFlow(device: BackendDevice, folder: string): Promise<string | null> {
  const { tf, usesGpu } = await loadTensorFlowOf(folder, device === 'gpu')
  const result = tf.tidy(() => {
    return tf.conv2d(tf.tensor4d(image, [1, 3, 3, 1]), tf.tensor4d(kernel, [2, 2, 1, 1]), 1, 'valid')
  })
  const found = [...(await result.data())]
  result.dispose()
  requireExpected(found)
  return device === 'processor' || usesGpu ? null : unusedYet
}

/** Without a driver or a device, all libraries are loaded, and the convolution has to wait. */
async function tryCuda(folder: string): Promise<string | null> {
  loadRuntimeBeside(folder)
  claimCuda('ONNX Runtime')
  loadCudaLibraries(folder)
  if (!hasDriver()) {
    checkProviderWithoutDriver(folder)
    return unusedYet
  }
  const { InferenceSession, Tensor } = onnxRuntime()
  const options = { executionProviders: ['cuda'], logSeverityLevel: 3 } as const
  try {
    const session = await InferenceSession.create(convolution(), options)
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.from(image), [1, 1, 3, 3]) })
    requireExpected([...(y?.data as Float32Array)])
    await session.release()
    return null
  } catch (error) {
    const fault = cudaFault(error)
    if (fault instanceof Error && fault.message === noCudaDevice) return unusedYet
    throw fault
  }
}

const convolution = (): Uint8Array =>
  encodeModel(
    {
      name: 'trial',
      node: [
        {
          opType: 'Conv',
          name: 'y',
          input: ['x', 'kernel'],
          output: ['y'],
          attribute: [attribute('kernel_shape', [2, 2])],
        },
      ],
      initializer: [tensor('kernel', 'float', [1, 1, 2, 2], Float32Array.from(kernel))],
      input: [value('x', 'float', [1, 1, 3, 3])],
      output: [value('y', 'float', [1, 1, 2, 2])],
    },
    {},
  )
