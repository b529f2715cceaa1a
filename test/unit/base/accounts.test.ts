import { expect, it } from 'vitest'
import { isSameAccount } from '../../../electron/base/accounts.ts'

it('compares accounts without case on Windows alone', () => {
  expect(isSameAccount('Ada', 'ada', 'win32')).toBe(true)
  expect(isSameAccount('Ada', 'adam', 'win32')).toBe(false)
  expect(isSameAccount('Ada', 'ada', 'linux')).toBe(false)
  expect(isSameAccount('ada', 'ada', 'linux')).toBe(true)
})
