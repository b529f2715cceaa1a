import { userInfo } from 'node:os'
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

/** The account that runs this process, as the operating system has it; no variable of the environment changes it. */
export const ownAccount = (): string => {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

/** The wait after so many wrong PINs in a row, in seconds: none, then 30, and twice as long each time up to an hour. */
export const waitAfter = (refused: number): number =>
  refused < freeAttempts ? 0 : Math.min(firstWaitSeconds * 2 ** (refused - freeAttempts), longestWaitSeconds)

/** Seconds until the next attempt is heard. They are counted from the audit trail, so a restart changes nothing. */
function waitSeconds(database: Readable, name: string, now: number): number {
  const { count, newest } = refusedSignIns(database, name)
  // A clock that was set back does not shorten the wait.
  const since = newest === null ? 0 : Math.max(0, now - Date.parse(newest))
  return Math.max(0, Math.ceil(waitAfter(count) - since / 1000))
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
  const before = account === null ? waitSeconds(database, name, Date.now()) : 0
  if (before > 0) throw new AppError('user.wait', { name, waitSeconds: before })
  const isAccepted = account === null ? await holdsSecret(user, pin ?? '') : account === ownAccount()
  if (!database.isReadOnly) insertSignIn(database, name, isAccepted)
  if (isAccepted) return
  if (account !== null) throw new AppError('user.other-account', { name, account: ownAccount() })
  throw new AppError('user.wrong-pin', { name, waitSeconds: waitSeconds(database, name, Date.now()) })
}

const holdsSecret = async ({ pinHash, recoverySha256 }: StoredUser, pin: string): Promise<boolean> =>
  (pinHash !== null && (await isPin(pin, pinHash))) ||
  (recoverySha256 !== null && recoveryHash(pin) === recoverySha256)
