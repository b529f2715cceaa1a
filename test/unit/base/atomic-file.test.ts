import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  writeAtomically,
  writeAtomicallySync,
  writeThroughDraft,
} from '../../../electron/base/atomic-file.ts'
import { AppError } from '../../../electron/contract/index.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-atomic-'))
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

it('writes whole files and creates missing folders', async () => {
  await writeAtomically(join(root, 'a', 'b', 'text'), 'ä')
  await writeAtomically(join(root, 'a', 'b', 'text'), new Uint8Array([1, 2]))
  writeAtomicallySync(join(root, 'c', 'settings'), '{}')
  expect([...readFileSync(join(root, 'a', 'b', 'text'))]).toEqual([1, 2])
  expect(readFileSync(join(root, 'c', 'settings'), 'utf8')).toBe('{}')
  expect(readdirSync(join(root, 'a', 'b'))).toEqual(['text'])
  expect(readdirSync(join(root, 'c'))).toEqual(['settings'])
})

it('a failure leaves the previous file and no draft', async () => {
  const path = join(root, 'kept')
  writeFileSync(path, 'before')
  const failing = (error: Error): Promise<void> =>
    writeThroughDraft(path, async (file) => {
      await file.writeFile('half')
      expect(readFileSync(path, 'utf8')).toBe('before')
      expect(readdirSync(root)).toHaveLength(2)
      throw error
    })
  await expect(failing(new Error('no more'))).rejects.toMatchObject({ code: 'path.not-writable' })
  await expect(failing(new AppError('job.cancelled', {}))).rejects.toMatchObject({ code: 'job.cancelled' })
  expect(readFileSync(path, 'utf8')).toBe('before')
  expect(readdirSync(root)).toEqual(['kept'])
})

it('refuses a folder that is a file', async () => {
  writeFileSync(join(root, 'file'), '')
  const path = join(root, 'file', 'x')
  await expect(writeAtomically(path, '')).rejects.toMatchObject({ code: 'path.not-writable' })
  expect(() => {
    writeAtomicallySync(path, '')
  }).toThrow(AppError)
  await expect(writeThroughDraft(join(root, 'no', 'x'), () => Promise.resolve())).rejects.toMatchObject({
    message: expect.stringContaining('its folder does not exist') as string,
  })
})
