import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'

/** Not named `require`, because the bundle declares that name. */
const requireFrom = createRequire(import.meta.url)

/** Where ONNX Runtime's package is; null: it is not installed. */
function packageFile(): string | null {
  try {
    return requireFrom.resolve('onnxruntime-node/package.json')
  } catch {
    return null
  }
}

/** The version of its package, whether this system can load it or not; null: there is none. */
export function onnxRuntimeVersion(): string | null {
  const file = packageFile()
  return file === null ? null : (requireFrom(file) as { version: string }).version
}

/** The folder of its libraries for this system, which need not exist; null: its package is not installed. */
export function onnxRuntimeFolder(): string | null {
  const file = packageFile()
  return file === null ? null : join(dirname(file), 'bin', 'napi-v6', platform(), arch())
}
