import { availableParallelism } from 'node:os'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { defineConfig, mergeConfig } from 'vitest/config'

/** Vitest leaves one core free, which on two cores is half of them: a test file mostly keeps one core busy. */
const maxWorkers = Math.max(2, availableParallelism() - 1)

/** The built program starts processes of its own, and a browser, so that two files fill most machines. They come last. */
const endToEnd = { maxWorkers: 2, sequence: { groupOrder: 1 } }

/** For a test that hangs; the speed of a machine, or wine, must not decide one. Vitest's own --hookTimeout does not reach projects. */
const limitMs = 300_000

/** One project for each kind of test, so that each can run alone: `npm test -- --project unit`. */
const project = (name: string, include: string[], timeoutMs = limitMs) => ({
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
    // A busy machine must not decide a test: the default of `expect.poll` is one second.
    expect: { poll: { timeout: 60_000 } },
  },
})

/** The page's state and its kit, compiled as in the page, in a simulated browser. */
const component = {
  plugins: [svelte({ configFile: false }), svelteTesting()],
  test: {
    name: 'component',
    include: ['test/component/**/*.test.ts'],
    setupFiles: ['test/component/support/patience.ts'],
    testTimeout: limitMs,
    maxWorkers,
    environment: 'happy-dom' as const,
  },
}

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/unit/**/*.test.ts']),
      component,
      project('contract', ['test/contract/**/*.test.ts']),
      project('store', ['test/store/**/*.test.ts']),
      project('native', ['test/native/**/*.test.ts']),
      mergeConfig(project('e2e', ['test/e2e/**/*.test.ts'], 900_000), { test: endToEnd }),
    ],
  },
})
