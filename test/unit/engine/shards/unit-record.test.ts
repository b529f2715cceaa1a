import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sha256 } from '../../../../electron/base/sha256.ts'
import {
  findUnit,
  findUnitFailure,
  writeUnit,
  writeUnitFailure,
} from '../../../../electron/engine/shards/unit-record.ts'

let parts: string
beforeEach(() => (parts = mkdtempSync(join(tmpdir(), 'lobule-parts-'))))
afterEach(() => rmSync(parts, { recursive: true, force: true }))

const key = 'c'.repeat(64)
const record = {
  sha256: key,
  files: [
    { name: 'a.npy', sha256: sha256('a') },
    { name: 'b.npy', sha256: sha256('b') },
  ],
  flags: [],
  backends: ['cpu' as const],
  instructionSet: 'x64 avx2',
  lobule: '0.1.0',
  node: 'n1',
  ms: 12,
}

function filesWith(...contents: (string | null)[]): string[] {
  return contents.map((content, index) => {
    const path = join(parts, 'descriptors', 'cc', key, `${'ab'[index] ?? ''}.npy`)
    mkdirSync(dirname(path), { recursive: true })
    if (content !== null) writeFileSync(path, content)
    return path
  })
}

it('finds an image whose files are whole', async () => {
  const files = filesWith('a', 'b')
  expect(await findUnit(parts, key, files)).toEqual({ problem: 'missing' })
  await writeUnit(parts, record)
  expect(await findUnit(parts, key, files)).toEqual({ record: { format: 1, ...record } })
})

it('finds what is damaged: a file that is gone, cut off, of another recipe, a record that is no record', async () => {
  await writeUnit(parts, record)
  expect(await findUnit(parts, key, filesWith('a', null))).toEqual({ problem: 'damaged' })
  expect(await findUnit(parts, key, filesWith('a', ''))).toEqual({ problem: 'damaged' })
  expect(await findUnit(parts, key, filesWith('a', 'b').slice(0, 1))).toEqual({ problem: 'damaged' })
  expect(await findUnit(parts, key, filesWith('a', 'b').toReversed())).toEqual({ problem: 'damaged' })
  const path = join(parts, 'units', 'cc', `${key}.json`)
  for (const text of [
    '',
    '{}',
    '{"format":1}',
    JSON.stringify({ format: 1, ...record, sha256: 'd'.repeat(64) }),
  ]) {
    writeFileSync(path, text)
    expect(await findUnit(parts, key, filesWith('a', 'b')), text).toEqual({ problem: 'damaged' })
  }
})

it('keeps why an image failed, until it does not', async () => {
  expect(await findUnitFailure(parts, key)).toBeNull()
  await writeUnitFailure(parts, { sha256: key, code: 'image.truncated', message: 'cut off' })
  expect(await findUnitFailure(parts, key)).toEqual({
    sha256: key,
    code: 'image.truncated',
    message: 'cut off',
  })
  await writeUnit(parts, record)
  expect(await findUnitFailure(parts, key)).toBeNull()
})

it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
  'never takes what another account wrote for damage',
  async () => {
    const files = filesWith('a', 'b')
    await writeUnit(parts, record)
    chmodSync(join(parts, 'units', 'cc', `${key}.json`), 0)
    await expect(findUnit(parts, key, files)).rejects.toMatchObject({ code: 'path.unreadable' })
  },
)

it('says so where something else than a file is in the place of a record', async () => {
  mkdirSync(join(parts, 'units', 'cc', `${key}.json`), { recursive: true })
  await expect(findUnit(parts, key, filesWith('a', 'b'))).rejects.toMatchObject({ code: 'path.unreadable' })
})
