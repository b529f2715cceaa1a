import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const canLimit =
  existsSync('/usr/bin/prlimit') &&
  existsSync('/proc/self/status') &&
  process.env['ASAN_OPTIONS'] === undefined &&
  // The limit would be the emulator's: it is what ends, or waits for ever.
  process.env['LOBULE_EMULATOR'] === undefined
if (!canLimit)
  console.warn(
    'SKIPPED: a training that runs out of memory needs prlimit (Linux), and neither the sanitizer nor an emulator',
  )

test.skipIf(!canLimit)('an error when memory runs out, after which the next training works', () => {
  const child = fileURLToPath(new URL('memory-child.ts', import.meta.url))
  const lines = execFileSync(process.execPath, [child], { encoding: 'utf8', timeout: 280_000 })
    .trim()
    .split('\n')
  const attempts = lines.map((line) => JSON.parse(line) as { textLength?: number; error?: object })
  const failed = attempts.filter(({ error }) => error !== undefined)
  for (const { error } of failed) {
    expect(error).toMatchObject({ code: 'boosting.failed', details: { reason: 'not enough memory' } })
  }
  // Some limits were too low and the last was not; the trained model is the same, whatever failed before.
  expect(failed.length).toBeGreaterThan(3)
  expect(attempts.at(-1)?.error).toBeUndefined()
  expect(new Set(attempts.map(({ textLength }) => textLength).filter(Boolean)).size).toBe(1)
})
