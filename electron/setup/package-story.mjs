// @ts-check
/**
 * From images to predictions by the packaged program, beside the program that this machine built from its sources: both must give the
 * same to the bit, although other compilers made the native files of the packages, and one of them runs on another system.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { commandLine } from './application-build.mjs'
import { answerOf } from './machine-story.mjs'
import { inWork } from './package-targets.mjs'
import { projectNode } from './shared.mjs'

/** @typedef {import('./machine-story.mjs').Ask} Ask */
/**
 * What the program of the sources did.
 * @typedef {object} Told
 * @property {string} images labelled, for the training
 * @property {string} fresh the folder of new ones
 * @property {string} workspace in the state after the training: a prediction that is stored is not made again
 * @property {unknown} trained the answer of the training
 * @property {readonly unknown[]} verdicts for both folders
 */

/**
 * @param {readonly string[]} program
 * @param {string} home its data folder
 * @returns {Ask}
 */
function lobule([executable = '', ...first], home) {
  // No variable of this machine may name other native files or another encoder.
  const env = { PATH: process.env['PATH'], HOME: home, LOBULE_HOME: home }
  return async (...words) => {
    const options = { env, maxBuffer: 2 ** 26, timeout: 10 * 60_000 }
    const { stdout } = await promisify(execFile)(executable, [...first, ...words, '--json'], options)
    return answerOf(stdout)
  }
}

/** Few and short, so that a training takes seconds; each kind of step is in it. */
const settings = ['folds=2', 'seeds=1', 'augmentations=2', 'cropCount=2', 'rounds=5']

/** A workspace with a model of these images. @param {Ask} program @param {string} workspace @param {string} images */
async function train(program, workspace, images) {
  const at = ['--workspace', workspace]
  await program('init', ...at)
  await program('import', images, ...at, '--labels', 'folder')
  const model = ['--name', 'first', '--group-by', 'image', '--use']
  return await program('train', ...at, ...model, '--set', ...settings)
}

/**
 * Predictions, out of fold for the images of the training, without their times and without where the folders are.
 * @param {Ask} program @param {string} workspace @param {readonly string[]} folders
 */
async function classify(program, workspace, folders) {
  /** @type {{ at: string, image: string }[]} */
  const verdicts = await program('classify', ...folders, '--workspace', workspace)
  return verdicts.map(({ at: _, image, ...verdict }) => ({
    ...verdict,
    image: image.split(/[\\/]/).slice(-3),
  }))
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

/** The program of the sources makes images, trains with them, and classifies these and new ones. @returns {Promise<Told>} */
export async function tellStory() {
  const folder = inWork('story')
  rmSync(folder, { recursive: true, force: true })
  const inFolder = (/** @type {string} */ name) => path.join(folder, name)
  const [images, fresh] = [inFolder('images'), inFolder('new')]
  const [workspace, used] = [inFolder('trained'), inFolder('used')]
  const program = lobule([projectNode(), commandLine()], inFolder('home'))
  const size = ['--width', '448', '--height', '400']
  await program('demo', images, '--per-class', '4', '--seed', '1', ...size)
  await program('demo', fresh, '--per-class', '2', '--seed', '2', ...size)
  const trained = await train(program, workspace, images)
  cpSync(workspace, used, { recursive: true })
  const verdicts = await classify(program, used, [images, fresh])
  if (verdicts.length !== 24)
    throw new Error(`the program of the sources gave ${verdicts.length} predictions`)
  return { images, fresh, workspace, trained, verdicts }
}

/**
 * The packaged program of this system in a copy of the told workspace, and from its own training on.
 * @param {string} layout that Node can run
 * @param {Told} told
 * @returns {Promise<string>} for the line of the check
 */
export async function compareStories(layout, { images, fresh, workspace, trained, verdicts }) {
  const folder = inWork('story-linux')
  rmSync(folder, { recursive: true, force: true })
  const [opened, own] = [path.join(folder, 'opened'), path.join(folder, 'own')]
  const program = lobule([path.join(layout, 'bin', 'lobule')], path.join(folder, 'home'))
  cpSync(workspace, opened, { recursive: true })
  await judgeOpened(program, opened, [images, fresh], verdicts)
  same('the training', await train(program, own, images), trained)
  same('a prediction', await classify(program, own, [images, fresh]), verdicts)
  return `${verdicts.length} predictions the same to the bit, in a workspace of the program of the sources and in its own`
}

/**
 * A program on another system in copies of the told workspace and images, which it has to find again.
 * @param {Ask} program
 * @param {string} folder for the copies, as this system sees it; not there yet
 * @param {(name: string) => string} there the path that the other system has for a file in it
 * @param {Told} told
 * @returns {Promise<string>} for the line of the check
 */
export async function openStory(program, folder, there, { images, fresh, workspace, verdicts }) {
  mkdirSync(folder)
  const copy = (/** @type {string} */ from) => {
    const name = path.basename(from)
    cpSync(from, path.join(folder, name), { recursive: true })
    return there(name)
  }
  const [imagesThere, freshThere, workspaceThere] = [copy(images), copy(fresh), copy(workspace)]
  const found = await program('workspace', 'relink', imagesThere, '-w', workspaceThere)
  same('what was not found again', found.missing, [])
  await judgeOpened(program, workspaceThere, [imagesThere, freshThere], verdicts)
  return `${verdicts.length} predictions the same to the bit in a workspace of Linux`
}

/** @param {Ask} program @param {string} workspace @param {readonly string[]} folders @param {readonly unknown[]} verdicts */
async function judgeOpened(program, workspace, folders, verdicts) {
  same(
    'a prediction in the workspace of the program of the sources',
    await classify(program, workspace, folders),
    verdicts,
  )
  same('the audit trail', (await program('audit', 'verify', '-w', workspace)).problems, [])
}
