// @ts-check
/**
 * From images to predictions by the packaged program, beside the program that this machine built from its sources: both must give the
 * same to the bit, although another compiler made the native files of the package.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { commandLine } from './application-build.mjs'
import { projectNode } from './shared.mjs'

/** @typedef {(...words: string[]) => Promise<any>} Lobule the `--json` answer of a command that must succeed */

/**
 * @param {readonly string[]} program
 * @param {string} home its data folder
 * @returns {Lobule}
 */
function lobule([executable = '', ...first], home) {
  // No variable of this machine may name other native files or another encoder.
  const env = { PATH: process.env['PATH'], HOME: home, LOBULE_HOME: home }
  return async (...words) => {
    const options = { env, maxBuffer: 2 ** 26, timeout: 10 * 60_000 }
    const { stdout } = await promisify(execFile)(executable, [...first, ...words, '--json'], options)
    return JSON.parse(stdout)
  }
}

/** Few and short, so that a training takes seconds; each kind of step is in it. */
const settings = ['folds=2', 'seeds=1', 'augmentations=2', 'cropCount=2', 'rounds=5']

/** A workspace with a model of these images. @param {Lobule} program @param {string} workspace @param {string} images */
async function train(program, workspace, images) {
  const at = ['--workspace', workspace]
  await program('init', ...at)
  await program('import', images, ...at, '--labels', 'folder')
  const model = ['--name', 'first', '--group-by', 'image', '--use']
  return await program('train', ...at, ...model, '--set', ...settings)
}

/**
 * Predictions for new images and, out of fold, for those of the training, without their times.
 * @param {Lobule} program @param {string} workspace @param {readonly string[]} folders
 */
async function classify(program, workspace, folders) {
  /** @type {{ at: string }[]} */
  const verdicts = await program('classify', ...folders, '--workspace', workspace)
  return verdicts.map(({ at: _, ...verdict }) => verdict)
}

/** @param {string} what @param {unknown} found @param {unknown} expected */
function same(what, found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)]
  if (a === b) return
  const at = [...a].findIndex((character, index) => character !== b[index])
  const from = Math.max(0, at - 80)
  throw new Error(
    `${what} differs: ...${a.slice(from, at + 80)}... instead of ...${b.slice(from, at + 80)}...`,
  )
}

/**
 * @param {string} layout of this system, that Node can run
 * @returns {Promise<string>} for the line of the check
 */
export async function compareStories(layout) {
  const work = mkdtempSync(path.join(tmpdir(), 'lobule-package-story-'))
  const inWork = (/** @type {string} */ name) => path.join(work, name)
  try {
    const built = lobule([projectNode(), commandLine()], inWork('home-built'))
    const packaged = lobule([path.join(layout, 'bin', 'lobule')], inWork('home-packaged'))
    const [images, fresh] = [inWork('images'), inWork('new')]
    const size = ['--width', '448', '--height', '400']
    await built('demo', images, '--per-class', '4', '--seed', '1', ...size)
    await built('demo', fresh, '--per-class', '2', '--seed', '2', ...size)

    const trained = await train(built, inWork('built'), images)
    // Its own, in the state after the training: a prediction that is stored is not made again.
    cpSync(inWork('built'), inWork('opened'), { recursive: true })
    const expected = await classify(built, inWork('built'), [images, fresh])
    if (expected.length !== 24)
      throw new Error(`the program of the sources gave ${expected.length} predictions`)

    const opened = await classify(packaged, inWork('opened'), [images, fresh])
    same('a prediction in the workspace of the program of the sources', opened, expected)
    same('the audit trail', (await packaged('audit', 'verify', '-w', inWork('opened'))).problems, [])
    same('the training', await train(packaged, inWork('own'), images), trained)
    same('a prediction', await classify(packaged, inWork('own'), [images, fresh]), expected)
    return `${expected.length} predictions the same to the bit, in a workspace of the program of the sources and in its own`
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
