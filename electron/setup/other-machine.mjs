// @ts-check
/**
 * A machine of another system to test on, made on this one: Node's own binary for it, the packages of package-lock.json for it, the
 * addon by a toolchain of native/cmake/toolchains and a copy of the project, all in a folder outside the project. What runs its
 * programs, wine or qemu, is not here: windows-machine.mjs, arm64-machine.mjs.
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
  renameSync,
  rmSync,
} from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { npm } from './dependencies.mjs'
import { ensureBundled } from './bundled-files.mjs'
import { addonOf, buildNative, isNativeFresh, takeFreshAddon } from './native.mjs'
import { openSlideFor } from './openslide.mjs'
import { SetupError, hashOf, inRoot, projectFiles, root, stamp, step } from './shared.mjs'

/** @typedef {import('./shared.mjs').Log} Log */

/** Of package-lock.json; Node for other systems is pinned by its own hash. */
export const nodeVersion = '22.23.2'

/**
 * @typedef {object} Kind
 * @property {string} home its folder
 * @property {string} target the addon's toolchain
 * @property {{ name: string, file: 'node' | 'node.exe', sha512: string }} node the package that `node` fetches there, and its file
 * @property {'win32' | 'linux'} platform
 * @property {'x64' | 'arm64'} processor
 * @property {readonly string[]} [npm] what else npm needs to know of it
 */

/** @param {Kind} kind */
export function otherMachine({ home, target, node, platform, processor, npm: more = [] }) {
  /** Where a file of the machine is on this system. @param {string} name */
  const here = (name) => path.join(home, name)
  const app = here('app')
  const nodeFolder = `node-${nodeVersion}`
  /** Node, from the folder of the machine. */
  const nodeFile = `${nodeFolder}/${node.file}`
  /** The last addon that was built, for every checkout of the same sources. */
  const keptAddon = here('addon/lobule-native.node')
  const packages = stamp(here('packages.stamp'))
  const packagesFrom = () => `${node.sha512} ${hashOf(root, ['package-lock.json'])}\n`
  const packagesAreFresh = () => existsSync(here(nodeFile)) && packages.isFresh(packagesFrom())

  /** @param {Log} log @throws {SetupError} */
  async function ensureNode(log) {
    if (existsSync(here(nodeFile))) return
    log(`Fetching Node for ${platform} ${processor}`)
    const work = here(`${nodeFolder}.fetch`)
    rmSync(work, { recursive: true, force: true })
    mkdirSync(work, { recursive: true })
    await npm(['pack', `${node.name}@${nodeVersion}`, '--silent'], { cwd: work })
    const archive = path.join(work, `${node.name}-${nodeVersion}.tgz`)
    const found = createHash('sha512').update(readFileSync(archive)).digest('base64')
    if (found !== node.sha512)
      throw new SetupError(`${archive} is not the pinned file: its sha512 is ${found}.`)
    const file = `package/bin/${node.file}`
    await step('Unpacking Node', 'tar', ['xzf', archive, '-C', work, '--strip-components=2', file])
    rmSync(archive)
    // Last: a folder of this name is whole.
    renameSync(work, here(nodeFolder))
  }

  /** @param {Log} log @throws {SetupError} */
  async function ensurePackages(log) {
    await ensureNode(log)
    if (packagesAreFresh()) return
    mkdirSync(app, { recursive: true })
    log(`Fetching the packages of package-lock.json for ${platform} ${processor}`)
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(inRoot(file), path.join(app, file))
    const quiet = ['--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
    await npm(['ci', `--os=${platform}`, `--cpu=${processor}`, ...more, ...quiet], { cwd: app })
    // Where the project's own Node is.
    const bin = path.join(app, 'node_modules', 'node', 'bin')
    mkdirSync(bin, { recursive: true })
    copyFileSync(here(nodeFile), path.join(bin, node.file))
    packages.write(packagesFrom())
  }

  /** The addon, in the project and kept here. @param {Log} log @throws {SetupError} */
  async function ensureAddon(log) {
    await takeFreshAddon(keptAddon, addonOf(target), target)
    await buildNative({ log, target }).catch((/** @type {Error} */ error) => {
      throw new SetupError(error.message)
    })
    await takeFreshAddon(addonOf(target), keptAddon, target)
  }

  /** Whether an addon of these sources is there. */
  const addonIsFresh = async () =>
    (await isNativeFresh(addonOf(target), target)) || (await isNativeFresh(keptAddon, target))

  /** The working tree, with its build, the addon, and OpenSlide where it can be had. @param {Log} log */
  async function copyProject(log) {
    const openSlide = openSlideFor(platform, processor)
    if (openSlide !== null) await ensureBundled(log, { ...openSlide, folder: here('openslide') })
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

  return {
    here,
    app,
    nodeFile,
    packagesAreFresh,
    ensureNode,
    ensurePackages,
    ensureAddon,
    addonIsFresh,
    copyProject,
  }
}

/**
 * Starts a program of such a machine with few variables of this system.
 * @param {readonly string[]} command
 * @param {{ cwd: string, log?: string | undefined, answer?: string | undefined, environment: NodeJS.ProcessEnv }} options log: a file for
 *   what it says; answer: another one for stdout alone
 * @returns {{ child: import('node:child_process').ChildProcess, ended: Promise<number | null> }} ended: its exit code; null: a signal
 *   ended it
 */
export function startProgram([program = '', ...parameters], { cwd, log, answer, environment }) {
  const errors = log === undefined ? 'ignore' : openSync(log, 'w')
  const output = answer === undefined ? errors : openSync(answer, 'w')
  const child = spawn(program, parameters, {
    cwd,
    stdio: ['ignore', output, errors],
    env: { PATH: process.env['PATH'], HOME: homedir(), LANG: 'C.UTF-8', NO_COLOR: '1', ...environment },
  })
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).finally(() => {
    for (const file of new Set([output, errors])) if (typeof file === 'number') closeSync(file)
  })
  return { child, ended }
}
