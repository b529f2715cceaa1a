// @ts-check
/** The browser of the end-to-end tests: one that the machine has, or Playwright's own. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { findProgram, inRoot, projectNode, step } from './shared.mjs'
import { distribution, ensureTools } from './system-tools.mjs'

/** @type {import('./system-tools.mjs').Tool} */
const chromium = {
  name: 'Chromium (or Chrome, Edge)',
  use: 'shows the page in the end-to-end tests; LOBULE_CHROMIUM names one that lies elsewhere',
  isThere: () => findChromium() !== null,
  packages: {
    apt: 'chromium',
    dnf: 'chromium',
    pacman: 'chromium',
    brew: '--cask google-chrome',
    winget: 'Google.Chrome',
  },
}

/**
 * The path of a Chromium that starts. Ubuntu packages it only as a snap, which a container cannot run:
 * there Playwright's own build is fetched.
 * @param {import('./shared.mjs').Log} log
 * @param {boolean} install whether system packages may be installed
 * @returns {Promise<string>}
 * @throws {import('./shared.mjs').SetupError} naming what to install
 */
export async function ensureChromium(log, install) {
  if (findChromium() === null && distribution().includes('ubuntu')) {
    log("Fetching Playwright's Chromium for the end-to-end tests.")
    const dependencies = install && process.getuid?.() === 0 ? ['--with-deps'] : []
    const fetch = [
      inRoot('node_modules', 'playwright-core', 'cli.js'),
      'install',
      ...dependencies,
      'chromium',
    ]
    await step('Fetching Chromium', projectNode(), fetch).catch((error) => log(error.message))
  }
  await ensureTools([chromium], log, install)
  return findChromium() ?? ''
}

/**
 * The path of a Chromium that starts, or null. On Ubuntu `chromium-browser` may be a mere hint to a snap:
 * hence the question for its version.
 * @returns {string | null}
 */
export const findChromium = () =>
  candidates().find((file) => existsSync(file) && (process.platform !== 'linux' || starts(file))) ?? null

/** @param {string} file */
const starts = (file) => spawnSync(file, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0

/** @returns {string[]} */
function candidates() {
  const named = process.env['LOBULE_CHROMIUM']
  if (named) return [named]
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
  return [...names.map((name) => findProgram([name]) ?? ''), ...installed(), playwrightsOwn()].filter(Boolean)
}

/** Where macOS and Windows keep browsers, which are not on the PATH there. */
function installed() {
  if (process.platform === 'darwin') {
    const names = ['Google Chrome', 'Chromium', 'Microsoft Edge']
    return names.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
  }
  if (process.platform !== 'win32') return []
  const folders = [process.env['ProgramFiles'], process.env['ProgramFiles(x86)'], process.env['LOCALAPPDATA']]
  const programs = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe']
  return programs.flatMap((program) => folders.map((folder) => path.join(folder ?? '', program)))
}

function playwrightsOwn() {
  try {
    /** @type {typeof import('playwright-core')} */
    const playwright = createRequire(inRoot('package.json'))('playwright-core')
    return playwright.chromium.executablePath()
  } catch {
    // Not installed yet.
    return ''
  }
}
