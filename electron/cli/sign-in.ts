import { isSameAccount } from '../base/accounts.ts'
import { isSameReader } from '../contract/index.ts'
import { askPin } from './ask-pin.ts'
import type { CommandContext } from './context.ts'

/**
 * Signs in to the open workspace if it has users: as LOBULE_USER, otherwise as the user of the account that runs the
 * command, or the reader of this machine. A PIN comes from LOBULE_PIN or the terminal.
 * @throws AppError `user.unknown`, `user.wrong-pin`, `user.wait`, `user.other-account`, `user.signed-out`
 */
export async function signIn(context: CommandContext): Promise<void> {
  const { users, account } = await context.call('user.state', {})
  if (users.length === 0) return
  const name =
    process.env['LOBULE_USER'] ??
    users.find((user) => user.account !== null && isSameAccount(user.account, account))?.name ??
    (await context.call('app.info', {})).reader
  const user = users.find((known) => isSameReader(known.name, name))
  const needsPin = user !== undefined && user.account === null
  const pin = needsPin ? await askPin('LOBULE_PIN', `PIN of ${user.name}: `) : null
  await context.call('user.signIn', { name, pin })
}
