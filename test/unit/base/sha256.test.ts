import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sha256, sha256OfFile } from '../../../electron/base/sha256.ts'

const ofAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

it('hashes text, bytes and the memory of typed arrays', () => {
  expect(sha256('abc')).toBe(ofAbc)
  expect(sha256(Buffer.from('xabc').subarray(1))).toBe(ofAbc)
  const values = new Float32Array([0, 1, 2]).subarray(1)
  expect(sha256(values)).toBe(sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)))
})

it('hashes a file, and refuses a folder', async () => {
  const root = mkdtempSync(join(tmpdir(), 'lobule-sha256-'))
  try {
    writeFileSync(join(root, 'a'), 'abc')
    expect(await sha256OfFile(join(root, 'a'))).toBe(ofAbc)
    await expect(sha256OfFile(root)).rejects.toMatchObject({ code: 'path.unreadable' })
    await expect(sha256OfFile(join(root, 'b'))).rejects.toMatchObject({ code: 'path.not-found' })
  } finally {
    rmSync(root, { recursive: true })
  }
})
