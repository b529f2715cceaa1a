import { expect, it } from 'vitest'
import {
  hashPin,
  isPin,
  newRecoveryCode,
  recoveryHash,
  requireStrongPin,
} from '../../../../electron/features/users/pins.ts'
import { waitAfter } from '../../../../electron/features/users/sign-in.ts'

it('verifies a hash of the reference implementation of argon2id', async () => {
  // test.c of phc-winner-argon2: argon2id, version 19, t = 2, m = 2^16 KiB and 2^8 KiB, "password" and "somesalt".
  const small = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
  expect(await isPin('password', small)).toBe(true)
  expect(await isPin('passwore', small)).toBe(false)
})

it('hashes a PIN with a salt of its own, and finds only that PIN', async () => {
  const [first, second] = [await hashPin('Grüße 7'), await hashPin('Grüße 7')]
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(first).not.toBe(second)
  // Typed with a combining diaeresis.
  expect(await isPin('Gru\u0308ße 7', first)).toBe(true)
  expect(await isPin('grüße 7', first)).toBe(false)
  for (const damaged of ['', 'x', first.slice(0, -1), first.replace('argon2id', 'argon2i')])
    expect(await isPin('Grüße 7', damaged)).toBe(false)
})

it.each([
  ['12345', 'short'],
  ['777777', 'repeats'],
  ['123456', 'row'],
  ['fedcba', 'row'],
])('refuses %s as a PIN: %s', (pin, why) => {
  expect(() => requireStrongPin(pin)).toThrow(
    expect.objectContaining({ code: 'user.weak-pin', details: { why } }) as Error,
  )
})

it.each(['271828', 'correct horse', '112233'])('accepts %s as a PIN', (pin) => {
  expect(() => requireStrongPin(pin)).not.toThrow()
})

it('makes recovery codes that may be typed without hyphens and in small letters', () => {
  const code = newRecoveryCode()
  expect(code).toMatch(/^([A-HJKMNP-TV-Z2-9]{4}-){4}[A-HJKMNP-TV-Z2-9]{4}$/)
  expect(newRecoveryCode()).not.toBe(code)
  expect(recoveryHash(` ${code.toLowerCase().replaceAll('-', '')}`)).toBe(recoveryHash(code))
})

it('waits from the third wrong PIN on, twice as long each time, at most an hour', () => {
  expect([0, 1, 2, 3, 4, 5, 9, 10, 50, 5000].map(waitAfter)).toEqual([
    0, 0, 0, 30, 60, 120, 1920, 3600, 3600, 3600,
  ])
})
