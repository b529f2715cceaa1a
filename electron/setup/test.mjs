// @ts-check
/** `npm test [vitest arguments]`: every suite; the last line is `N passed, N failed`. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { ensureChromium } from './chromium.mjs'
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

/** @typedef {import('./tally-reporter.mjs').Tally} Tally */

const tallyFile = inRoot('test', 'output', 'tally.json')

await runScript(async () => {
  const tally = await runSuites(process.argv.slice(2)).catch((/** @type {unknown} */ error) => {
    if (!(error instanceof SetupError)) throw error
    log(error.message)
    return { passed: 0, failed: 1, skipped: [] }
  })
  for (const { name, reason } of tally.skipped) console.log(`SKIPPED ${name}: ${reason}`)
  console.log(`${tally.passed} passed, ${tally.failed} failed`)
  return tally.failed === 0 ? 0 : 1
})

/**
 * @param {string[]} parameters
 * @returns {Promise<Tally>}
 */
async function runSuites(parameters) {
  await ensureReady({ log })
  const chromium = await ensureChromium(log)
  mkdirSync(inRoot('test', 'output'), { recursive: true })
  rmSync(tallyFile, { force: true })
  const reporters = ['--reporter=default', `--reporter=${inRoot('electron', 'setup', 'tally-reporter.mjs')}`]
  const vitest = inRoot('node_modules', 'vitest', 'vitest.mjs')
  const status = await runToEnd(projectNode(), [vitest, 'run', ...reporters, ...parameters], {
    env: toolEnvironment({ LOBULE_CHROMIUM: chromium, LOBULE_TALLY: tallyFile }),
  })
  if (!existsSync(tallyFile))
    throw new SetupError(`The tests ended without a result (exit status ${status}).`)
  /** @type {Tally} */
  const tally = JSON.parse(readFileSync(tallyFile, 'utf8'))
  // What Vitest holds against the run without a failed test, such as no test found.
  return status !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally
}
