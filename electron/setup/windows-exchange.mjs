// @ts-check
/** A workspace that moves from this system to Windows and back: each opens it, finds the images and checks all of it. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { commandLine } from './application-build.mjs'
import { projectNode } from './shared.mjs'
import { here, onWindows, runNode } from './windows-machine.mjs'

/** @typedef {import('./gates.mjs').Tally} Tally */
/** @typedef {{ id: number, fileName: string, path: string, sha256: string, label: unknown }} Image */

const folder = 'exchange'

/**
 * The `--json` answer of the command line of this system.
 * @param {string[]} parameters
 */
async function askHere(...parameters) {
  const environment = { ...process.env, LOBULE_HOME: here(`${folder}/home`) }
  const options = { env: environment, maxBuffer: 2 ** 26 }
  const said = await promisify(execFile)(
    projectNode(),
    [commandLine(), ...parameters, '--json'],
    options,
  ).catch((/** @type {{ stdout?: string, message: string }} */ error) => {
    // A check with a finding ends with 1, and answers.
    if (error.stdout) return { stdout: error.stdout }
    throw error
  })
  return JSON.parse(said.stdout)
}

/**
 * The same of Windows.
 * @param {string[]} parameters
 */
async function askWindows(...parameters) {
  const [answer, log] = [here(`${folder}/answer.json`), here(`${folder}/log.txt`)]
  const environment = { LOBULE_HOME: onWindows(`${folder}/home-windows`) }
  await runNode(['out/main/lobule.js', ...parameters, '--json'], {
    log,
    answer,
    environment,
    timeoutMs: 600_000,
  })
  const text = readFileSync(answer, 'utf8')
  if (text === '')
    throw new Error(`lobule ${parameters.join(' ')}: ${readFileSync(log, 'utf8').slice(0, 500)}`)
  return JSON.parse(text)
}

/**
 * @returns {Promise<Tally>} a test for each step
 */
export async function exchange() {
  rmSync(here(folder), { recursive: true, force: true })
  mkdirSync(here(folder))
  const [images, workspace] = [here(`${folder}/Bilder ä`), here(`${folder}/w`)]
  const [imagesThere, workspaceThere] = [onWindows(`${folder}/Bilder ä`), onWindows(`${folder}/w`)]
  /** @type {Tally} */
  const tally = { passed: 0, failed: 0, skipped: [], failures: [] }
  /** @param {string} name @param {unknown} found @param {unknown} expected */
  const expect = (name, found, expected) => {
    const [a, b] = [JSON.stringify(found), JSON.stringify(expected)]
    if (a === b) tally.passed++
    else {
      tally.failed++
      tally.failures.push(`exchange > ${name}: ${a} instead of ${b}`)
    }
  }
  try {
    await askHere('demo', images, '--per-class', '2', '--width', '256', '--height', '192')
    await askHere('init', '-w', workspace)
    // Half of them as copies, whose paths in the workspace are relative.
    await askHere('import', path.join(images, 'Benign'), '-w', workspace, '--labels', 'folder', '--copy')
    await askHere('import', images, '-w', workspace, '--labels', 'folder')
    /** @type {Image[]} */
    const before = await askHere('images', '-w', workspace)
    const facts = (/** @type {Image[]} */ list) =>
      list.map(({ id, fileName, sha256, label }) => [id, fileName, sha256, label])
    expect('this system imports them', before.length, 8)

    /** @type {Image[]} */
    const there = await askWindows('images', '-w', workspaceThere)
    expect('Windows lists the same images and labels', facts(there), facts(before))
    expect(
      'the copies are found at once',
      there.filter((image) => image.path.startsWith(`${workspaceThere}\\images\\`)).length,
      2,
    )
    const relinked = await askWindows('workspace', 'relink', imagesThere, '-w', workspaceThere)
    expect('Windows finds the others by content', [relinked.found.length, relinked.missing.length], [6, 0])
    expect(
      'Windows finds no problem',
      (await askWindows('workspace', 'check', '-w', workspaceThere)).problems,
      [],
    )
    expect(
      'Windows verifies the trail',
      (await askWindows('audit', 'verify', '-w', workspaceThere)).problems,
      [],
    )

    expect('this system lists the same again', facts(await askHere('images', '-w', workspace)), facts(before))
    const again = await askHere('workspace', 'relink', images, '-w', workspace)
    expect('this system finds them again', [again.found.length, again.missing.length], [6, 0])
    expect(
      'this system finds no problem',
      (await askHere('workspace', 'check', '-w', workspace)).problems,
      [],
    )
    expect('this system verifies the trail', (await askHere('audit', 'verify', '-w', workspace)).problems, [])
  } catch (error) {
    tally.failed++
    tally.failures.push(`exchange: ${error instanceof Error ? error.message : String(error)}`)
  }
  return tally
}
