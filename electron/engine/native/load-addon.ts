import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { AppError } from '../../contract/errors.ts'

let loaded: unknown

/**
 * The native addon, one property for each of its parts (native/addon.cc), loaded at the first call.
 * `boosting.addon-missing`.
 */
export function loadAddon(): unknown {
  if (loaded !== undefined) return loaded
  const file = findAddon()
  try {
    loaded = createRequire(import.meta.url)(file)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('boosting.addon-missing', { path: file, reason }, { cause })
  }
  return loaded
}

/**
 * The addon's file: beside the packaged application's resources, which loads no other code; else LOBULE_NATIVE_ADDON, else
 * in the nearest folder above that has built it (sources run from electron/, bundles from out/).
 */
export function findAddon(): string {
  const resources = 'resourcesPath' in process ? String(process.resourcesPath) : undefined
  const packaged = resources === undefined ? undefined : path.join(resources, 'lobule-native.node')
  if (packaged !== undefined && existsSync(packaged)) return packaged
  const named = process.env['LOBULE_NATIVE_ADDON']
  if (named) return path.resolve(named)
  const built = path.join('native', 'build', 'lobule-native.node')
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, built)
    if (existsSync(file)) return file
    if (folder === path.dirname(folder)) {
      throw new AppError('boosting.addon-missing', { path: built, reason: 'it has not been built' })
    }
  }
}
