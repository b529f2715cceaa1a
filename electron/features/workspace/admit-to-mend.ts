import { isSameAccount, ownAccount } from '../../base/accounts.ts'
import { AppError, calls, isEnough } from '../../contract/index.ts'
import { areUsersAsRecorded, listUsers, type Mender, type Writable } from '../../store/index.ts'
import { examineSignIn, requireUser } from '../users/sign-in.ts'

/**
 * Who mends a workspace: a user who signs in here, or the reader of this machine where it has no users. Users that
 * another program changed prove nothing, and could keep everyone out: then no one signs in, and the event says why.
 * @param user null: the user with the account of this process
 * @throws AppError `user.signed-out`, `user.not-allowed`; as `requireUser` and `examineSignIn`
 */
export async function admitToMend(
  database: Writable,
  { user, pin }: { user: string | null; pin: string | null },
  machineReader: string,
): Promise<Mender> {
  if (!areUsersAsRecorded(database))
    return { reader: null, withoutSignIn: 'The users are not those that the audit trail describes.' }
  const users = listUsers(database)
  if (users.length === 0) return { reader: machineReader }
  const own = users.find(({ account }) => account !== null && isSameAccount(account, ownAccount()))
  const asked = user === null ? own : requireUser(users, user)
  if (asked === undefined || (asked.account === null && pin === null))
    throw new AppError('user.signed-out', {})
  const { name, role } = asked
  const needed = calls['workspace.mend'].role
  if (!isEnough(role, needed)) throw new AppError('user.not-allowed', { name, role, needed })
  await examineSignIn(database, asked, pin)
  return { reader: name }
}
