// @ts-check
/**
 * `npm run package:check`: builds the packaged layout for Linux and Windows on a stand-in for Electron, verifies every
 * file of it, makes and signs installers, and installs, runs and removes them in wine. Parts whose tools are missing
 * are named and skipped; `-- --install` gets the tools from Debian. `-- --only linux` or `windows` checks one target.
 * The last line is `N passed, N failed, N skipped`.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { drawIcons } from './icons.mjs'
import { requireOldLinux } from './elf-needs.mjs'
import { buildLauncher } from './launcher.mjs'
import { addonOf } from './native.mjs'
import { buildPackageNative, releaseTarget } from './package-native.mjs'
import { installLayout, makeRunnable, runInLayout } from './package-run.mjs'
import { compareStories, tellStory } from './package-story.mjs'
import { testSqlite } from './package-sqlite.mjs'
import { installerTools, makeCertificates, makeMsi, makeNsis, signAll } from './package-installers.mjs'
import {
  fusesOf,
  listedIn,
  packagesOf,
  problemsOf,
  readArchive,
  readFolder,
  readIfThere,
  wantedFuses,
} from './package-files.mjs'
import { budgets, sizesOf } from './package-sizes.mjs'
import { buildLayout, stage } from './package-stage.mjs'
import { fuseSentinel } from './package-stand-in.mjs'
import { inWork, layoutOf, runnableOf, stageOf, targets } from './package-targets.mjs'
import { ensureReady } from './ready.mjs'
import {
  SetupError,
  inRoot,
  logToStderr as log,
  projectNode,
  runScript,
  step,
  toolEnvironment,
} from './shared.mjs'
import { ensureTools, takeInstall } from './system-tools.mjs'
import { readLock } from './third-party.mjs'
import { crossCompiler, ensureAddon, ensureWine, wineTool } from './windows-machine.mjs'

/** @typedef {import('./package-targets.mjs').Target} Target */
/** @typedef {import('./package-story.mjs').Told} Told */
/** @typedef {import('./system-tools.mjs').Tool} Tool */

const counts = { passed: 0, failed: 0, skipped: 0 }

/**
 * One part of the check; a failure is printed and counted.
 * @param {string} name
 * @param {() => Promise<string | void>} run answers a remark for its line
 * @returns {Promise<boolean>} whether it passed
 */
async function part(name, run) {
  const from = performance.now()
  try {
    const detail = await run()
    counts.passed++
    console.log(`passed   ${name} (${seconds(from)} s)${detail === undefined ? '' : `: ${detail}`}`)
    return true
  } catch (error) {
    counts.failed++
    console.log(
      `FAILED   ${name} (${seconds(from)} s): ${error instanceof Error ? error.message : String(error)}`,
    )
    return false
  }
}

const seconds = (/** @type {number} */ from) => ((performance.now() - from) / 1000).toFixed(0)

/** @param {string} name @param {string} reason */
function skip(name, reason) {
  counts.skipped++
  console.log(`SKIPPED  ${name}: ${reason}`)
}

/** @param {readonly Tool[]} tools @param {boolean} install @returns {Promise<string | null>} what is missing */
async function missing(tools, install) {
  if (install) await ensureTools(tools, log, true).catch((/** @type {Error} */ { message }) => log(message))
  const names = tools
    .filter((tool) => !tool.isThere())
    .map(({ name, packages }) => `${name} (Debian: ${packages.apt})`)
  return names.length === 0 ? null : `not there: ${names.join(', ')}`
}

/** Where a file of the archive was packed from: electron-builder.yml puts a binding into better-sqlite3. @param {string} file @param {Target} target */
const placedFile = (file, target) =>
  target.name === 'linux'
    ? file.replace(/^node_modules\/better-sqlite3\/prebuilds\//, 'native/build/package/sqlite/')
    : file

/** @param {Target} target */
function verify(target) {
  const project = stageOf(target)
  const resources = path.join(layoutOf(target), 'resources')
  const program = readArchive(
    readFileSync(path.join(resources, 'app.asar')),
    path.join(resources, 'app.asar.unpacked'),
  )
  const besideIt = readFolder(resources).filter(({ path: file }) => !file.startsWith('app.asar'))
  const packages = packagesOf(readLock(), target)
  const sourceOf = (/** @type {string} */ file) => readIfThere(path.join(project, placedFile(file, target)))
  const bill = besideIt.find(({ path: file }) => file === 'supply-chain/lobule.cdx.json')
  const listed = bill === undefined ? [] : listedIn(bill.bytes)
  const problems = problemsOf({ program, besideIt, packages, listed, sourceOf }, target)
  const fuses = fusesOf(readFileSync(path.join(layoutOf(target), target.executable)), fuseSentinel)
  if (!fuses.startsWith(wantedFuses)) problems.push(`the fuses are ${fuses}, not ${wantedFuses}`)
  if (problems.length > 0)
    throw new Error([`${problems.length} problems`, ...problems.slice(0, 20)].join('\n  '))
  return `${program.length + besideIt.length} files of ${packages.all.length} packages and the build, fuses ${fuses}`
}

/** @param {Target} target */
function measure(target) {
  const { program, all, encoder, openSlide } = sizesOf(path.join(layoutOf(target), 'resources'))
  const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1)
  const text = `${megabytes(program)} MB without Electron, encoder (${megabytes(encoder)}) and OpenSlide (${megabytes(openSlide)}); ${megabytes(all)} MB with them`
  if (program > budgets[target.name])
    throw new Error(`${text}; the budget is ${megabytes(budgets[target.name])} MB`)
  return text
}

/** @param {Target} target @returns {Promise<boolean>} */
async function checkLayout(target) {
  const built = await part(`${target.name}: layout`, async () => {
    await stage(target, log)
    await buildLayout(target)
  })
  if (!built) return false
  await part(`${target.name}: every file`, async () => verify(target))
  await part(`${target.name}: size`, async () => measure(target))
  return true
}

/**
 * What the packaged programs are compared with. It fails as a part of its own; then there is nothing to compare.
 * @returns {Promise<Told | null>}
 */
async function tell() {
  /** @type {Told | null} */
  let told = null
  await part('story of the program of the sources', async () => void (told = await tellStory()))
  return told
}

/** @param {Promise<Told | null>} told */
async function checkLinux(told) {
  const target = targets.linux
  const ready = await part('linux: native files', async () => buildPackageNative(log))
  if (!ready) return
  await Promise.all([testLinux(), testStore(), runLinux(target, told)])
}

/** Another compiler made these files than the one that everything else is tested with. */
async function testLinux() {
  await part('linux: native tests with the addon of the package', async () =>
    step(
      'the native tests',
      projectNode(),
      [inRoot('node_modules/vitest/vitest.mjs'), 'run', '--project', 'native'],
      {
        env: toolEnvironment({ LOBULE_NATIVE_ADDON: addonOf(releaseTarget) }),
      },
    ),
  )
}

async function testStore() {
  await part('linux: SQLite of the package, and the store with it', () => testSqlite(releaseTarget))
}

/** @param {Target} target @param {Promise<Told | null>} told */
async function runLinux(target, told) {
  if (!(await checkLayout(target))) return
  await part('linux: glibc', async () => requireOldLinux(layoutOf(target)))
  const runs = await part('linux: command line of the layout', async () => runInLayout(makeRunnable(target)))
  const story = await told
  if (runs && story !== null)
    await part('linux: story in the layout', () => compareStories(runnableOf(target), story))
}

/**
 * What the check of Windows needs of this machine. Making a Windows mostly waits, so it begins before all else.
 * @typedef {object} Wine
 * @property {string | null} noCompiler why there is none; null: there is one
 * @property {string | null} noTools the same of wine and what makes installers
 * @property {Promise<boolean>} isMade
 */

/** @param {boolean} install @returns {Promise<Wine>} */
async function makeWine(install) {
  const noCompiler = await missing([crossCompiler], install)
  const noTools = await missing([wineTool, ...installerTools], install)
  const canMake = noCompiler === null && noTools === null
  // The stand-in starts Node for Windows, which comes with it.
  const isMade = canMake ? part('windows: wine and Node', () => ensureWine(log)) : Promise.resolve(false)
  return { noCompiler, noTools, isMade }
}

/** @param {Wine} wine @param {Promise<Told | null>} told */
async function checkWindows({ noCompiler, noTools, isMade }, told) {
  const target = targets.windows
  if (noCompiler !== null) return skip('windows', noCompiler)
  const ready = await part('windows: addon and launcher', async () => {
    await ensureAddon(log)
    await buildLauncher()
  })
  if (!ready || !(await checkLayout(target))) return
  if (noTools !== null) return skip('windows: installers', noTools)
  if (!(await isMade)) return
  const certificates = inWork('certificates')
  /** @type {string[]} */
  const installers = []
  const signed = await part('windows: signatures', async () => {
    makeCertificates(certificates)
    return `${signAll(makeRunnable(target), certificates)} files signed and verified`
  })
  if (!signed) return
  const layout = runnableOf(target)
  await part(
    'windows: NSIS installer',
    async () => void installers.push(await makeNsis(layout, certificates)),
  )
  await part('windows: MSI installer', async () => void installers.push(await makeMsi(layout, certificates)))
  const story = await told
  if (story === null) return skip('windows: installed programs', 'there is no story to compare')
  for (const installer of installers)
    await part(`windows: ${path.extname(installer).slice(1)} installed, run and removed`, () =>
      installLayout(installer, story),
    )
}

await runScript(async () => {
  const { install, rest } = takeInstall(process.argv.slice(2), process.env)
  const only = rest[0] === '--only' ? rest[1] : undefined
  if (only !== undefined && only !== 'linux' && only !== 'windows')
    throw new SetupError(`--only knows linux and windows, not ${only}.`)
  const wine = only === 'linux' ? null : await makeWine(install)
  await ensureReady({ log, install })
  await drawIcons()
  const told = tell()
  // Side by side: many parts wait for a network, or for a program that uses one core.
  await Promise.all([
    only === 'windows' ? undefined : checkLinux(told),
    wine === null ? undefined : checkWindows(wine, told),
  ])
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  return counts.failed === 0 ? 0 : 1
})
