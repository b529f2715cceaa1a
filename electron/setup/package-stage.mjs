// @ts-check
/** Builds the packaged layout of a target in a folder of its own, with its dependencies, as the lock file pins them. */
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensureBundled } from './bundled-files.mjs'
import { npm } from './dependencies.mjs'
import { launcher } from './launcher.mjs'
import { placeNative } from './package-native.mjs'
import { openSlideFor } from './openslide.mjs'
import { hashOf, inRoot, projectNode, projectPackage, root, stamp, step, toolEnvironment } from './shared.mjs'
import { makeStandIn } from './package-stand-in.mjs'
import { inWork, stageOf, standInOf } from './package-targets.mjs'
import { writeSupplyChain } from './sbom.mjs'

/** @typedef {import('./package-targets.mjs').Target} Target */

/** What electron-builder reads of the project, beside the native files. */
const taken = [
  'package.json',
  'package-lock.json',
  'electron-builder.yml',
  'LICENSE',
  'out/main',
  'out/preload',
  'out/renderer',
  'out/icons',
  'resources',
]

/**
 * @param {Target} target
 * @param {import('./shared.mjs').Log} log
 */
export async function stage(target, log) {
  const project = stageOf(target)
  mkdirSync(project, { recursive: true })
  for (const name of [...taken, 'native', 'dist'])
    rmSync(path.join(project, name), { recursive: true, force: true })
  const isOurs = (/** @type {string} */ file) => file !== inRoot('resources', 'openslide')
  for (const name of taken)
    cpSync(inRoot(name), path.join(project, name), { recursive: true, filter: isOurs })
  await addOpenSlide(target, project, log)
  await installPackages(target, project, log)
  writeSupplyChain(path.join(project, 'out', 'supply-chain'), target, (file) => path.join(project, file))
  const native = path.join(project, 'native', 'build')
  mkdirSync(path.join(native, 'launcher'), { recursive: true })
  placeNative(target.native, path.join(native, 'package'))
  if (target.name === 'windows') cpSync(launcher, path.join(native, 'launcher', 'lobule.exe'))
}

/** @param {Target} target @param {string} project @param {import('./shared.mjs').Log} log */
async function addOpenSlide(target, project, log) {
  const own = openSlideFor(target.os, target.cpu)
  if (own === null) return
  // Kept between runs; only its folder differs from what the set-up fetches for this machine.
  const folder = inWork(target.name, 'openslide')
  if (await ensureBundled(log, { ...own, folder }, inWork(target.name)))
    cpSync(folder, path.join(project, 'resources', 'openslide'), { recursive: true })
}

/** @param {Target} target @param {string} project @param {import('./shared.mjs').Log} log */
async function installPackages(target, project, log) {
  const installed = stamp(path.join(project, 'node_modules', '.lobule-stamp'))
  const wanted = hashOf(root, ['package.json', 'package-lock.json'])
  if (installed.isFresh(wanted)) return
  log(`Installing the packages of ${target.name} from the lock file`)
  const system = [
    `--os=${target.os}`,
    `--cpu=${target.cpu}`,
    ...(target.libc === null ? [] : [`--libc=${target.libc}`]),
  ]
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund']
  await npm(['ci', '--omit=dev', ...quiet, ...system], { cwd: project })
  installed.write(wanted)
}

/**
 * @param {Target} target
 */
export async function buildLayout(target) {
  await makeStandIn(target)
  const project = stageOf(target)
  const { devDependencies } = projectPackage()
  const builder = inRoot('node_modules', 'electron-builder', 'cli.js')
  const parameters = [
    ...['--dir', target.option, `--${target.cpu}`, '--projectDir', project],
    ...['--config', path.join(project, 'electron-builder.yml')],
    `-c.electronDist=${standInOf(target)}`,
    `-c.electronVersion=${devDependencies.electron}`,
    // Nothing is compressed twice: the installers that follow do it.
    '-c.compression=store',
  ]
  await step('electron-builder', projectNode(), [builder, ...parameters], {
    cwd: project,
    // No key of this machine is used for a check.
    env: toolEnvironment({ CSC_IDENTITY_AUTO_DISCOVERY: 'false', CSC_LINK: '', WIN_CSC_LINK: '' }),
  })
}
