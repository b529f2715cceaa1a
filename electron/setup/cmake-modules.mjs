// @ts-check
/** Builds native modules of other packages from the sources that are in them: TensorFlow's binding and better-sqlite3's. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { findProgram, inRoot } from './shared.mjs'
import { ensureZig } from './zig.mjs'

/** @param {string} name of a toolchain */
const toolchainOf = (name) => `native/cmake/toolchains/${name}.cmake`

/** What a build is made from beside its own sources, for a stamp. @param {string | undefined} target a toolchain of Zig */
export const buildInputs = (target) => [
  ...(target === undefined ? [] : [toolchainOf(target), toolchainOf('zig'), 'electron/setup/zig.mjs']),
  'native/cmake/exports.map',
  'electron/setup/cmake-modules.mjs',
  'node_modules/node-api-headers/package.json',
]

/**
 * @param {object} build
 * @param {string} build.source the folder of its CMakeLists.txt
 * @param {string} build.work a folder for the objects, which is emptied before
 * @param {Readonly<Record<string, string>>} build.definitions parameters of CMake
 * @param {string | undefined} build.target a toolchain of Zig; undefined: this machine's compiler
 * @param {Readonly<Record<string, string>>} build.modules the files that it makes, and what they become
 * @param {import('./shared.mjs').Log} log
 * @throws {Error} the beginning of what failed
 */
export async function buildModules({ source, work, definitions, target, modules }, log) {
  rmSync(work, { recursive: true, force: true })
  const toolchain =
    target === undefined
      ? []
      : [`-DCMAKE_TOOLCHAIN_FILE=${inRoot(toolchainOf(target))}`, `-DLOBULE_ZIG=${await ensureZig(log)}`]
  // Either may be there alone (buildTools in system-tools.mjs), and CMake's own choice is Make.
  const generator = findProgram(['ninja']) === null ? [] : ['-G', 'Ninja']
  await outputOf('cmake', [
    ...['-S', source, '-B', work, '-DCMAKE_BUILD_TYPE=Release', ...generator, ...toolchain],
    `-DNODE_API_HEADERS_DIR=${inRoot('node_modules', 'node-api-headers')}`,
    ...Object.entries(definitions).map(([name, value]) => `-D${name}=${value}`),
  ])
  await outputOf('cmake', ['--build', work, '--parallel', '2'])
  for (const [name, file] of Object.entries(modules)) {
    mkdirSync(path.dirname(file), { recursive: true })
    // A running program may hold the old file: the new one takes its name, it is not written into it.
    copyFileSync(path.join(work, name), `${file}.new`)
    renameSync(`${file}.new`, file)
  }
}

/**
 * What a program writes to stdout.
 * @param {string} program
 * @param {string[]} parameters
 * @returns {Promise<string>}
 * @throws {Error} the beginning of what it wrote to stderr or, if that is nothing, the end of what it wrote to stdout
 */
export async function outputOf(program, parameters) {
  const { stdout } = await promisify(execFile)(program, parameters, {
    timeout: 30 * 60_000,
    maxBuffer: 2 ** 26,
    windowsHide: true,
  }).catch((/** @type {Error & { stderr?: string, stdout?: string }} */ error) => {
    const textOf = (text = '') => text.replaceAll(/\s+/g, ' ').trim()
    // Ninja writes what the compiler says to stdout, after its progress.
    const said = textOf(error.stderr).slice(0, 300) || textOf(error.stdout).slice(-300)
    throw new Error(`${program} failed: ${said === '' ? error.message : said}.`, { cause: error })
  })
  return stdout
}
