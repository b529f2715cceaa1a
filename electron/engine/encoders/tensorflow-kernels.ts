import * as tf from '@tensorflow/tfjs-core'
import { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js'
import '@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js'
import { createRequire } from 'node:module'

export type TensorFlow = typeof tf

const backendName = 'tensorflow'
const requireFrom = createRequire(import.meta.url)

/** Two functions that the package calls: Node 22 writes to stderr that they are deprecated, and Node 23 has removed them. */
function replaceInUtil(): void {
  const util = requireFrom('node:util') as Record<string, unknown>
  util['isArray'] = Array.isArray
  util['isNullOrUndefined'] = (value: unknown): boolean => value === null || value === undefined
}

/**
 * tfjs on TensorFlow, with the kernels of @tensorflow/tfjs-node-gpu. The package's own entry is not loaded: it would load the program
 * that installs the native part, only to find the path that is known here.
 * @param bindings the loaded native part
 * @throws Error if TensorFlow does not start
 */
export async function startTensorFlow(bindings: unknown): Promise<{ tf: TensorFlow; usesGpu: boolean }> {
  replaceInUtil()
  // It is registered once: a second back-end of the same name would only be reported.
  if (!(backendName in tf.engine().registryFactory)) {
    const native = bindings as ConstructorParameters<typeof NodeJSKernelBackend>[0]
    tf.registerBackend(backendName, () => new NodeJSKernelBackend(native, '@tensorflow/tfjs-node-gpu'), 3)
  }
  if (!(await tf.setBackend(backendName))) throw new Error('TensorFlow does not start')
  const backend = tf.backend()
  return { tf, usesGpu: backend instanceof NodeJSKernelBackend && backend.isUsingGpuDevice }
}
