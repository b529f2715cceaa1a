// @ts-check
/**
 * Builds the native addon (native/, LightGBM inside) when its sources have changed.
 *
 *     node electron/setup/native.mjs            -> native/build/lobule-native.node
 *     node electron/setup/native.mjs --asan     -> native/build/asan/lobule-native.node, AddressSanitizer
 *     node electron/setup/native.mjs --upstream -> native/build/upstream/lobule-native.node, with LightGBM's own tree
 *                                               learner, to compare ours with it (native/lightgbm/fast_tree_learner.h)
 *     node electron/setup/native.mjs --target windows-x64
 *                                               -> native/build/windows-x64/lobule-native.node, for that system, by the
 *                                               toolchain of the same name in native/cmake/toolchains
 *     node electron/setup/native.mjs --target linux-x64-release
 *                                               -> the same for Linux x86-64 as it is released, by Zig (zig.mjs); so
 *                                               too linux-arm64-release, macos-arm64 and macos-x64
 *     node electron/setup/native.mjs --force    builds even when nothing has changed
 *
 * LightGBM's source comes from pip, pinned by version and hash; LIGHTGBM_SOURCE_DIR names an unpacked copy
 * for a machine without a network. Needs node_modules, CMake, a C++ compiler and, without that variable,
 * python3 with pip. Runs on Node 20 and needs no package.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { root } from './shared.mjs'
import { ensureZig, zigVersion } from './zig.mjs'

const lightgbm = {
  version: '4.6.0',
  sha256: 'cb1c59720eb569389c0ba74d14f52351b573af489f230032a1c9f314f8bab7fe',
}

const nativeDir = path.join(root, 'native')
const buildDir = path.join(nativeDir, 'build')
const modules = path.join(root, 'node_modules')

/** @typedef {(line: string) => void} Log */
/** @typedef {'asan' | 'upstream' | undefined} Variant */

/**
 * @param {object} options
 * @param {Log} options.log
 * @param {boolean} [options.force] builds even when nothing has changed
 * @param {Variant} [options.variant]
 * @param {string | undefined} [options.target] another system, as its file in native/cmake/toolchains is called
 * @returns {Promise<'fresh' | 'built'>} 'fresh': the addon was there and up to date
 * @throws {Error} naming what to install, or the compiler's last lines
 */
export async function buildNative({ log, force = false, variant, target }) {
  const build = target ?? variant
  const toolchain = target === undefined ? undefined : await toolchainOf(target)
  const addon = addonOf(build)
  const stamp = await stampOf(target)
  const isFresh = async () => !force && (await isMadeFrom(addon, stamp))
  if (await isFresh()) return 'fresh'

  await mkdir(path.dirname(addon), { recursive: true })
  const unlock = await lock(`${addon}.lock`, log)
  try {
    // Another process may have built it while this one waited.
    if (await isFresh()) return 'fresh'
    const source = await lightgbmSource(log)
    const workDir = path.join(buildDir, build ? `${build}-objects` : 'objects')
    const zig = isZigs(target ?? '') ? [`-DLOBULE_ZIG=${await ensureZig(log)}`] : []
    await compile(workDir, source, { variant, toolchain, more: zig }, log)
    // A running program may hold the old file: the new one takes its name, it is not written into it.
    await copyFile(path.join(workDir, 'lobule-native.node'), `${addon}.new`)
    await rename(`${addon}.new`, addon)
    await writeFile(stampFileOf(addon), stamp)
    log(`Built ${path.relative(root, addon)}.`)
    return 'built'
  } finally {
    await unlock()
  }
}

/**
 * Whether a file is the addon of these sources.
 * @param {string} addon
 * @param {string} [target] the system that it is for
 */
export const isNativeFresh = async (addon, target) => await isMadeFrom(addon, await stampOf(target))

/**
 * Copies an addon with its stamp, if it is of these sources and the other one is not: a build takes minutes.
 * @param {string} from
 * @param {string} to
 * @param {string} [target] the system that it is for
 */
export async function takeFreshAddon(from, to, target) {
  if ((await isNativeFresh(to, target)) || !(await isNativeFresh(from, target))) return
  await mkdir(path.dirname(to), { recursive: true })
  await copyFile(from, `${to}.new`)
  await rename(`${to}.new`, to)
  await copyFile(stampFileOf(from), stampFileOf(to))
}

/** The file of a build. @param {string} [build] a variant or another system; the default is Lobule's own here */
export const addonOf = (build) => path.join(buildDir, build ?? '', 'lobule-native.node')

/** @param {string} addon */
const stampFileOf = (addon) => `${addon}.stamp`

/** @param {string} addon @param {string} stamp */
const isMadeFrom = async (addon, stamp) =>
  (await exists(addon)) && (await textOf(stampFileOf(addon))) === stamp

/** @param {string} target */
async function toolchainOf(target) {
  const toolchain = path.join(nativeDir, 'cmake', 'toolchains', `${target}.cmake`)
  if (!(await exists(toolchain))) throw new Error(`No toolchain for "${target}": ${toolchain} is missing.`)
  return toolchain
}

/**
 * @param {string} workDir
 * @param {string} source
 * @param {object} how
 * @param {Variant} how.variant
 * @param {string | undefined} how.toolchain a file of CMake that says how to build for another system
 * @param {readonly string[]} how.more further parameters of CMake
 * @param {Log} log
 */
async function compile(workDir, source, { variant, toolchain, more }, log) {
  await need('cmake', ['--version'], 'CMake 3.20 or newer')
  const ninja = await runs('ninja', ['--version'])
  const posix = process.platform !== 'win32'
  // Visual Studio's generator finds its compiler by itself; Ninja does so only in a developer prompt.
  const generator = ninja && (posix || (await runs('cl', ['/?']))) ? ['-G', 'Ninja'] : []
  if (!ninja && posix) await need('make', ['--version'], 'make or ninja')
  if (posix && toolchain === undefined && !process.env['CXX']) {
    await need('c++', ['--version'], 'a C++ compiler (g++, or the Xcode command line tools)')
  }
  // A changed generator or toolchain cannot be taken over from an old cache.
  await rm(path.join(workDir, 'CMakeCache.txt'), { force: true })
  log('Configuring the native addon.')
  await run('cmake', [
    ...['-S', nativeDir, '-B', workDir, '-DCMAKE_BUILD_TYPE=Release'],
    ...generator,
    ...systemParameters(toolchain, generator),
    ...more,
    `-DLIGHTGBM_SOURCE_DIR=${source}`,
    `-DNODE_ADDON_API_DIR=${path.join(modules, 'node-addon-api')}`,
    `-DNODE_API_HEADERS_DIR=${path.join(modules, 'node-api-headers')}`,
    `-DADDRESS_SANITIZER=${variant === 'asan' ? 'ON' : 'OFF'}`,
    `-DUPSTREAM_TREE_LEARNER=${variant === 'upstream' ? 'ON' : 'OFF'}`,
  ])
  log('Compiling LightGBM and the native addon; the first time takes minutes.')
  const cores = String(availableParallelism())
  await run('cmake', ['--build', workDir, '--config', 'Release', '--parallel', cores], (line) => {
    if (/^\[[\d/ %]+\]/.test(line)) log(line)
  })
}

/**
 * What tells CMake which system to build for.
 * @param {string | undefined} toolchain
 * @param {readonly string[]} generator empty: CMake's own, on Windows Visual Studio's
 */
function systemParameters(toolchain, generator) {
  const isArm = process.arch === 'arm64'
  if (toolchain !== undefined) return [`-DCMAKE_TOOLCHAIN_FILE=${toolchain}`]
  if (process.platform === 'darwin') return [`-DCMAKE_OSX_ARCHITECTURES=${isArm ? 'arm64' : 'x86_64'}`]
  if (process.platform === 'win32' && generator.length === 0) return ['-A', isArm ? 'ARM64' : 'x64']
  return []
}

/**
 * The unpacked source of LightGBM.
 * @param {Log} log
 */
async function lightgbmSource(log) {
  const own = process.env['LIGHTGBM_SOURCE_DIR']
  if (own) return await checkedSource(path.resolve(own))
  const folder = path.join(buildDir, 'source', `lightgbm-${lightgbm.version}`)
  const unlock = await lock(path.join(buildDir, 'source.lock'), log)
  try {
    if (!(await exists(path.join(folder, 'unpacked')))) await fetchSource(folder, log)
    return folder
  } finally {
    await unlock()
  }
}

/**
 * @param {string} folder
 * @param {Log} log
 */
async function fetchSource(folder, log) {
  log(`Fetching the source of LightGBM ${lightgbm.version}.`)
  const python = await findPython()
  const downloads = path.join(buildDir, 'download')
  await rm(downloads, { recursive: true, force: true })
  const wanted = `lightgbm==${lightgbm.version}`
  await run(python, [
    ...['-m', 'pip', 'download', '--disable-pip-version-check', '--no-deps', '--no-binary', 'lightgbm'],
    ...['--dest', downloads, wanted],
  ])
  const archive = path.join(downloads, `lightgbm-${lightgbm.version}.tar.gz`)
  const sha256 = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex')
  if (sha256 !== lightgbm.sha256) {
    throw new Error(`${archive} has the sha256 ${sha256}; ${lightgbm.sha256} is pinned. It was not used.`)
  }
  await rm(folder, { recursive: true, force: true })
  await mkdir(path.dirname(folder), { recursive: true })
  await run('cmake', ['-E', 'tar', 'xzf', archive], undefined, path.dirname(folder))
  await checkedSource(folder)
  await writeFile(path.join(folder, 'unpacked'), '')
  await rm(downloads, { recursive: true, force: true })
}

/** @param {string} folder */
async function checkedSource(folder) {
  const version =
    (await textOf(path.join(folder, 'lightgbm', 'VERSION.txt'))) ??
    (await textOf(path.join(folder, 'VERSION.txt')))
  const parser = path.join(folder, 'external_libs', 'fast_double_parser', 'include', 'fast_double_parser.h')
  if (version?.trim() !== lightgbm.version || !(await exists(parser))) {
    throw new Error(
      `${folder} is not the unpacked source distribution of LightGBM ${lightgbm.version}: found version ${version?.trim() ?? 'none'}.`,
    )
  }
  return folder
}

async function findPython() {
  for (const name of ['python3', 'python']) {
    if (await runs(name, ['-m', 'pip', '--version'])) return name
  }
  throw new Error(
    'Python 3 with pip is needed to fetch the source of LightGBM: install python3 and python3-pip, or set LIGHTGBM_SOURCE_DIR to an unpacked copy.',
  )
}

/** The toolchains that are Zig's, as they are called, and what they share. */
const isZigs = (/** @type {string} */ name) => /^(zig|linux|macos)\b/.test(name)

/** What the addon was made from: it is rebuilt when any of this changes. @param {string} [target] */
async function stampOf(target = '') {
  const hash = createHash('sha256')
  const own = process.env['LIGHTGBM_SOURCE_DIR'] ?? ''
  hash.update(`${lightgbm.version} ${lightgbm.sha256} ${process.platform} ${process.arch} ${own}\n`)
  if (isZigs(target)) hash.update(`zig ${zigVersion}\n`)
  for (const name of ['node-addon-api', 'node-api-headers']) {
    hash.update(await needText(path.join(modules, name, 'package.json')))
  }
  const entries = await readdir(nativeDir, { recursive: true })
  const files = entries
    .map((name) => name.split(path.sep).join('/'))
    // These are builds of their own (launcher.mjs, sqlite-binding.mjs, tensorflow-binding.mjs).
    .filter(
      (name) => !/^(build|launcher|sqlite|tensorflow)\//.test(name) && /\.(cc|h|cmake|map|txt)$/.test(name),
    )
    .filter((name) => isZigs(target) || !isZigs(name.replace('cmake/toolchains/', '')))
    .sort()
  for (const name of files) hash.update(`${name}\n${await needText(path.join(nativeDir, name))}`)
  return hash.digest('hex')
}

/** @param {string} file */
async function needText(file) {
  const text = await textOf(file)
  if (text === undefined) throw new Error(`${file} is missing: run "npm install" first.`)
  return text
}

/**
 * One build at a time, also between processes.
 * @param {string} file
 * @param {Log} log
 */
async function lock(file, log) {
  for (let told = false; ;) {
    try {
      const handle = await open(file, 'wx')
      await handle.writeFile(String(process.pid))
      await handle.close()
      return () => rm(file, { force: true })
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error
    }
    const owner = Number(await textOf(file))
    if (owner > 0 && !isRunning(owner)) {
      await rm(file, { force: true })
    } else {
      if (!told) log('Waiting for another build of the native addon.')
      told = true
      await wait(500)
    }
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * @param {string} command
 * @param {string[]} versionArguments
 * @param {string} what
 */
async function need(command, versionArguments, what) {
  if (await runs(command, versionArguments)) return
  throw new Error(`The native addon needs ${what}: "${command}" was not found. Install it and try again.`)
}

/**
 * @param {string} command
 * @param {string[]} parameters
 */
async function runs(command, parameters) {
  return await run(command, parameters).then(
    () => true,
    () => false,
  )
}

/**
 * Runs a command to its end; a failure carries the last lines that it wrote.
 * @param {string} command
 * @param {string[]} parameters
 * @param {Log} [onLine]
 * @param {string} [cwd]
 * @returns {Promise<void>}
 */
async function run(command, parameters, onLine, cwd) {
  const child = spawn(command, parameters, { cwd, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
  /** @type {string[]} */
  const last = []
  /** @param {import('node:stream').Readable} stream */
  const read = async (stream) => {
    for await (const line of createInterface({ input: stream })) {
      last.push(line)
      if (last.length > 40) last.shift()
      onLine?.(line)
    }
  }
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [code] = await Promise.all([ended, read(child.stdout), read(child.stderr)])
  if (code !== 0) throw new Error([`${command} ${parameters[0] ?? ''} failed (${code}):`, ...last].join('\n'))
}

/** @param {string} file */
async function textOf(file) {
  return await readFile(file, 'utf8').catch(() => undefined)
}

/** @param {string} file */
async function exists(file) {
  return await stat(file).then(
    () => true,
    () => false,
  )
}

if (process.argv[1] && path.resolve(process.argv[1]) === import.meta.filename) {
  const log = (/** @type {string} */ line) => console.log(line)
  try {
    const has = (/** @type {string} */ option) => process.argv.includes(option)
    const variant = has('--asan') ? 'asan' : has('--upstream') ? 'upstream' : undefined
    const target = has('--target') ? process.argv[process.argv.indexOf('--target') + 1] : undefined
    if (has('--target') && target === undefined) throw new Error('--target needs a name: windows-x64.')
    const result = await buildNative({ log, force: has('--force'), variant, target })
    if (result === 'fresh') log('The native addon is up to date.')
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
