// @ts-check
/**
 * Runs the tests on Windows x64, with wine in place of it:
 *
 *     npm run test:windows                    every suite of windows-suites.mjs
 *     npm run test:windows -- native store    these suites
 *     npm run test:windows -- FILE            these test files, or those of a folder
 *     npm run test:windows -- --quick         what `npm test` runs of them where this Windows was made before
 *     npm run test:windows -- --install       may install the system packages that it needs (so may CI=true)
 *
 * The last lines are a table and `N passed, N failed`.
 */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { ensureReady } from './ready.mjs'
import { SetupError, inRoot, logToStderr as log, runIfMain } from './shared.mjs'
import { ensureTools, takeInstall } from './system-tools.mjs'
import { ensureWindows, here, onWindows, runNode, stopWindows, windowsTools } from './windows-machine.mjs'
import { knownOf, quickSuite, suites } from './windows-suites.mjs'

/** @typedef {import('./gates.mjs').Tally} Tally */
/** @typedef {import('./windows-suites.mjs').Suite} Suite */

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {number} passed
 * @property {readonly string[]} failures
 * @property {readonly string[]} known failures with their reasons
 * @property {Tally['skipped']} skipped
 * @property {number} minutes
 */

/**
 * @param {readonly string[]} names of suites, or paths of test files and their folders; or `--quick` alone
 * @returns {readonly Suite[]}
 * @throws {SetupError}
 */
export function chosenSuites(names) {
  if (names.length === 0) return suites
  if (names.length === 1 && names[0] === '--quick') return [quickSuite]
  const files = names.filter((name) => name.includes('/'))
  const named = names
    .filter((name) => !files.includes(name))
    .map((name) => {
      const suite = suites.find((one) => one.name === name)
      if (suite !== undefined) return suite
      const list = suites.map((one) => one.name).join(', ')
      throw new SetupError(`"${name}" is neither a suite (${list}) nor a test file.`)
    })
  const missing = files.find((file) => !existsSync(inRoot(file)))
  if (missing !== undefined) throw new SetupError(`There is no ${missing}.`)
  return files.length === 0 ? named : [...named, { name: 'files', run: files, limitMinutes: 60 }]
}

/**
 * @param {Suite} suite
 * @returns {Promise<Result>}
 */
export async function runSuite({ name, run, limitMinutes }) {
  log(`${name}: running under wine`)
  const startedAt = Date.now()
  const tally = typeof run === 'function' ? await run() : await runTests(name, run, limitMinutes)
  return { name, ...sorted(tally), minutes: (Date.now() - startedAt) / 60_000 }
}

/**
 * @param {string} name
 * @param {readonly string[]} chosen arguments of Vitest
 * @param {number} limitMinutes
 * @returns {Promise<Tally>}
 */
async function runTests(name, chosen, limitMinutes) {
  const tallyFile = `tally-${name}.json`
  const logFile = here(`${name}.log`)
  rmSync(here(tallyFile), { force: true })
  log(`${name}: at most ${limitMinutes} minutes; its output is in ${logFile}`)
  // Under wine, Vitest may wait for its workers without end after the last test has its result.
  const watch = setInterval(() => {
    const result = statSync(here(tallyFile), { throwIfNoEntry: false })
    if (result !== undefined && Date.now() - result.mtimeMs > 60_000) void stopWindows()
  }, 5_000)
  const status = await runNode(
    [
      ...['node_modules/vitest/vitest.mjs', 'run', ...chosen],
      ...['--reporter=default', '--reporter=./electron/setup/tally-reporter.mjs'],
    ],
    {
      log: logFile,
      timeoutMs: limitMinutes * 60_000,
      environment: { LOBULE_TALLY: onWindows(tallyFile) },
    },
  ).finally(() => clearInterval(watch))
  if (existsSync(here(tallyFile))) return JSON.parse(readFileSync(here(tallyFile), 'utf8'))
  const failures = [`${name}: ended without a result (exit status ${status ?? 'none'}); see ${logFile}`]
  return { passed: 0, failed: 1, skipped: [], failures }
}

/**
 * A tally with the known failures apart.
 * @param {Tally} tally
 */
export function sorted({ passed, skipped, failures }) {
  const reasons = failures.flatMap((failure) => {
    const found = knownOf(failure)
    return found === undefined ? [] : [`${failure}\n    ${found.reason}`]
  })
  return {
    passed,
    skipped,
    known: reasons,
    failures: failures.filter((failure) => knownOf(failure) === undefined),
  }
}

/**
 * @param {readonly Result[]} results
 * @returns {number} the exit status
 */
function report(results) {
  for (const { skipped } of results)
    for (const { name, reason } of skipped) console.log(`SKIPPED ${name}: ${reason}`)
  for (const { known: reasons } of results) for (const line of reasons) console.log(`KNOWN ${line}`)
  for (const { failures } of results) for (const line of failures) console.log(`FAILED ${line}`)
  console.log(tableOf(results))
  const failed = results.reduce((sum, { failures }) => sum + failures.length, 0)
  console.log(`${results.reduce((sum, { passed }) => sum + passed, 0)} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

/** @param {readonly Result[]} results */
export const tableOf = (results) =>
  [
    '| suite | passed | failed | known | skipped | minutes |',
    '| --- | --- | --- | --- | --- | --- |',
    ...results.map(
      ({ name, passed, failures, known: reasons, skipped, minutes }) =>
        `| ${name} | ${passed} | ${failures.length} | ${reasons.length} | ${skipped.length} | ${minutes.toFixed(1)} |`,
    ),
  ].join('\n')

await runIfMain(import.meta.filename, async () => {
  const { install, rest } = takeInstall(process.argv.slice(2), process.env)
  const chosen = chosenSuites(rest)
  await ensureTools(windowsTools, log, install, 'test:windows')
  await ensureReady({ log, install, parts: ['dependencies', 'build'] })
  await ensureWindows(log)
  /** @type {Result[]} */
  const results = []
  for (const suite of chosen) results.push(await runSuite(suite))
  await stopWindows()
  return report(results)
})
