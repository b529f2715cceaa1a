import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { boostingAddon } from '../../electron/engine/boosting/addon.ts'
import { cases, fingerprintOf } from './same-trees-cases.ts'

/**
 * For each training the SHA-256 of its model text by LightGBM's own tree learner, without our search for splits
 * (native/lightgbm). Written by
 *
 *     npm run build:native -- --upstream
 *     LOBULE_NATIVE_ADDON=native/build/upstream/lobule-native.node LOBULE_WRITE_SAME_TREES=1 \
 *       npx vitest run --project native test/native/same-trees.test.ts -t 'is written'
 */
const file = path.resolve(import.meta.dirname, '..', 'references', 'boosting', 'same-trees.json')
const golden = JSON.parse(readFileSync(file, 'ascii')) as Record<string, string>
/**
 * The same where LightGBM's own tree learner is compiled with libc++, as Zig does it. C++ leaves to each library how
 * uniform_int_distribution draws, and LightGBM draws with it where its random numbers for whole gradients begin
 * (gradient_discretizer.cpp, nothing else that is trained here). With libstdc++'s way of drawing in that one file, Zig's
 * addon gives the text of the reference.
 */
const goldenOfLibcxx: Readonly<Record<string, string>> = {
  'whole gradients': '9c40cd44df09a49a60ed613d11f802e2e3a28f67d9dbb3dd5eaaf00d548eda74',
}

test.runIf(process.env['LOBULE_WRITE_SAME_TREES'] === '1')('the reference is written', async () => {
  expect(process.env['LOBULE_NATIVE_ADDON']).toContain('upstream')
  const fingerprints: Record<string, string> = {}
  for (const name of Object.keys(cases)) fingerprints[name] = await fingerprintOf(name)
  writeFileSync(file, `${JSON.stringify(fingerprints, null, 2)}\n`)
})

const choose = (name: 'fastest' | 'AVX2' | 'basic' | 'none') => boostingAddon().chooseSplitKernels(name)
afterAll(() => choose('fastest'))

const kernels = ['AVX2', 'basic', 'none'] as const
describe.each(kernels.filter(choose))('split kernels %s: the model text without our search', (name) => {
  beforeAll(() => {
    expect(choose(name)).toBe(true)
  })
  test.each(Object.keys(cases))('%s', async (training) => {
    const expected = [golden[training], goldenOfLibcxx[training]].filter((text) => text !== undefined)
    expect(expected).toContain(await fingerprintOf(training))
  })
})

test('a current processor has kernels, and none under another name', () => {
  expect(choose('basic')).toBe(true)
  // @ts-expect-error a name that is none of them
  expect(choose('basi')).toBe(false)
})

test('every training gives a different text', () => {
  expect(Object.keys(golden)).toEqual(Object.keys(cases))
  expect(new Set(Object.values(golden)).size).toBe(Object.keys(cases).length)
})
