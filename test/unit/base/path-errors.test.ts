import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { asNotWritable, asPathError, isMissing } from '../../../electron/base/path-errors.ts'
import { AppError } from '../../../electron/contract/index.ts'

const failure = (code: string): Error => Object.assign(new Error(`${code}: raw text of the system`), { code })

it.each([
  ['ENOENT', 'path.not-found', undefined],
  ['ENOTDIR', 'path.not-found', undefined],
  ['EACCES', 'path.unreadable', 'permission is denied'],
  ['EISDIR', 'path.unreadable', 'it is a folder'],
  ['EXOTIC', 'path.unreadable', 'EXOTIC'],
])('a failed read with %s is %s', (code, expected, reason) => {
  const error = asPathError(failure(code), '/a') as AppError<'path.unreadable'>
  expect(error.code).toBe(expected)
  expect(error.details.reason).toBe(reason)
  expect(isMissing(failure(code))).toBe(expected === 'path.not-found')
})

it('a name that Node could not read is said to be so, if the file is not found', () => {
  expect(asPathError(failure('ENOENT'), '/a\uFFFD')).toMatchObject({
    code: 'path.not-utf8',
    message: expect.stringContaining('Rename the file or folder.') as string,
  })
  expect(asPathError(failure('EACCES'), '/a\uFFFD')).toMatchObject({ code: 'path.unreadable' })
})

it('a failed write gives the reason in plain words', () => {
  expect(asNotWritable(failure('ENOSPC'), '/a').message).toBe('/a cannot be written: the disk is full.')
})

it('a missing folder is the reason of a failed write only where one could be made', () => {
  const message = (path: string): string => asNotWritable(failure('ENOENT'), path).message
  expect(message(join(tmpdir(), 'lobule-none', 'a'))).toMatch(/its folder does not exist\.$/)
})

it('leaves errors alone that the file system did not report', () => {
  const cancelled = new AppError('job.cancelled', {})
  const bug = new TypeError('x')
  expect(asPathError(cancelled, '/a')).toBe(cancelled)
  expect(asPathError(bug, '/a')).toBe(bug)
  expect(asNotWritable(cancelled, '/a')).toBe(cancelled)
})
