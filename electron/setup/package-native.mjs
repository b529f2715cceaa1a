// @ts-check
/** The native files that a package takes: electron-builder.yml has them from native/build/package. */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { addonOf, buildNative } from './native.mjs'
import { SetupError, root } from './shared.mjs'
import { buildSqlite, sqliteOf } from './sqlite-binding.mjs'
import { buildTensorFlowBinding, tensorFlowOf } from './tensorflow-binding.mjs'

/** The toolchain of what is released for Linux x64: this machine's own compiler would take its newer glibc. */
export const releaseTarget = 'linux-x64-release'

/**
 * Builds them for Linux x64.
 * @param {import('./shared.mjs').Log} log
 * @throws {SetupError}
 */
export async function buildPackageNative(log) {
  await buildNative({ log, target: releaseTarget }).catch((/** @type {Error} */ error) => {
    throw new SetupError(error.message)
  })
  await buildSqlite(log, releaseTarget)
  // A clone works without it; an installer has it on every system where TensorFlow can be installed.
  await buildTensorFlowBinding(log, releaseTarget).catch((/** @type {Error} */ error) => {
    throw new SetupError(`TensorFlow's binding cannot be built: ${error.message}`)
  })
}

/**
 * Copies them into a folder: the addon, and what there is beside it. TensorFlow's are not there on other systems than Linux, nor where a
 * build for this machine could not make them; better-sqlite3's is only for Linux, since the packages of others have its authors' own.
 * @param {string | undefined} target a toolchain; undefined: built for this machine
 * @param {string} folder
 * @throws {SetupError} if the addon is not built
 */
export function placeNative(target, folder) {
  const addon = addonOf(target)
  if (!existsSync(addon)) throw new SetupError(`${path.relative(root, addon)} is not built.`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(addon, path.join(folder, path.basename(addon)))
  const [sqlite, tensorflow] = [sqliteOf(target), tensorFlowOf(target)]
  if (existsSync(sqlite)) cpSync(sqlite, path.join(folder, 'sqlite', path.basename(sqlite)))
  if (existsSync(tensorflow)) cpSync(tensorflow, path.join(folder, 'tensorflow'), { recursive: true })
}
