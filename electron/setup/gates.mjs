// @ts-check
/** What `npm test` checks: a table of gates, which of them a run takes, and how their results are counted. */
import { SetupError, logToStderr as log } from './shared.mjs'

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 * @property {{ name: string, reason: string }[]} skipped
 * @property {string[]} failures what failed inside the gate, a line each: a log is often read from its end
 * @property {string[]} [flaky] what passed at the second attempt only, and why not at the first
 */
/**
 * @typedef {object} Gate
 * @property {string} name
 * @property {string} [part] what `--only` calls it; a gate without a part only prepares for others
 * @property {readonly string[]} needs names of the gates that must have passed before
 * @property {boolean} [alone] whether no other gate may run meanwhile: a busy machine must not decide a test
 * @property {() => Promise<Tally>} run
 */

/** The names that `--only` accepts. */
export const allParts = /** @type {const} */ (['types', 'lint', 'format', 'unused', 'build', 'tests'])
/** @typedef {typeof allParts[number]} Part */

/** @type {Tally} */
const onePassed = { passed: 1, failed: 0, skipped: [], failures: [] }
/** @type {Tally} */
const oneFailed = { passed: 0, failed: 1, skipped: [], failures: [] }

/** @type {Tally} */
export const nonePassed = { passed: 0, failed: 0, skipped: [], failures: [] }

/**
 * A gate that passes if a program ends with status 0.
 * @param {() => Promise<number>} program
 */
export const byStatus = (program) => async () => ((await program()) === 0 ? onePassed : oneFailed)

/**
 * A gate that passes unless a step of the set-up fails.
 * @param {() => Promise<unknown>} step
 */
export const byStep = (step) => async () => {
  await step()
  return onePassed
}

/**
 * What a run takes, from the arguments of `npm test`: `--only types,lint` names the parts; any other argument
 * goes to Vitest, and then only the tests run.
 * @param {readonly string[]} parameters without `--install`
 * @returns {{ parts: readonly Part[], vitest: string[] }}
 * @throws {SetupError} for an unknown part
 */
export function readArguments(parameters) {
  /** @type {Part[]} */
  const parts = []
  /** @type {string[]} */
  const vitest = []
  for (let index = 0; index < parameters.length; index++) {
    const parameter = parameters[index] ?? ''
    if (parameter === '--only') parts.push(...partsIn(parameters[++index] ?? ''))
    else if (parameter.startsWith('--only=')) parts.push(...partsIn(parameter.slice('--only='.length)))
    else vitest.push(parameter)
  }
  if (parts.length === 0) return { parts: vitest.length > 0 ? ['tests'] : allParts, vitest }
  if (vitest.length > 0 && !parts.includes('tests'))
    throw new SetupError(`These arguments are for the tests, which --only leaves out: ${vitest.join(' ')}`)
  return { parts, vitest }
}

/** @param {string} list @returns {Part[]} */
function partsIn(list) {
  return list.split(',').map((name) => {
    const part = allParts.find((known) => known === name)
    if (part === undefined)
      throw new SetupError(`--only knows no part "${name}". Known: ${allParts.join(', ')}.`)
    return part
  })
}

/** Most of the gates keep one core busy. */
const gatesAtOnce = 2

/**
 * Runs the gates of these parts, two at a time in their order, with the gates that they need, and never stops at a failure:
 * a gate is skipped only where one that it needs has not passed. A gate that was run only for another one counts if it
 * fails.
 * @param {readonly Gate[]} gates each after those that it needs
 * @param {readonly string[]} parts
 * @returns {Promise<Tally>} in the order of the gates; its failures name each gate and what failed inside it
 */
export async function runGates(gates, parts) {
  const isChosen = (/** @type {Gate} */ gate) => gate.part !== undefined && parts.includes(gate.part)
  /** @type {Set<string>} */
  const wanted = new Set()
  for (const gate of [...gates].reverse()) {
    if (!isChosen(gate) && !wanted.has(gate.name)) continue
    for (const name of [gate.name, ...gate.needs]) wanted.add(name)
  }
  const chosen = gates.filter(({ name }) => wanted.has(name))
  const tallies = await runInOrder(chosen)
  /** @type {Tally} */
  const outcome = { passed: 0, failed: 0, skipped: [], failures: [] }
  for (const gate of chosen) {
    const tally = tallies.get(gate.name) ?? oneFailed
    if (tally.failed > 0) outcome.failures.push(gate.name, ...tally.failures)
    if (isChosen(gate)) outcome.passed += tally.passed
    outcome.failed += tally.failed
    outcome.skipped.push(...tally.skipped)
    if (tally.flaky !== undefined) outcome.flaky = [...(outcome.flaky ?? []), ...tally.flaky]
  }
  return outcome
}

/**
 * @param {readonly Gate[]} gates
 * @returns {Promise<Map<string, Tally>>} by the gates' names
 */
async function runInOrder(gates) {
  /** @type {Map<string, Tally>} */
  const tallies = new Map()
  /** @type {Set<string>} gates that failed or were skipped */
  const broken = new Set()
  /** @type {Map<Gate, Promise<void>>} */
  const running = new Map()
  const waiting = [...gates]
  const start = async (/** @type {Gate} */ gate) => {
    const tally = await runOne(gate)
    tallies.set(gate.name, tally)
    if (tally.failed > 0) broken.add(gate.name)
    running.delete(gate)
  }
  const isFree = (/** @type {Gate} */ gate) =>
    gate.alone === true
      ? running.size === 0
      : running.size < gatesAtOnce && ![...running.keys()].some(({ alone }) => alone === true)
  while (waiting.length > 0) {
    const ready = waiting.findIndex(({ needs }) => needs.every((name) => tallies.has(name)))
    const gate = waiting[ready]
    const cause = gate?.needs.find((name) => broken.has(name))
    if (gate !== undefined && cause !== undefined) {
      broken.add(gate.name)
      tallies.set(gate.name, { ...nonePassed, skipped: [{ name: gate.name, reason: `${cause} failed` }] })
      waiting.splice(ready, 1)
    } else if (gate !== undefined && isFree(gate)) {
      running.set(gate, start(gate))
      waiting.splice(ready, 1)
    } else await Promise.race(running.values())
  }
  await Promise.all(running.values())
  return tallies
}

/**
 * @param {Gate} gate
 * @returns {Promise<Tally>}
 */
async function runOne(gate) {
  const startedAt = Date.now()
  const tally = await gate.run().catch((/** @type {unknown} */ error) => {
    log(error instanceof SetupError ? error.message : String(/** @type {Error} */ (error).stack))
    return oneFailed
  })
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  if (gate.part !== undefined || tally.failed > 0)
    log(`${gate.name}: ${tally.failed === 0 ? 'passed' : 'failed'} (${seconds} s)`)
  return tally
}
