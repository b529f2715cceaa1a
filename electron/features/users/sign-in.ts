import { isSameAccount, ownAccount } from '../../base/accounts.ts'
import { AppError, isSameReader } from '../../contract/index.ts'
import {
  insertSignIn,
  refusedSignIns,
  type Readable,
  type StoredUser,
  type Writable,
} from '../../store/index.ts'
import { isPin, recoveryHash } from './pins.ts'

/** Wrong PINs that cost no wait. */
const freeAttempts = 3
const firstWaitSeconds = 30
const longestWaitSeconds = 3600

/** The wait after so many wrong PINs in a row, in seconds: none, then 30, and twice as long each time up to an hour. */
export const waitAfter = (refused: number): number =>
  refused < freeAttempts ? 0 : Math.min(firstWaitSeconds * 2 ** (refused - freeAttempts), longestWaitSeconds)

/** Seconds until the next attempt is heard. They are counted from the audit trail, so a restart changes nothing. */
function waitSeconds(database: Readable, name: string, now: number): number {
  const { count, newest } = refusedSignIns(database, name)
  const since = newest === null ? 0 : now - Date.parse(newest)
  const waited = newest !== null && since < 0 ? sinceSeen(database, name, newest) : since
  return Math.max(0, Math.ceil(waitAfter(count) - waited / 1000))
}

/** When this process first saw an attempt from the future as the newest one of a user. */
const seen = new WeakMap<Readable, Map<string, { newest: string; atMs: number }>>()

/**
 * Milliseconds since this process first saw an attempt that is later than the clock: the clock was wrong then, or was
 * set back. That does not shorten the wait, and does not lengthen it to the time of the attempt, which may be years
 * ahead.
 */
function sinceSeen(database: Readable, name: string, newest: string): number {
  const ofDatabase = seen.get(database) ?? new Map<string, { newest: string; atMs: number }>()
  seen.set(database, ofDatabase)
  const known = ofDatabase.get(name)
  if (known?.newest === newest) return performance.now() - known.atMs
  ofDatabase.set(name, { newest, atMs: performance.now() })
  return 0
}

/** @throws AppError `user.unknown` */
export function requireUser(users: readonly StoredUser[], name: string): StoredUser {
  const user = users.find((known) => isSameReader(known.name, name))
  if (user === undefined) throw new AppError('user.unknown', { name })
  return user
}

/** Attempts are examined one after the other, so that many at once are not more than their wait allows. */
const turns = new WeakMap<Readable, Promise<unknown>>()

/**
 * Examines whether a person may sign in as a user, and records it. A workspace that may only be read records nothing.
 * @param pin the PIN, or an administrator's recovery code; null: the account of this process
 * @throws AppError `user.wrong-pin`, `user.wait`, `user.other-account`
 */
export async function examineSignIn(database: Writable, user: StoredUser, pin: string | null): Promise<void> {
  const earlier = turns.get(database) ?? Promise.resolve()
  const examined = earlier.then(() => examine(database, user, pin))
  turns.set(
    database,
    examined.catch(() => undefined),
  )
  return examined
}

async function examine(database: Writable, user: StoredUser, pin: string | null): Promise<void> {
  const { name, account } = user
  // A recovery code cannot be guessed, so it does not wait: others cannot lock an administrator out with wrong PINs.
  const isRecovery = account === null && isRecoveryCode(user, pin ?? '')
  const before = account === null && !isRecovery ? waitSeconds(database, name, Date.now()) : 0
  if (before > 0) throw new AppError('user.wait', { name, waitSeconds: before })
  const isAccepted =
    account === null
      ? isRecovery || (user.pinHash !== null && (await isPin(pin ?? '', user.pinHash)))
      : isSameAccount(account, ownAccount())
  if (!database.isReadOnly) insertSignIn(database, name, isAccepted)
  if (isAccepted) return
  if (account !== null) throw new AppError('user.other-account', { name, account: ownAccount() })
  throw new AppError('user.wrong-pin', { name, waitSeconds: waitSeconds(database, name, Date.now()) })
}

const isRecoveryCode = ({ recoverySha256 }: StoredUser, code: string): boolean =>
  recoverySha256 !== null && recoveryHash(code) === recoverySha256
