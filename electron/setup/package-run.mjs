// @ts-check
/** Runs a packaged layout on the stand-in for Electron: on this system, and installed in wine. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inRoot, projectNode } from './shared.mjs'
import { filesBelow, readArchive } from './package-files.mjs'
import { standInNode } from './package-stand-in.mjs'
import { answerOf } from './machine-story.mjs'
import { openStory } from './package-story.mjs'
import { layoutOf, runnableOf } from './package-targets.mjs'
import { here, onWindows, runWine, windowsNode } from './windows-machine.mjs'

/** @typedef {import('./package-targets.mjs').Target} Target */

/** What the compute process of the stand-in loads first: Electron sets it in every process. */
const resourcesPath = `import path from 'node:path'
Object.defineProperty(process, 'resourcesPath', { value: path.dirname(import.meta.dirname) })
`

/**
 * Makes a copy of the layout that Node can run: the archive unpacked into resources/app, and Node with its first module.
 * @param {Target} target
 * @returns {string} its folder, `runnableOf(target)`
 */
export function makeRunnable(target) {
  const folder = runnableOf(target)
  rmSync(folder, { recursive: true, force: true })
  cpSync(layoutOf(target), folder, { recursive: true })
  const resources = path.join(folder, 'resources')
  const unpacked = path.join(resources, 'app.asar.unpacked')
  for (const { path: name, bytes } of readArchive(readFileSync(path.join(resources, 'app.asar')), unpacked)) {
    const file = path.join(resources, 'app', name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, bytes)
  }
  rmSync(path.join(resources, 'app.asar'))
  rmSync(unpacked, { recursive: true })
  mkdirSync(path.join(resources, 'stand-in'))
  const node = target.name === 'linux' ? projectNode() : here(windowsNode)
  cpSync(node, path.join(folder, ...standInNode[target.name].split(/[\\/]/)), { dereference: true })
  cpSync(inRoot('electron', 'setup', 'package-boot.mjs'), path.join(resources, 'stand-in', 'boot.mjs'))
  writeFileSync(path.join(resources, 'stand-in', 'resources-path.mjs'), resourcesPath)
  return folder
}

/** @param {boolean} isRight @param {string} sentence */
function require(isRight, sentence) {
  if (!isRight) throw new Error(sentence)
}

/** What `doctor --json` must find in a layout. @param {string} output @returns {string} */
function judge(output) {
  /** @type {{ checks: { name: string, status: string, detail: string }[] }} */
  const { checks } = JSON.parse(output)
  const detailOf = (/** @type {string} */ name) => checks.find((check) => check.name === name)?.detail ?? ''
  const compute = detailOf('compute process')
  require(compute.includes('LightGBM') && compute.includes('libvips'), `the compute process: ${compute}`)
  const encoder = checks.find(({ name }) => name.includes('EfficientNet-Lite0'))
  require(encoder?.status === 'ok', `the starter encoder: ${JSON.stringify(encoder)}`)
  return `doctor: ${compute}`
}

/**
 * The command line of a layout for this system: its answer on stdout, its exit codes.
 * @param {string} layout
 * @returns {string}
 */
export function runInLayout(layout) {
  const homeFolder = mkdtempSync(path.join(tmpdir(), 'lobule-package-'))
  const run = (/** @type {string[]} */ ...words) =>
    spawnSync(path.join(layout, 'bin', 'lobule'), words, {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: homeFolder, LOBULE_HOME: homeFolder },
    })
  try {
    const { stdout: version } = run('--version')
    const wrong = run('no-such-command')
    require(wrong.status === 2 &&
      wrong.stdout === '', `an unknown command ends with ${wrong.status}: ${wrong.stderr}`)
    const refused = run('doctor', '--inspect=0')
    require(refused.status === 2, `--inspect ends with ${refused.status}`)
    const doctor = run('doctor', '--json')
    require(doctor.stdout.startsWith('{'), `doctor ends with ${doctor.status}: ${doctor.stderr}`)
    return `${version.trim()}, ${judge(doctor.stdout)}`
  } finally {
    rmSync(homeFolder, { recursive: true, force: true })
  }
}

/**
 * Installs silently in wine, runs the command line of what was installed, also in a workspace of Linux, and removes it silently: no
 * file of the program may stay but the uninstaller of NSIS, which runs from there.
 * @param {string} installer
 * @param {import('./package-story.mjs').Told} told
 * @returns {Promise<string>}
 */
export async function installLayout(installer, told) {
  const isMsi = installer.endsWith('.msi')
  const work = here('package-check')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  cpSync(installer, path.join(work, path.basename(installer)))
  const given = onWindows(`package-check/${path.basename(installer)}`)
  const folder = path.join(work, 'Lobule')
  const target = onWindows('package-check/Lobule')
  const [log, answer] = [path.join(work, 'output.txt'), path.join(work, 'answer.json')]
  const wine = async (/** @type {string[]} */ ...parameters) => {
    const cwd = existsSync(folder) ? folder : work
    const environment = { LOBULE_HOME: onWindows('package-check/home') }
    const status = await runWine(parameters, { cwd, log, answer, environment, timeoutMs: 5 * 60_000 })
    return { status, output: readFileSync(log, 'utf8') }
  }
  // wine does not remember where a program was installed: without it, the removal looks in Program Files, finds nothing
  // and ends with 0.
  const folderOfMsi = `INSTALLDIR=${target}`
  // The uninstaller of NSIS copies itself away and goes on alone, unless it is given its folder.
  const install = isMsi ? ['msiexec', '/i', given, '/qn', folderOfMsi] : [given, '/S', `/D=${target}`]
  const remove = isMsi
    ? ['msiexec', '/x', given, '/qn', folderOfMsi]
    : [`${target}\\Uninstall Lobule.exe`, '/S', `_?=${target}`]
  const from = performance.now()
  const installed = await wine(...install)
  require(installed.status === 0 &&
    existsSync(path.join(folder, 'lobule.exe')), `the installation ends with ${installed.status}`)
  const seconds = ((performance.now() - from) / 1000).toFixed(0)
  const program = `${target}\\bin\\lobule.exe`
  const wrong = await wine(program, 'no-such-command')
  require(wrong.status === 2, `an unknown command ends with ${wrong.status}: ${wrong.output}`)
  await wine(program, 'doctor', '--json')
  const found = judge(readFileSync(answer, 'utf8'))
  const verdicts = await openStory(
    async (...words) => {
      const { status, output } = await wine(program, ...words, '--json')
      const text = readFileSync(answer, 'utf8')
      require(status === 0 || text !== '', `${words.join(' ')} ends with ${status}: ${output}`)
      return answerOf(text)
    },
    path.join(work, 'story'),
    (name) => onWindows(`package-check/story/${name}`),
    told,
  )
  const removed = await wine(...remove)
  require(removed.status === 0, `the removal ends with ${removed.status}`)
  const left = (existsSync(folder) ? filesBelow(folder) : []).filter(
    (name) => isMsi || name !== 'Uninstall Lobule.exe',
  )
  require(left.length === 0, `the removal leaves ${left.length} files of the program, e.g. ${left[0]}`)
  require(existsSync(path.join(work, 'home')), 'the removal takes the data folder with it')
  return `installed in ${seconds} s; ${verdicts}; ${found}`
}
