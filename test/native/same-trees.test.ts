import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { cases, fingerprintOf } from './same-trees-cases.ts'

// Written by LightGBM as its authors wrote it: test/references/boosting/make-same-trees.ts.
const file = path.resolve(import.meta.dirname, '..', 'references', 'boosting', 'same-trees.json')
const golden = JSON.parse(readFileSync(file, 'ascii')) as Record<string, string>

test.each(Object.keys(cases))('%s: the same model text as without our search for splits', async (name) => {
  expect(await fingerprintOf(name)).toBe(golden[name])
})

test('every training gives a text of its own', () => {
  expect(Object.keys(golden)).toEqual(Object.keys(cases))
  expect(new Set(Object.values(golden)).size).toBe(Object.keys(cases).length)
})
