import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import type * as OnnxRuntime from 'onnxruntime-node'

/** Not named `require`, because the bundle declares that name. */
const requireFrom = createRequire(import.meta.url)

type Loaded = { readonly runtime: typeof OnnxRuntime } | { readonly missing: string; readonly cause: unknown }
let loaded: Loaded | undefined

/**
 * ONNX Runtime, loaded at its first use: it has no library for some systems, such as Macs with an Intel processor, where
 * everything else works without it.
 */
function load(): Loaded {
  try {
    return { runtime: requireFrom('onnxruntime-node') as typeof OnnxRuntime }
  } catch (cause) {
    const isAbsent = (cause as NodeJS.ErrnoException | null)?.code === 'MODULE_NOT_FOUND'
    const [said = ''] = String(cause instanceof Error ? cause.message : cause).split('\n')
    const missing = isAbsent
      ? `this copy of Lobule has no ONNX Runtime for ${platform()} ${arch()}`
      : `ONNX Runtime cannot be loaded here: ${said}`
    return { missing, cause }
  }
}

/** @throws Error that says why there is none */
export function onnxRuntime(): typeof OnnxRuntime {
  loaded ??= load()
  if ('runtime' in loaded) return loaded.runtime
  throw new Error(loaded.missing, { cause: loaded.cause })
}

/** Why ONNX Runtime cannot be used on this system; null: it can. */
export function onnxRuntimeMissing(): string | null {
  loaded ??= load()
  return 'runtime' in loaded ? null : loaded.missing
}

/** Where its package is; null: it is not installed. */
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
