// @ts-check
/** Counts for test.mjs: a Vitest reporter that writes how many passed, which failed or were skipped, and why. */
import { writeFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

/** @import { Reporter, SerializedError, TestModule } from 'vitest/node' */
/** @typedef {import('./gates.mjs').Tally} Tally */

/** @implements {Reporter} */
export default class TallyReporter {
  /**
   * @param {ReadonlyArray<TestModule>} modules
   * @param {ReadonlyArray<SerializedError>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {Required<Tally>} */
    const tally = { passed: 0, failed: 0, skipped: [], failures: [], flaky: [] }
    /** @param {string} name @param {ReadonlyArray<SerializedError>} errors */
    const countErrors = (name, errors) => {
      tally.failed += errors.length
      for (const error of errors) tally.failures.push(`${name}: ${sentence(error)}`)
    }
    countErrors('outside of every test', unhandledErrors)
    for (const module of modules) {
      const file = module.relativeModuleId
      // A file that cannot even be loaded, or a failing hook, has no failed test to be counted.
      countErrors(file, module.errors())
      for (const suite of module.children.allSuites())
        countErrors(`${file} > ${suite.fullName}`, suite.errors())
      for (const test of module.children.allTests()) {
        const result = test.result()
        const said = () => `${file} > ${test.fullName}: ${(result.errors ?? []).map(sentence).join(' | ')}`
        if (result.state === 'passed') {
          tally.passed++
          if (test.diagnostic()?.flaky === true) tally.flaky.push(said())
        } else if (result.state === 'failed') {
          tally.failed++
          tally.failures.push(said())
        } else {
          const note = result.state === 'skipped' ? result.note : undefined
          tally.skipped.push({
            name: `${file} > ${test.fullName}`,
            reason: note ?? 'no reason given',
          })
        }
      }
    }
    const tallyFile = process.env['LOBULE_TALLY']
    if (tallyFile) writeFileSync(tallyFile, JSON.stringify(tally))
  }
}

/**
 * The first line of an error, what a browser waited for, and the line of the test: on another machine, this is all there is.
 * @param {SerializedError} error
 */
function sentence(error) {
  const [first = '', ...others] = stripVTControlCharacters(error.message).split('\n')
  const waited = others.find((line) => /^\s*- waiting for /.test(line))
  const place = error.stacks?.find(({ file }) => file.includes('/test/'))
  return [
    first,
    ...(waited === undefined ? [] : [waited.trim().slice(2)]),
    ...(place === undefined ? [] : [`line ${place.line}`]),
  ].join('; ')
}
