import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { hashOf, stamp } from '../../../electron/setup/shared.mjs'

let folder: string
const names = ['sources', 'config.json', 'missing']
const hash = (): string => hashOf(folder, names)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lobule-setup-'))
  mkdirSync(join(folder, 'sources', 'deep'), { recursive: true })
  writeFileSync(join(folder, 'sources', 'a.ts'), 'a')
  writeFileSync(join(folder, 'sources', 'deep', 'b.ts'), 'b')
  writeFileSync(join(folder, 'config.json'), '{}')
})

test('the same content has the same hash, whatever the time stamps and the order', () => {
  const before = hash()
  utimesSync(join(folder, 'config.json'), 1, 1)
  expect(hash()).toBe(before)
  expect(hashOf(folder, [...names].reverse())).toBe(before)
})

test.each<[string, () => void]>([
  ['a changed file', () => writeFileSync(join(folder, 'sources', 'deep', 'b.ts'), 'c')],
  ['a new file', () => writeFileSync(join(folder, 'sources', 'c.ts'), '')],
  ['a removed file', () => rmSync(join(folder, 'config.json'))],
  ['a renamed file', () => renameSync(join(folder, 'sources', 'a.ts'), join(folder, 'sources', 'z.ts'))],
  ['a file that was missing', () => writeFileSync(join(folder, 'missing'), '')],
])('%s is noticed', (_what, change) => {
  const before = hash()
  change()
  expect(hash()).not.toBe(before)
})

test('excluded files do not count', () => {
  const without = (): string => hashOf(folder, names, (name) => name === 'sources/deep')
  const before = without()
  writeFileSync(join(folder, 'sources', 'deep', 'b.ts'), 'c')
  expect(without()).toBe(before)
})

test('a stamp is fresh for the inputs that it was written for', () => {
  const made = stamp(join(folder, 'stamp'))
  expect(made.isFresh('one')).toBe(false)
  made.write('one')
  expect(made.isFresh('one')).toBe(true)
  expect(made.isFresh('two')).toBe(false)
})
