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
import { chosenSuites, report, runSuite } from './machine-suites.mjs'
import { ensureReady } from './ready.mjs'
import { logToStderr as log, runIfMain } from './shared.mjs'
import { ensureTools, takeInstall } from './system-tools.mjs'
import { ensureWindows, stopWindows, windowsTools } from './windows-machine.mjs'
import { quickSuite, suites, windows } from './windows-suites.mjs'

await runIfMain(import.meta.filename, async () => {
  const { install, rest } = takeInstall(process.argv.slice(2), process.env)
  const chosen = chosenSuites(rest, suites, quickSuite)
  await ensureTools(windowsTools, log, install, 'test:windows')
  await ensureReady({ log, install, parts: ['dependencies', 'build'] })
  await ensureWindows(log)
  /** @type {import('./machine-suites.mjs').Result[]} */
  const results = []
  for (const suite of chosen) results.push(await runSuite(suite, windows))
  await stopWindows()
  return report(results)
})
