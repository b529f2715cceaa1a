import { AppError } from '../../../contract/errors.ts'
import type { BackendDevice } from '../../../contract/installable-backends.ts'
import { loadTensorFlowOf } from './load-tensorflow.ts'

export interface BackendTrial {
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
export async function tryBackend({ title, device, folder }: BackendTrial): Promise<{ note: string | null }> {
  try {
    return { note: await noteOf(device, folder) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('backend.refused', { title, reason }, { cause: error })
  }
}

async function noteOf(device: BackendDevice, folder: string): Promise<string | null> {
  const { tf, usesGpu } = await loadTensorFlowOf(folder, device === 'gpu')
  const result = tf.tidy(() => {
    const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1])
    return tf.conv2d(image, tf.tensor4d([1, 10, 100, 1000], [2, 2, 1, 1]), 1, 'valid')
  })
  // By hand: 1 + 2 x 10 + 4 x 100 + 5 x 1000, and so on.
  const [expected, found] = [[5421, 6532, 8754, 9865], [...(await result.data())]]
  result.dispose()
  if (found.join() !== expected.join())
    throw new Error(`its first convolution gives ${found.join(', ')} instead of ${expected.join(', ')}`)
  if (device === 'processor' || usesGpu) return null
  return 'it finds no NVIDIA GPU with a driver here, and will be used once it finds one'
}
