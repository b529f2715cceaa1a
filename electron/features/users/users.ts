import { isSameAccount, ownAccount } from '../../base/accounts.ts'
import { AppError, isSameReader, type Role } from '../../contract/index.ts'
import {
  insertUserChange,
  listUsers,
  requireReaderName,
  type StoredSignIn,
  type StoredUser,
  type Writable,
} from '../../store/index.ts'
import { findOrAddReader } from '../labels/readings.ts'
import { hashPin, newRecoveryCode, recoveryHash, requireStrongPin } from './pins.ts'
import { requireUser } from './sign-in.ts'

interface GivenSignIn {
  pin: string | null
  account: string | null
}

/** What is stored of a way to sign in, and the recovery code of an administrator's new PIN. */
interface NewSignIn {
  signIn: StoredSignIn
  recoveryCode: string | null
}

/** @throws AppError `user.one-sign-in`, `user.weak-pin` */
async function newSignIn({ pin, account }: GivenSignIn, role: Role): Promise<NewSignIn> {
  if ((pin === null) === (account === null)) throw new AppError('user.one-sign-in', {})
  if (pin === null) return { signIn: { account, pinHash: null, recoverySha256: null }, recoveryCode: null }
  requireStrongPin(pin)
  const recoveryCode = role === 'administrator' ? newRecoveryCode() : null
  const recoverySha256 = recoveryCode === null ? null : recoveryHash(recoveryCode)
  return { signIn: { account: null, pinHash: await hashPin(pin), recoverySha256 }, recoveryCode }
}

/**
 * Makes a reader a user, and adds the reader if there is none of this name. Returns the name as the workspace spells
 * it, and whether it is the first user.
 * @param requireAdministrator refuses who may not add a user to others
 * @throws AppError `user.exists`, `user.first-administrator`, `user.only-account`, `user.one-sign-in`, `user.weak-pin`,
 * `reader.looks-alike`; as `requireAdministrator`
 */
export async function addUser(
  database: Writable,
  given: GivenSignIn & { name: string; role: Role },
  requireAdministrator: () => void,
): Promise<{ name: string; isFirst: boolean; recoveryCode: string | null }> {
  const refuse = (): string => {
    const users = listUsers(database)
    const known = users.find((user) => isSameReader(user.name, given.name))
    if (known !== undefined) throw new AppError('user.exists', { name: known.name })
    if (users.length > 0) requireAdministrator()
    else if (given.role === 'administrator') requireOwnAccount(given.name, given.account)
    else throw new AppError('user.first-administrator', {})
    return requireReaderName(database, given.name)
  }
  refuse()
  const { signIn, recoveryCode } = await newSignIn(given, given.role)
  return database.transaction(() => {
    // Again: another user may have been added meanwhile.
    const name = refuse()
    const isFirst = listUsers(database).length === 0
    findOrAddReader(database, name)
    insertUserChange(database, {
      before: null,
      after: { name, role: given.role, ...signIn },
      ...(isFirst ? { reader: name, note: { users: 'on' } } : {}),
    })
    return { name, isFirst, recoveryCode }
  })()
}

/** @throws AppError `user.unknown`, `user.last-administrator` */
export function setRole(database: Writable, name: string, role: Role, reason: string | null): void {
  database.transaction(() => {
    const before = requireUser(listUsers(database), name)
    if (before.role === role) return
    if (role !== 'administrator') requireAnotherAdministrator(database, before)
    // A recovery code belongs to an administrator; a new one comes with the next PIN.
    const recoverySha256 = null
    insertUserChange(database, { before, after: { ...before, role, recoverySha256 }, reason })
  })()
}

/** @throws AppError `user.unknown`, `user.only-account`, `user.one-sign-in`, `user.weak-pin` */
export async function setSignIn(
  database: Writable,
  name: string,
  given: GivenSignIn,
): Promise<string | null> {
  const { role } = requireUser(listUsers(database), name)
  const { signIn, recoveryCode } = await newSignIn(given, role)
  return database.transaction(() => {
    const before = requireUser(listUsers(database), name)
    if (isLastAdministrator(database, before)) requireOwnAccount(name, given.account)
    const after: StoredUser = { ...before, ...signIn }
    insertUserChange(database, { before, after, note: given.pin === null ? {} : { pin: 'new' } })
    return recoveryCode
  })()
}

/** @throws AppError `user.unknown`, `user.last-administrator` */
export function removeUser(database: Writable, name: string, reason: string | null): void {
  database.transaction(() => {
    const before = requireUser(listUsers(database), name)
    requireAnotherAdministrator(database, before)
    insertUserChange(database, { before, after: null, reason })
  })()
}

/** Removes all users, the one who does it last. Returns their number. */
export function turnOff(database: Writable, by: string, reason: string): number {
  return database.transaction(() => {
    const users = listUsers(database).sort((a, b) => Number(a.name === by) - Number(b.name === by))
    for (const before of users)
      insertUserChange(database, { before, after: null, reason, reader: by, note: { users: 'off' } })
    return users.length
  })()
}

/** @throws AppError `user.last-administrator` */
function requireAnotherAdministrator(database: Writable, user: StoredUser): void {
  if (isLastAdministrator(database, user)) throw new AppError('user.last-administrator', { name: user.name })
}

const isLastAdministrator = (database: Writable, { name, role }: StoredUser): boolean =>
  role === 'administrator' &&
  listUsers(database).every((user) => user.name === name || user.role !== 'administrator')

/**
 * An only administrator who signs in with an account that is not here, such as a misspelt one, is locked out for good.
 * @throws AppError `user.only-account`
 */
function requireOwnAccount(name: string, wanted: string | null): void {
  const account = ownAccount()
  if (wanted !== null && !isSameAccount(wanted, account))
    throw new AppError('user.only-account', { name, wanted, account })
}
