// @ts-check
import { existsSync } from 'node:fs'
import { ensureBuild } from './application-build.mjs'
import { ensureDependencies } from './dependencies.mjs'
import { ensureOpenSlide } from './openslide.mjs'
import { SetupError, inRoot } from './shared.mjs'
import { ensureStarterEncoder } from './starter-encoder.mjs'
import { ensureTensorFlowBinding } from './tensorflow-binding.mjs'
import { buildTools, ensureTools } from './system-tools.mjs'

/** What runs need, in the order in which it must be made. */
export const allParts = /** @type {const} */ (['dependencies', 'native', 'bundled', 'build'])
/** @typedef {typeof allParts[number]} Part */

/**
 * Makes what is missing or older than its sources, says what it does, and nothing else.
 * @param {object} options
 * @param {import('./shared.mjs').Log} options.log
 * @param {boolean} options.install whether system packages may be installed
 * @param {readonly Part[]} [options.parts]
 * @throws {SetupError} naming what to install or what failed
 */
export async function ensureReady({ log, install, parts = allParts }) {
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major < 20) throw new SetupError(`Node 20 or newer is needed; this is ${process.version}.`)
  if (parts.includes('native') && !existsSync(inRoot('native', 'build', 'lobule-native.node'))) {
    await ensureTools(buildTools, log, install)
  }
  if (parts.includes('dependencies')) await ensureDependencies(log)
  // The compilers use all cores, but not while they link; the others wait for a network, or use one.
  const made = [parts.includes('native') ? makeNative(log) : null, makeOthers(log, parts)]
  // A failure is thrown when both have ended.
  await Promise.allSettled(made)
  await Promise.all(made)
}

/** @param {import('./shared.mjs').Log} log */
async function makeNative(log) {
  const { buildNative } = await import('./native.mjs')
  await buildNative({ log }).catch((/** @type {Error} */ error) => {
    throw new SetupError(error.message)
  })
  await ensureTensorFlowBinding(log)
}

/** @param {import('./shared.mjs').Log} log @param {readonly Part[]} parts */
async function makeOthers(log, parts) {
  if (parts.includes('bundled')) {
    await ensureStarterEncoder(log)
    await ensureOpenSlide(log)
  }
  if (parts.includes('build')) await ensureBuild(log)
}
