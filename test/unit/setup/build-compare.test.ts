import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { compareFolders } from '../../../electron/setup/build-compare.mjs'
import { archiveOf } from './archive.ts'

const work = mkdtempSync(join(tmpdir(), 'lobule-compare-'))
afterAll(() => {
  rmSync(work, { recursive: true })
})

/** A folder with these files. */
function folder(name: string, files: Record<string, string | Buffer>): string {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(work, name, file)), { recursive: true })
    writeFileSync(join(work, name, file), content)
  }
  return join(work, name)
}

/** An archive (asar) of files without their hashes. */
function archive(files: Record<string, string>): Buffer {
  let offset = 0
  const entries = Object.entries(files).map(([name, content]) => {
    const entry = [name, { size: content.length, offset: String(offset) }]
    offset += content.length
    return entry
  })
  return archiveOf(Object.fromEntries(entries) as object, Object.values(files).join(''))
}

test('equal folders have no differences', () => {
  const files = { 'a.js': 'one', 'deep/b.bin': Buffer.from([0, 255, 128]), 'app.asar': archive({ c: 'two' }) }
  expect(compareFolders(folder('x', files), folder('y', files))).toEqual({ files: 3, differences: [] })
})

test('each difference has its reason', () => {
  const [one, other] = [join(work, 'short'), join(work, 'a-longer-name')]
  folder('short', {
    'date.json': '{"made":"2026-12-01T10:00:00Z"}',
    'folder.js': `load("${one}/main")`,
    'gone.js': '',
    'order.css': 'a{}\nb{}',
    'value.bin': Buffer.from([1, 2, 3]),
    'longer.js': 'abc',
    'app.asar': archive({ inside: 'one', same: 'same' }),
  })
  folder('a-longer-name', {
    'date.json': '{"made":"2026-12-02T11:30:00.123Z"}',
    'folder.js': `load("${other}/main")`,
    'new.js': '',
    'order.css': 'b{}\na{}',
    'value.bin': Buffer.from([1, 200, 3]),
    'longer.js': 'abcd',
    'app.asar': archive({ inside: 'two', same: 'same' }),
  })
  const { files, differences } = compareFolders(one, other)
  expect(files).toBe(9)
  expect(Object.fromEntries(differences.map(({ file, why }) => [file, why]))).toEqual({
    'app.asar/inside': 'differs from byte 0 on (3 and 3 bytes)',
    'date.json': 'contains a time',
    'folder.js': 'contains the folder of its build',
    'gone.js': 'is only in the first',
    'longer.js': 'differs from byte 3 on (3 and 4 bytes)',
    'new.js': 'is only in the second',
    'order.css': 'has the same lines in another order',
    'value.bin': 'differs from byte 1 on (3 and 3 bytes)',
  })
})
