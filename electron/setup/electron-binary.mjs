// @ts-check
/** Electron's binary, which its package fetches only when asked, and which not every network lets through. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { inRoot, projectNode, runToEnd, stamp } from './shared.mjs'

const directory = inRoot('node_modules', 'electron')
const refusal = stamp(inRoot('node_modules', '.lobule-electron-refused'))

/** Long enough for 110 MB on a slow line; where the server cannot be reached it fails at once. */
const downloadTimeoutMs = 5 * 60_000

/**
 * The binary's path, or null.
 * @param {string} [folder] of the package `electron`
 * @returns {string | null}
 */
export function installedElectron(folder = directory) {
  const pathFile = path.join(folder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? path.join(folder, 'dist')
  const binary = path.join(dist, readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : null
}

/**
 * The binary's path, fetched if need be, or null where it cannot be had. A failure is remembered, so that
 * the next start loses no time; `npm run setup` forgets it.
 * @param {import('./shared.mjs').Log} log
 * @returns {Promise<string | null>}
 */
export async function ensureElectron(log) {
  const present = installedElectron()
  if (present !== null) return present
  const { version } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'))
  if (refusal.isFresh(version)) return null
  log(`Fetching Electron ${version}`)
  const status = await runToEnd(projectNode(), [path.join(directory, 'install.js')], {
    stdio: 'ignore',
    timeoutMs: downloadTimeoutMs,
  })
  const fetched = status === 0 ? installedElectron() : null
  if (fetched === null) refusal.write(version)
  return fetched
}

export const forgetRefusal = () => rmSync(inRoot('node_modules', '.lobule-electron-refused'), { force: true })

/**
 * Why this machine shows no window although Electron is there, as the rest of a sentence; null if it does.
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} environment
 * @param {number | undefined} userId
 * @returns {string | null}
 */
export function windowObstacle(platform, environment, userId) {
  if (platform !== 'linux') return null
  if (!environment['DISPLAY'] && !environment['WAYLAND_DISPLAY']) return 'this machine has no desktop'
  // Chromium's sandbox does not work for root, and Lobule never runs without it.
  return userId === 0 ? 'Electron shows no window to the user root' : null
}
