// @ts-check
/**
 * Builds the binding of better-sqlite3 (native/sqlite) for a package (package-native.mjs): its authors' binary needs a newer glibc than
 * the rest of Lobule.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { buildInputs, buildModules } from './cmake-modules.mjs'
import { SetupError, hashOf, inRoot, root, stamp } from './shared.mjs'

const own = inRoot('node_modules', 'better-sqlite3')

/** By the name that better-sqlite3 looks for. */
const fileName = `${process.platform}-${process.arch}.node`

/** The binding that a package takes. @param {string | undefined} target a toolchain of Zig; undefined: its authors' own */
export const sqliteOf = (target) =>
  target === undefined
    ? path.join(own, 'prebuilds', fileName)
    : inRoot('native', 'build', target, 'sqlite', fileName)

/**
 * Builds it for this system unless it is there.
 * @param {import('./shared.mjs').Log} log
 * @param {string} target a toolchain of Zig
 * @throws {SetupError}
 */
export async function buildSqlite(log, target) {
  const file = sqliteOf(target)
  const built = stamp(`${file}.stamp`)
  const wanted = hashOf(root, [
    ...buildInputs(target),
    'native/sqlite',
    'electron/setup/sqlite-binding.mjs',
    'node_modules/node-addon-api/package.json',
    ...['package.json', 'src', 'deps'].map((name) => `node_modules/better-sqlite3/${name}`),
  ])
  if (built.isFresh(wanted) && existsSync(file)) return
  log("Building better-sqlite3's binding from its sources")
  const build = {
    source: inRoot('native', 'sqlite'),
    work: inRoot('native', 'build', target, 'sqlite-objects'),
    definitions: { PACKAGE_DIR: own, NODE_ADDON_API_DIR: inRoot('node_modules', 'node-addon-api') },
    target,
    modules: { 'better_sqlite3.node': file },
  }
  await buildModules(build, log).catch((/** @type {Error} */ error) => {
    throw new SetupError(`better-sqlite3's binding cannot be built: ${error.message}`)
  })
  built.write(wanted)
}
