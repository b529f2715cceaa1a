// @ts-check
/** What `npm run test:arm64` runs, and which failures there are qemu's, with their reasons. */
import { here, runNode, stopArm64 } from './arm64-machine.mjs'
import { arm64Story } from './arm64-story.mjs'

/** @typedef {import('./machine-suites.mjs').Suite} Suite */

/** The networks and what they are compared with: Keras, PyTorch, and sums by hand. */
const encoderTests = [
  'keras-golden',
  'efficientnet-lite0',
  'winograd',
  'fused',
  'tiny-network',
  'mobile-operations',
]

/** @type {readonly Suite[]} */
export const suites = [
  { name: 'native', run: ['--project', 'native'], limitMinutes: 120 },
  { name: 'store', run: ['--project', 'store'], limitMinutes: 30 },
  {
    name: 'encoders',
    run: encoderTests.map((name) => `test/unit/engine/encoders/${name}.test.ts`),
    limitMinutes: 120,
  },
  { name: 'story', run: arm64Story, limitMinutes: 0 },
]

/** Failures that are not the program's: printed and counted apart. @type {readonly import('./machine-suites.mjs').Known[]} */
const known = []

/** @type {import('./machine-suites.mjs').TestMachine} */
export const arm64 = { by: 'qemu', here, there: here, runNode, stop: stopArm64, known }
