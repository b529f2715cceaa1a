import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import type * as OnnxRuntime from 'onnxruntime-node'
import { loadRuntimeForCuda } from './installable/load-cuda.ts'

/** Not named `require`, because the bundle declares that name. */
const requireFrom = createRequire(import.meta.url)

type Loaded = { readonly runtime: typeof OnnxRuntime } | { readonly missing: string; readonly cause: unknown }
let loaded: Loaded | undefined

/**
 * ONNX Runtime, loaded at its first use: it has no library for some systems, such as Macs with an Intel processor, where
 * everything else works without it.
 * @param homeDir the data folder; CUDA that is installed there can be used where this is given at the first use
 */
function load(homeDir: string | undefined): Loaded {
  try {
    if (homeDir !== undefined) loadRuntimeForCuda(homeDir)
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
export function onnxRuntime(homeDir?: string): typeof OnnxRuntime {
  loaded ??= load(homeDir)
  if ('runtime' in loaded) return loaded.runtime
  throw new Error(loaded.missing, { cause: loaded.cause })
}

/** Why ONNX Runtime cannot be used on this system; null: it can. */
export function onnxRuntimeMissing(homeDir?: string): string | null {
  loaded ??= load(homeDir)
  return 'runtime' in loaded ? null : loaded.missing
}
