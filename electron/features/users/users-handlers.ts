import { ownAccount } from '../../base/accounts.ts'
import { AppError, isSameReader, type UserState, type UserView } from '../../contract/index.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { insertSignIn, type StoredUser } from '../../store/index.ts'
import { examineSignIn, requireUser } from './sign-in.ts'
import { UnconfirmedCodes } from './unconfirmed-codes.ts'
import { addUser, removeUser, setRole, setSignIn, turnOff } from './users.ts'

const viewOf = ({ name, role, account }: StoredUser): UserView => ({ name, role, account })

export function userHandlers(context: ServiceContext): HandlersOf<'user'> {
  const { session, signedIn, settings, emit } = context
  const codes = new UnconfirmedCodes()
  const state = (): UserState => {
    const user = signedIn.user()
    const atWork = signedIn.userAtWork()
    return {
      users: signedIn.users().map(viewOf),
      signedIn: user === null ? null : viewOf(user),
      isLocked: signedIn.isLocked,
      account: ownAccount(),
      lockAfterMinutes: settings.lockAfterMinutes,
      recoveryCode:
        atWork?.role === 'administrator'
          ? codes.shownTo(session.workspace.path, atWork.name, signedIn.users())
          : null,
    }
  }
  const announce = (): void => emit({ name: 'user.changed', payload: {} })
  /** Keeps a new code of `of` until the user who set the PIN has confirmed it, in the workspace where that was asked. */
  const withCode = (
    path: string,
    of: string,
    { code, shownTo }: { code: string | null; shownTo: string },
  ): { recoveryCode: string | null } => {
    if (code !== null) codes.keep(path, of, { code, shownTo })
    announce()
    return { recoveryCode: code }
  }
  /** The page loads again what this user may see. */
  const enter = (name: string): void => {
    signedIn.enter(name)
    announce()
  }
  /** @throws AppError `user.unknown` in a workspace without users */
  const own = (): StoredUser => {
    const user = signedIn.user()
    if (user === null) throw new AppError('user.unknown', { name: settings.content.reader })
    return user
  }
  /**
   * Whether `asked`, who was signed in when a change was requested, still is and may make it: hashing a PIN takes a while.
   * @throws AppError `user.signed-out`, `user.not-allowed`
   */
  const requireAdministrator = (asked: StoredUser | null): void => {
    const user = signedIn.userAtWork()
    if (user === null || user.name !== asked?.name) throw new AppError('user.signed-out', {})
    signedIn.require('administrator')
  }
  return {
    'user.state': state,
    'user.signIn': async ({ name, pin }) => {
      const { database } = session.workspace
      const user = requireUser(signedIn.users(), name)
      await examineSignIn(database, user, pin)
      // Another workspace may have been opened meanwhile.
      if (session.workspace.database !== database) throw new AppError('user.signed-out', {})
      enter(user.name)
      return state()
    },
    'user.signOut': () => {
      signedIn.leave()
      announce()
      return {}
    },
    'user.lock': () => {
      signedIn.lock()
      return {}
    },
    'user.active': () => ({}),
    'user.add': async (input) => {
      const { database, path } = session.workspace
      const asked = signedIn.user()
      const { name, isFirst, recoveryCode } = await addUser(database, input, () =>
        requireAdministrator(asked),
      )
      if (isFirst) {
        insertSignIn(database, name, true)
        signedIn.enter(name)
      }
      return withCode(path, name, { code: recoveryCode, shownTo: asked?.name ?? name })
    },
    'user.setRole': ({ name, role, reason }) => {
      setRole(session.workspace.database, name, role, reason)
      announce()
      return {}
    },
    'user.setSignIn': async ({ name, ...given }) => {
      const user = signedIn.user()
      // Who finds the page of someone else open must not take the PIN over. An account has been shown already.
      if (user?.account === null && isSameReader(user.name, name))
        throw new AppError('user.own-pin', { name: user.name })
      const { database, path } = session.workspace
      const asked = requireUser(signedIn.users(), name)
      const code = await setSignIn(database, asked.name, given)
      return withCode(path, asked.name, { code, shownTo: user?.name ?? asked.name })
    },
    'user.changePin': async ({ pin, newPin }) => {
      const { database, path } = session.workspace
      const user = own()
      if (user.account !== null) throw new AppError('user.no-pin', { name: user.name })
      await examineSignIn(database, user, pin)
      const code = await setSignIn(database, user.name, { pin: newPin, account: null })
      return withCode(path, user.name, { code, shownTo: user.name })
    },
    'user.confirmCode': ({ name }) => {
      const { path } = session.workspace
      codes.confirm(path, requireUser(signedIn.users(), name).name, own().name)
      announce()
      return {}
    },
    'user.remove': ({ name, reason }) => {
      removeUser(session.workspace.database, name, reason)
      announce()
      return {}
    },
    'user.setLock': ({ minutes }) => {
      settings.setLockAfter(minutes)
      // The time that has begun is the new one.
      signedIn.use()
      announce()
      return {}
    },
    'user.turnOff': ({ reason }) => {
      const removed = turnOff(session.workspace.database, own().name, reason)
      signedIn.leave()
      announce()
      return { removed }
    },
  }
}
