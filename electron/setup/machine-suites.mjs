// @ts-check
/** Runs suites of tests on a machine of another system (other-machine.mjs), and counts what is that machine's apart from failures. */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { SetupError, inRoot, logToStderr as log } from './shared.mjs'

/** @typedef {import('./gates.mjs').Tally} Tally */

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {readonly string[] | (() => Promise<Tally>)} run arguments of Vitest, or what else it does
 * @property {number} limitMinutes after which Vitest is ended; what else it does has its own limits
 */

/**
 * @typedef {object} Known a failure that is not the program's: printed and counted apart
 * @property {string} test the file, or `file > name`, or how either begins
 * @property {string} reason
 */

/**
 * @typedef {object} TestMachine
 * @property {string} by what runs its programs
 * @property {(name: string) => string} here where a file of the machine is on this system
 * @property {(name: string) => string} there the path that the machine has for it
 * @property {(parameters: readonly string[], options: { log: string, environment: NodeJS.ProcessEnv, timeoutMs: number }) => Promise<number | null>} runNode
 *   Node in the copy of the project; null: it took longer and was ended
 * @property {() => void | Promise<void>} stop ends all that runs there
 * @property {readonly Known[]} known
 */

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
 * @param {readonly Suite[]} suites
 * @param {Suite} [quickSuite]
 * @returns {readonly Suite[]}
 * @throws {SetupError}
 */
export function chosenSuites(names, suites, quickSuite) {
  if (names.length === 0) return suites
  if (quickSuite !== undefined && names.length === 1 && names[0] === '--quick') return [quickSuite]
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
 * @param {TestMachine} machine
 * @returns {Promise<Result>}
 */
export async function runSuite({ name, run, limitMinutes }, machine) {
  log(`${name}: running under ${machine.by}`)
  const startedAt = Date.now()
  const tally = typeof run === 'function' ? await run() : await runTests(name, run, limitMinutes, machine)
  return { name, ...sorted(tally, machine.known), minutes: (Date.now() - startedAt) / 60_000 }
}

/**
 * @param {string} name
 * @param {readonly string[]} chosen arguments of Vitest
 * @param {number} limitMinutes
 * @param {TestMachine} machine
 * @returns {Promise<Tally>}
 */
async function runTests(name, chosen, limitMinutes, { here, there, runNode, stop }) {
  const tallyFile = `tally-${name}.json`
  const logFile = here(`${name}.log`)
  rmSync(here(tallyFile), { force: true })
  log(`${name}: at most ${limitMinutes} minutes; its output is in ${logFile}`)
  // Under wine, Vitest may wait for its workers without end after the last test has its result.
  const watch = setInterval(() => {
    const result = statSync(here(tallyFile), { throwIfNoEntry: false })
    if (result !== undefined && Date.now() - result.mtimeMs > 60_000) void stop()
  }, 5_000)
  const status = await runNode(
    [
      ...['node_modules/vitest/vitest.mjs', 'run', ...chosen],
      ...['--reporter=default', '--reporter=./electron/setup/tally-reporter.mjs'],
    ],
    {
      log: logFile,
      timeoutMs: limitMinutes * 60_000,
      environment: { LOBULE_TALLY: there(tallyFile) },
    },
  ).finally(() => clearInterval(watch))
  if (existsSync(here(tallyFile))) return JSON.parse(readFileSync(here(tallyFile), 'utf8'))
  const failures = [`${name}: ended without a result (exit status ${status ?? 'none'}); see ${logFile}`]
  return { passed: 0, failed: 1, skipped: [], failures }
}

/**
 * @param {string} failure a line of a tally: `file > name: message`
 * @param {readonly Known[]} known
 * @returns {Known | undefined}
 */
const knownOf = (failure, known) => known.find(({ test }) => failure.startsWith(test))

/**
 * A tally with the known failures apart.
 * @param {Tally} tally
 * @param {readonly Known[]} known
 */
export function sorted({ passed, skipped, failures }, known) {
  const reasons = failures.flatMap((failure) => {
    const found = knownOf(failure, known)
    return found === undefined ? [] : [`${failure}\n    ${found.reason}`]
  })
  return {
    passed,
    skipped,
    known: reasons,
    failures: failures.filter((failure) => knownOf(failure, known) === undefined),
  }
}

/**
 * Prints what did not pass, and a table.
 * @param {readonly Result[]} results
 * @returns {number} the exit status
 */
export function report(results) {
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
