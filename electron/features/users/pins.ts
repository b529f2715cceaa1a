import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { argon2idAsync } from '@noble/hashes/argon2.js'
import { sha256 } from '../../base/sha256.ts'
import { AppError, minPinLength } from '../../contract/index.ts'

/** The least that OWASP's Password Storage Cheat Sheet recommends for argon2id: 19 MiB, two passes, one lane. */
const cost = { memoryKib: 19_456, passes: 2, lanes: 1 }
const hashBytes = 32
const saltBytes = 16

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '')

/** The argon2id hash of a PIN (RFC 9106), as the reference implementation writes it: with version, costs and salt. */
export async function hashPin(pin: string): Promise<string> {
  const salt = randomBytes(saltBytes)
  const hash = await hashWith(pin, salt, cost)
  return `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=${cost.lanes}$${base64(salt)}$${base64(hash)}`
}

const encoded = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([\w+/]{11,64})\$([\w+/]{43})$/

/** Whether a PIN has this hash; false also for a hash that is damaged. */
export async function isPin(pin: string, hash: string): Promise<boolean> {
  const [, memory, passes, lanes, salt, expected] = encoded.exec(hash) ?? []
  if (salt === undefined || expected === undefined) return false
  const stored = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) }
  const found = await hashWith(pin, Buffer.from(salt, 'base64'), stored)
  return timingSafeEqual(found, Buffer.from(expected, 'base64'))
}

/** The same PIN has the same bytes on every keyboard (RFC 8265 uses NFC). */
const hashWith = (
  pin: string,
  salt: Uint8Array,
  { memoryKib, passes, lanes }: typeof cost,
): Promise<Uint8Array> =>
  argon2idAsync(pin.normalize('NFC'), salt, { m: memoryKib, t: passes, p: lanes, dkLen: hashBytes })

/**
 * Refuses a PIN that is among the first guesses: shorter than `minPinLength` characters, one sign repeated, or a row
 * such as 123456 or fedcba.
 * @throws AppError `user.weak-pin`
 */
export function requireStrongPin(pin: string): void {
  const signs = Array.from(pin.normalize('NFC'), (sign) => sign.codePointAt(0) ?? 0)
  if (signs.length < minPinLength) throw new AppError('user.weak-pin', { why: 'short' })
  const steps = new Set(signs.slice(1).map((sign, index) => sign - (signs[index] ?? 0)))
  if (steps.size > 1) return
  if (steps.has(0)) throw new AppError('user.weak-pin', { why: 'repeats' })
  if (steps.has(1) || steps.has(-1)) throw new AppError('user.weak-pin', { why: 'row' })
}

/** Letters and digits that are not taken for each other. */
const codeLetters = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'
const codeGroups = 5
const groupLength = 4

/** A random code such as `K7TM-2QXA-...`: 20 signs out of 30, 98 bits. */
export const newRecoveryCode = (): string =>
  Array.from({ length: codeGroups }, () =>
    Array.from({ length: groupLength }, () => codeLetters[randomInt(codeLetters.length)]).join(''),
  ).join('-')

/** SHA-256 of a code, however it is typed. A code of 98 random bits needs no slow hash. */
export const recoveryHash = (code: string): string => sha256(code.toUpperCase().replaceAll(/[^A-Z\d]/g, ''))
