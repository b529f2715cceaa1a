// @ts-check
/** Counts for test.mjs: a Vitest reporter that writes what passed, failed and was skipped, and why. */
import { writeFileSync } from 'node:fs'

/** @import { Reporter, SerializedError, TestModule } from 'vitest/node' */
/** @typedef {import('./gates.mjs').Tally} Tally */

/** @implements {Reporter} */
export default class TallyReporter {
  /**
   * @param {ReadonlyArray<TestModule>} modules
   * @param {ReadonlyArray<SerializedError>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {Tally} */
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: [] }
    for (const module of modules) {
      // A file that cannot even be loaded, or a failing hook, has no failed test to be counted.
      tally.failed += module.errors().length
      for (const suite of module.children.allSuites()) tally.failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') tally.passed++
        else if (result.state === 'failed') tally.failed++
        else {
          const note = result.state === 'skipped' ? result.note : undefined
          tally.skipped.push({
            name: `${module.relativeModuleId} > ${test.fullName}`,
            reason: note ?? 'no reason given',
          })
        }
      }
    }
    const file = process.env['LOBULE_TALLY']
    if (file) writeFileSync(file, JSON.stringify(tally))
  }
}
