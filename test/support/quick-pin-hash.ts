import { argon2id } from '@noble/hashes/argon2.js'

/** A hash of a PIN with the least costs of argon2id, so that a test of users spends no seconds on it. */
export function quickPinHash(pin: string): string {
  const salt = Buffer.alloc(16, 7)
  const hash = argon2id(pin, salt, { m: 8, t: 1, p: 1, dkLen: 32 })
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '')
  return `$argon2id$v=19$m=8,t=1,p=1$${base64(salt)}$${base64(hash)}`
}
