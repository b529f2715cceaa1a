// @ts-check
/**
 * Runs the tests on 64-bit ARM (Linux), with qemu in place of it; by hand, since qemu is slow:
 *
 *     npm run test:arm64                     every suite of arm64-suites.mjs
 *     npm run test:arm64 -- native story     these suites
 *     npm run test:arm64 -- FILE             these test files, or those of a folder
 *     npm run test:arm64 -- --install        may install the system packages that it needs (so may CI=true)
 *
 * The last lines are a table and `N passed, N failed`. Where programs for ARM cannot be run it says so, and ends with 0.
 */
import { arm64Obstacle, arm64Tools, ensureArm64, stopArm64 } from './arm64-machine.mjs'
import { arm64, suites } from './arm64-suites.mjs'
import { chosenSuites, report, runSuite } from './machine-suites.mjs'
import { ensureReady } from './ready.mjs'
import { SetupError, logToStderr as log, runIfMain } from './shared.mjs'
import { ensureTools, takeInstall } from './system-tools.mjs'

/** Why nothing can be run; null: it can. @param {boolean} install @returns {Promise<string | null>} */
async function obstacle(install) {
  try {
    await ensureTools(arm64Tools, log, install, 'test:arm64')
  } catch (error) {
    if (error instanceof SetupError) return error.message
    throw error
  }
  return arm64Obstacle()
}

await runIfMain(import.meta.filename, async () => {
  const { install, rest } = takeInstall(process.argv.slice(2), process.env)
  const chosen = chosenSuites(rest, suites)
  const reason = await obstacle(install)
  if (reason !== null) {
    console.log(`SKIPPED tests on 64-bit ARM: ${reason}`)
    console.log('0 passed, 0 failed')
    return 0
  }
  await ensureReady({ log, install, parts: ['dependencies', 'native', 'bundled', 'build'] })
  await ensureArm64(log)
  /** @type {import('./machine-suites.mjs').Result[]} */
  const results = []
  for (const suite of chosen) results.push(await runSuite(suite, arm64))
  stopArm64()
  return report(results)
})
