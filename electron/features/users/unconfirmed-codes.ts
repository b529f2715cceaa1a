import type { StoredUser } from '../../store/index.ts'
import { recoveryHash } from './pins.ts'

interface Unconfirmed {
  code: string
  /** Who set the PIN, and must write the code down. */
  shownTo: string
}

/**
 * Recovery codes that no one has written down yet, in the memory of this process alone: a page that locks itself, is loaded
 * again or signs another user in must not lose them, and shows them to no one but the user who set the PIN.
 */
export class UnconfirmedCodes {
  /** By the path of the workspace and the name of the user whose code it is. */
  readonly #codes = new Map<string, Unconfirmed>()

  keep(path: string, of: string, unconfirmed: Unconfirmed): void {
    this.#codes.set(key(path, of), unconfirmed)
  }

  /** The first code that this user must write down; one that a newer PIN or role has replaced does not count. */
  shownTo(path: string, reader: string, users: readonly StoredUser[]): { of: string; code: string } | null {
    for (const { name: of, recoverySha256 } of users) {
      const found = this.#codes.get(key(path, of))
      if (found?.shownTo === reader && recoveryHash(found.code) === recoverySha256)
        return { of, code: found.code }
    }
    return null
  }

  /** Forgets the code of `of`, if it was shown to this reader. */
  confirm(path: string, of: string, reader: string): void {
    if (this.#codes.get(key(path, of))?.shownTo === reader) this.#codes.delete(key(path, of))
  }
}

const key = (path: string, of: string): string => JSON.stringify([path, of])
