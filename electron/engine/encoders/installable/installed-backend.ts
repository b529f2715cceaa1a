import { existsSync, readFileSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { findAbove } from '../../../base/find-above.ts'
import {
  backendDeviceSchema,
  installableNames,
  installableNameSchema,
  type InstallableName,
} from '../../../contract/installable-backends.ts'

const recordSchema = z.object({
  format: z.literal(1),
  name: installableNameSchema,
  device: backendDeviceSchema,
  version: z.string(),
  at: z.iso.datetime(),
})
export type InstalledBackend = z.infer<typeof recordSchema>

/** The folder of everything that was installed or is being downloaded. */
export const backendsFolder = (homeDir: string): string => join(homeDir, 'backends')
export const backendFolder = (homeDir: string, name: InstallableName): string =>
  join(backendsFolder(homeDir), name)
/** Written last: a folder with this file is whole. */
export const recordFile = 'installed.json'

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** What is installed under a name; null: nothing, or something that cannot be read. */
export function installedBackend(homeDir: string, name: InstallableName): InstalledBackend | null {
  const text = readText(join(backendFolder(homeDir, name), recordFile))
  if (text === null) return null
  try {
    return recordSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Changes with everything that is installed: what was refused before is tried again after an installation. */
export const installedFingerprint = (homeDir: string): string =>
  installableNames.map((name) => readText(join(backendFolder(homeDir, name), recordFile)) ?? '').join('\n')

const elsewhere: Readonly<Record<InstallableName, string>> = {
  tensorflow: 'TensorFlow for Windows has had no CUDA since 2.11, and none was made for macOS or ARM',
  cuda: 'on Windows DirectML uses the GPU, on macOS CoreML',
}

/** Why this system cannot have one of them; null: it can. */
export const unsupportedHere = (
  name: InstallableName,
  system: string = platform(),
  processor: string = arch(),
): string | null =>
  system === 'linux' && processor === 'x64'
    ? null
    : `only on Linux with an x86-64 processor: ${elsewhere[name]}`

/**
 * A file of what connects Node with TensorFlow: beside the packaged application's resources, else where the set-up built it
 * (electron/setup/tensorflow-binding.mjs); null: it could not be built.
 */
export function bindingFile(name: 'binding.node' | 'loader.node' | 'package-index.json'): string | null {
  const resources = 'resourcesPath' in process ? String(process.resourcesPath) : null
  const packaged = resources === null ? null : join(resources, 'tensorflow', name)
  if (packaged !== null && existsSync(packaged)) return packaged
  return findAbove(import.meta.dirname, join('native', 'build', 'tensorflow', name))
}
