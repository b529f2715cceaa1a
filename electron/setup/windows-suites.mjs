// @ts-check
/** What `npm run test:windows` runs, and which failures there are known, with their reasons. */

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {readonly string[]} run arguments of Vitest
 * @property {number} limitMinutes after which it is ended
 */
/** @type {readonly Suite[]} */
export const suites = [
  { name: 'native', run: ['--project', 'native'], limitMinutes: 15 },
  { name: 'store', run: ['--project', 'store'], limitMinutes: 10 },
  { name: 'contract', run: ['--project', 'contract'], limitMinutes: 10 },
  { name: 'unit', run: ['--project', 'unit'], limitMinutes: 60 },
  {
    name: 'cli',
    run: [
      '--project',
      'e2e',
      '--maxWorkers=1',
      ...['import', 'story', 'audit', 'odd-input', 'windows'].map((name) => `test/e2e/cli/${name}.test.ts`),
    ],
    limitMinutes: 60,
  },
]

/**
 * @typedef {object} Known
 * @property {string} test the file, or `file > name`, or how either begins
 * @property {string} reason
 * @property {boolean} [leftOut] whether the file is not even started, since it would hang
 */
/** Failures that are not the program's. Each is printed with every run; one that passes is printed too. @type {readonly Known[]} */
export const known = []

/**
 * @param {string} failure a line of a tally: `file > name: message`
 * @returns {Known | undefined}
 */
export const knownOf = (failure) => known.find(({ test }) => failure.startsWith(test))
