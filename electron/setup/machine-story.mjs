// @ts-check
/** A story that this system and a machine of another one (other-machine.mjs) tell together, by the command line of each. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { commandLine } from './application-build.mjs'
import { logToStderr as log, projectNode } from './shared.mjs'

/** @typedef {import('./gates.mjs').Tally} Tally */
/** @typedef {(...parameters: string[]) => Promise<any>} Ask the `--json` answer of a command line */
/** @typedef {(name: string, found: unknown, expected: unknown) => void} Expect a step, which passes if both are the same as JSON */

/**
 * What a command line answered. An error ends the story at the command that failed, not at a later one.
 * @param {string} text of `--json`
 * @returns {any}
 */
export function answerOf(text) {
  const answer = JSON.parse(text)
  if (answer?.error !== undefined) throw new Error(`${answer.error.code}: ${answer.error.message}`)
  return answer
}

/**
 * @param {string} name of the story, and of its folder on the machine
 * @param {object} machine
 * @param {(name: string) => string} machine.here where a file of the machine is on this system
 * @param {(name: string) => string} machine.there the path that the machine has for it
 * @param {(parameters: readonly string[], options: { log: string, answer: string, environment: NodeJS.ProcessEnv, timeoutMs: number }) => Promise<number | null>} machine.runNode
 * @param {number} limitMinutes of one command there
 * @param {(does: { expect: Expect, askHere: Ask, askThere: Ask }) => Promise<void>} walk
 * @returns {Promise<Tally>} a test for each step
 */
export async function story(name, { here, there, runNode }, limitMinutes, walk) {
  rmSync(here(name), { recursive: true, force: true })
  mkdirSync(here(name))
  /** @type {Tally} */
  const tally = { passed: 0, failed: 0, skipped: [], failures: [] }
  try {
    await walk({
      expect: (step, found, expected) => {
        const [a, b] = [JSON.stringify(found), JSON.stringify(expected)]
        if (a === b) tally.passed++
        else {
          tally.failed++
          tally.failures.push(`${name} > ${step}: ${a} instead of ${b}`)
        }
        log(`${name}: ${step}${a === b ? '' : ' FAILED'}`)
      },
      askHere: async (...parameters) => {
        const environment = { ...process.env, LOBULE_HOME: here(`${name}/home`) }
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
        return answerOf(said.stdout)
      },
      askThere: async (...parameters) => {
        const [answer, errors] = [here(`${name}/answer.json`), here(`${name}/log.txt`)]
        await runNode(['out/main/lobule.js', ...parameters, '--json'], {
          log: errors,
          answer,
          environment: { LOBULE_HOME: there(`${name}/home-there`) },
          timeoutMs: limitMinutes * 60_000,
        })
        const text = readFileSync(answer, 'utf8')
        if (text === '')
          throw new Error(`lobule ${parameters.join(' ')}: ${readFileSync(errors, 'utf8').slice(0, 500)}`)
        return answerOf(text)
      },
    })
  } catch (error) {
    tally.failed++
    tally.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
  return tally
}
