import { availableParallelism } from 'node:os'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { defineConfig, mergeConfig } from 'vitest/config'
import { endToEndTestLimitMs, pollLimitMs, testLimitMs } from './test/support/limits.ts'

/** Vitest leaves one core free, which on two cores is half of them: a test file mostly keeps one core busy. */
const maxWorkers = Math.max(2, availableParallelism() - 1)

/**
 * The built program starts processes of its own, and a browser, so that two files fill most machines. They come last. Only where
 * a step in the browser did not end is a test tried once more, never after an expectation that failed, such as that a kill loses
 * nothing. `npm test` lists as FLAKY what passes then, which is a race in the test or in Lobule.
 */
const unendedStep = /^\w+\.\w+: Timeout \d+ms exceeded/
const endToEnd = { maxWorkers: 2, retry: { count: 1, condition: unendedStep }, sequence: { groupOrder: 1 } }

/** One project for each kind of test, so that each can run alone: `npm test -- --project unit`. --hookTimeout does not reach them. */
const project = (name: string, include: string[], timeoutMs = testLimitMs) => ({
  test: {
    name,
    include,
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    maxWorkers,
    environment: 'node' as const,
    // The encoder that comes with Lobule is there only where the set-up reached its registry. Tests that need it name its
    // folder; all others must not depend on it, in this process and in those that they start.
    env: { LOBULE_BUNDLED_ENCODERS: '' },
    expect: { poll: { timeout: pollLimitMs } },
  },
})

/** The page's state and its kit, compiled as in the page, in a simulated browser. */
const component = {
  plugins: [svelte({ configFile: false }), svelteTesting()],
  test: {
    name: 'component',
    include: ['test/component/**/*.test.ts'],
    setupFiles: ['test/component/support/patience.ts'],
    testTimeout: testLimitMs,
    maxWorkers,
    environment: 'happy-dom' as const,
  },
}

export default defineConfig({
  test: {
    // What a test expected is said whole: of a failure on another machine, the message is all there is.
    chaiConfig: { truncateThreshold: 1000 },
    projects: [
      project('unit', ['test/unit/**/*.test.ts']),
      component,
      project('contract', ['test/contract/**/*.test.ts']),
      project('store', ['test/store/**/*.test.ts']),
      project('native', ['test/native/**/*.test.ts']),
      mergeConfig(project('e2e', ['test/e2e/**/*.test.ts'], endToEndTestLimitMs), { test: endToEnd }),
    ],
  },
})
