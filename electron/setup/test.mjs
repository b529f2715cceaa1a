// @ts-check
/**
 * `npm test`: types, lint, format, unused code, build and every test; the last line is `N passed, N failed`.
 * `-- --only types,lint` runs some of these, `-- VITEST-ARGUMENTS` only these tests. `-- --install` may install
 * system packages.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { ensureChromium } from './chromium.mjs'
import { byStatus, byStep, nonePassed, readArguments, runGates } from './gates.mjs'
import { runSuite } from './machine-suites.mjs'
import { documents, unplainLines } from './plain-words.mjs'
import { ensureReady } from './ready.mjs'
import {
  SetupError,
  inRoot,
  logToStderr as log,
  projectNode,
  runScript,
  runToEnd,
  toolEnvironment,
} from './shared.mjs'
import { ensureSnakemake } from './snakemake.mjs'
import { takeInstall } from './system-tools.mjs'
import { ensureWindows, stopWindows, windowsObstacle } from './windows-machine.mjs'
import { quickSuite, windows } from './windows-suites.mjs'

/** @typedef {import('./gates.mjs').Gate} Gate */
/** @typedef {import('./gates.mjs').Tally} Tally */

const tallyFile = inRoot('test', 'output', 'tally.json')

/** @param {...string} parts */
const script = (...parts) => inRoot('node_modules', ...parts)

/** @param {...string} parameters */
const tool = (...parameters) => byStatus(() => runToEnd(projectNode(), parameters))

/**
 * The page's files are linted in a process of their own: each Svelte file makes TypeScript begin again, which takes the
 * longer the more types of other parts the process holds.
 */
const pageFolders = ['renderer', 'test/component']
const ignored = (/** @type {string} */ folder) => ['--ignore-pattern', `${folder}/**`]

/**
 * Typed rules hold the types of many parts at once, which is more than Node's default of 4 GB.
 * @param {...string} parameters
 */
const lint = (...parameters) =>
  tool(
    '--max-old-space-size=8192',
    script('eslint', 'bin', 'eslint.js'),
    '--max-warnings',
    '0',
    ...parameters,
  )

await runScript(async () => {
  const {
    passed,
    failed,
    skipped,
    failures,
    flaky = [],
  } = await runChosen().catch((/** @type {unknown} */ error) => {
    if (!(error instanceof SetupError)) throw error
    log(error.message)
    return { ...nonePassed, failed: 1, failures: ['arguments'] }
  })
  for (const { name, reason } of skipped) console.log(`SKIPPED ${name}: ${reason}`)
  for (const line of flaky) console.log(`FLAKY ${line}`)
  for (const name of failures) console.log(`FAILED ${name}`)
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
})

async function runChosen() {
  const { install, rest } = takeInstall(process.argv.slice(2), process.env)
  const { parts, vitest } = readArguments(rest)
  return runGates(gates(install, vitest), parts)
}

/**
 * @param {boolean} install
 * @param {readonly string[]} vitest
 * @returns {Gate[]}
 */
function gates(install, vitest) {
  const svelteCheck = script('svelte-check', 'bin', 'svelte-check')
  const ready = (/** @type {import('./ready.mjs').Part} */ part) =>
    byStep(() => ensureReady({ log, install, parts: [part] }))
  const needs = ['packages']
  return [
    { name: 'packages', needs: [], run: ready('dependencies') },
    { name: 'types', part: 'types', needs, run: tool(script('typescript', 'bin', 'tsc'), '-b') },
    {
      name: 'types of the page',
      part: 'types',
      needs: ['types'],
      run: tool(svelteCheck, '--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings'),
    },
    { name: 'words', part: 'lint', needs: [], run: byStatus(checkWords) },
    { name: 'lint of the page', part: 'lint', needs: ['types'], run: lint(...pageFolders) },
    { name: 'lint', part: 'lint', needs: ['types'], run: lint('.', ...pageFolders.flatMap(ignored)) },
    {
      name: 'format',
      part: 'format',
      needs,
      run: tool(script('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'),
    },
    { name: 'unused code', part: 'unused', needs, run: tool(script('knip', 'bin', 'knip.js')) },
    { name: 'native addon', needs, run: ready('native') },
    // Tests that need them skip themselves where they cannot be had. Their pip is among the tools of the addon.
    { name: 'bundled files', needs: ['native addon'], run: ready('bundled') },
    { name: 'build', part: 'build', needs, run: ready('build') },
    {
      name: 'tests',
      part: 'tests',
      needs: ['native addon', 'bundled files', 'build'],
      alone: true,
      run: () => runVitest(install, vitest),
    },
    {
      name: 'windows',
      part: 'tests',
      needs: ['build'],
      alone: true,
      run: () => runQuickWindows(vitest),
    },
  ]
}

/** The words of documents and C++, which the linter does not read. */
function checkWords() {
  const found = unplainLines(documents())
  for (const line of found) log(line)
  return Promise.resolve(found.length)
}

/**
 * The quick suite of `npm run test:windows`, where that was run before and its addon is of these sources; whole runs only.
 * @param {readonly string[]} vitest
 * @returns {Promise<Tally>}
 */
async function runQuickWindows(vitest) {
  if (vitest.length > 0) return nonePassed
  const reason = await windowsObstacle()
  if (reason !== null) return { ...nonePassed, skipped: [{ name: 'tests on Windows', reason }] }
  await ensureWindows(log)
  const { passed, failures, known, skipped } = await runSuite(quickSuite, windows)
  await stopWindows()
  const knownOnes = known.map((line) => ({ name: 'windows', reason: `known: ${line}` }))
  return { passed, failed: failures.length, skipped: [...skipped, ...knownOnes], failures: [...failures] }
}

/**
 * @param {boolean} install
 * @param {readonly string[]} parameters
 * @returns {Promise<Tally>}
 */
async function runVitest(install, parameters) {
  const chromium = await ensureChromium(log, install).catch((/** @type {unknown} */ error) => {
    if (!(error instanceof SetupError)) throw error
    log(error.message)
    return null
  })
  const snakemake = await ensureSnakemake(log)
  mkdirSync(inRoot('test', 'output'), { recursive: true })
  rmSync(tallyFile, { force: true })
  const reporters = ['--reporter=default', `--reporter=${inRoot('electron', 'setup', 'tally-reporter.mjs')}`]
  const status = await runToEnd(
    projectNode(),
    [script('vitest', 'vitest.mjs'), 'run', ...reporters, ...parameters],
    {
      env: toolEnvironment({
        ...(chromium === null ? {} : { LOBULE_CHROMIUM: chromium }),
        ...(snakemake === null ? {} : { LOBULE_SNAKEMAKE: snakemake }),
        LOBULE_TALLY: tallyFile,
      }),
    },
  )
  if (!existsSync(tallyFile))
    throw new SetupError(`The tests ended without a result (exit status ${status}).`)
  /** @type {Tally} */
  const tally = JSON.parse(readFileSync(tallyFile, 'utf8'))
  // Vitest can fail without a failed test, for example where it finds no test.
  if (status !== 0 && tally.failed === 0) return { ...tally, failed: 1 }
  // The tests of the page skip themselves without a browser. That is no success of a whole run.
  return chromium === null && parameters.length === 0 ? { ...tally, failed: tally.failed + 1 } : tally
}
