import { defineConfig } from 'vitest/config'

/** One project a kind of test, so that each can be run alone: `npx vitest run --project unit`. */
const project = (name: string, include: string[], timeoutMs = 20_000, fileParallelism = true) => ({
  test: {
    name,
    include,
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    fileParallelism,
    environment: 'node' as const,
  },
})

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/unit/**/*.test.ts'], 60_000),
      project('contract', ['test/contract/**/*.test.ts']),
      project('store', ['test/store/**/*.test.ts']),
      project('native', ['test/native/**/*.test.ts'], 120_000),
      project('e2e', ['test/e2e/**/*.test.ts'], 900_000, false),
    ],
  },
})
