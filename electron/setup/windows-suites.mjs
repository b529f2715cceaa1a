// @ts-check
/** What `npm run test:windows` runs, and which failures there are known, with their reasons. */
import { exchange } from './windows-exchange.mjs'
import { here, onWindows, runNode, stopWindows } from './windows-machine.mjs'

/** @typedef {import('./machine-suites.mjs').Suite} Suite */

/** @type {readonly Suite[]} */
export const suites = [
  { name: 'exchange', run: exchange, limitMinutes: 10 },
  { name: 'native', run: ['--project', 'native'], limitMinutes: 15 },
  { name: 'store', run: ['--project', 'store'], limitMinutes: 15 },
  { name: 'contract', run: ['--project', 'contract'], limitMinutes: 15 },
  { name: 'unit', run: ['--project', 'unit'], limitMinutes: 90 },
  { name: 'cli', run: ['--project', 'e2e', ...commandLineTests()], limitMinutes: 60 },
]

/**
 * Of `npm test` where this Windows is there, and of `--quick`: the addon loads and refuses, and the plain helpers work.
 * @type {Suite}
 */
export const quickSuite = {
  name: 'quick',
  run: ['test/native/refusals.test.ts', 'test/native/stain-kernels.test.ts', 'test/unit/base'],
  limitMinutes: 5,
}

/** Imports with kills and odd names, training, verdicts, the trail, readers, and a server that stops. */
function commandLineTests() {
  const names = ['import', 'odd-input', 'story', 'audit', 'agreement', 'kill-encode', 'serve-stop']
  return names.map((name) => `test/e2e/cli/${name}.test.ts`)
}

/** Failures that are not the program's: printed and counted apart. @type {readonly import('./machine-suites.mjs').Known[]} */
export const known = [
  ...[
    'test/unit/engine/encoders/install-backend.test.ts',
    'test/unit/engine/encoders/fetch-file.test.ts',
    'test/unit/engine/encoders/network-reason.test.ts > what fetch throws where no server listens',
    'test/unit/features/policy/enforced.test.ts > proxy of a policy file',
    'test/unit/features/policy/enforced.test.ts > noProxy of a policy file',
  ].map((test) => ({
    test,
    reason:
      'wine refuses the option TCP_KEEPALIVE, which Node sets for each fetch: nothing can be downloaded.',
  })),
  {
    test: 'test/unit/setup/plain-words.test.ts > finds none of the words in documents',
    reason: 'There is no git in this Windows, which lists the files.',
  },
]

/** @type {import('./machine-suites.mjs').TestMachine} */
export const windows = { by: 'wine', here, there: onWindows, runNode, stop: stopWindows, known }
