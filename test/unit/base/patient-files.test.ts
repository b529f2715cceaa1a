import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import {
  moveFile,
  patiently,
  patientlySync,
  pausesMs,
  removeFile,
  removeFolder,
} from '../../../electron/base/patient-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'lobule-patient-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const failure = (code: string): Error => Object.assign(new Error(code), { code })

/** Fails so many times with a code, then answers. */
function held(code: string, times: number): () => string {
  let left = times
  return () => {
    if (left-- > 0) throw failure(code)
    return 'moved'
  }
}

it.each(['EBUSY', 'EPERM', 'EACCES'])(
  'on Windows waits for a file that another program holds (%s)',
  async (code) => {
    const pause = vi.fn<(ms: number) => void>()
    const act = held(code, 3)
    expect(await patiently(() => Promise.resolve().then(act), { platform: 'win32', pause })).toBe('moved')
    expect(pause.mock.calls.map(([ms]) => ms)).toEqual([10, 20, 40])
    expect(patientlySync(held(code, 3), { platform: 'win32', pause })).toBe('moved')
  },
)

it('gives up after 1.3 seconds with the reason', async () => {
  const pause = vi.fn<(ms: number) => void>()
  const act = vi.fn<() => Promise<void>>(() => Promise.reject(failure('EBUSY')))
  await expect(patiently(act, { platform: 'win32', pause })).rejects.toThrow('EBUSY')
  expect(act).toHaveBeenCalledTimes(pausesMs.length + 1)
  expect(pausesMs.reduce((sum, ms) => sum + ms, 0)).toBe(1270)
  expect(() => patientlySync(held('EPERM', 100), { platform: 'win32', pause })).toThrow('EPERM')
})

it.each([
  ['win32', 'ENOENT'],
  ['win32', 'ENOSPC'],
  ['linux', 'EPERM'],
  ['darwin', 'EBUSY'],
] as const)('does not wait on %s for %s', async (platform, code) => {
  const pause = vi.fn<(ms: number) => void>()
  await expect(patiently(() => Promise.reject(failure(code)), { platform, pause })).rejects.toThrow(code)
  expect(() => patientlySync(held(code, 1), { platform, pause })).toThrow(code)
  expect(pause).not.toHaveBeenCalled()
})

it('moves onto what is there, and removes what may be gone already', async () => {
  mkdirSync(join(folder, 'a', 'b'), { recursive: true })
  const [from, to] = [join(folder, 'new'), join(folder, 'old')]
  writeFileSync(from, 'new')
  writeFileSync(to, 'old')
  await moveFile(from, to)
  expect(readFileSync(to, 'utf8')).toBe('new')
  expect(existsSync(from)).toBe(false)
  await removeFile(to)
  await removeFile(to)
  await removeFolder(join(folder, 'a'))
  await removeFolder(join(folder, 'a'))
  expect(existsSync(join(folder, 'a'))).toBe(false)
})
