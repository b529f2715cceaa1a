import { Option, type Command } from 'commander'
import { lockMinutes, roles, type Role, type UserState } from '../../contract/index.ts'
import { askPin } from '../ask-pin.ts'
import { print, printTable } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface SignInOptions extends WorkspaceOptions {
  account?: string
}

const accountFlag = [
  '--account <name>',
  'an account of the operating system that signs in as this user; default: a PIN, typed or in LOBULE_NEW_PIN',
] as const

/** The account, or the PIN of LOBULE_NEW_PIN or the terminal. */
const signInOf = async (name: string, account?: string): Promise<{ pin: string } | { account: string }> =>
  account === undefined ? { pin: await askPin('LOBULE_NEW_PIN', `New PIN of ${name}: `) } : { account }

/** `lobule users`. */
export function addUserCommands(program: Command): void {
  const users = program.command('users').description('users of a workspace and their roles (docs/users.md)')
  const subcommand = (name: string, description: string): Command =>
    users
      .command(name)
      .description(description)
      .requiredOption(...workspaceFlag)
      .option(...jsonFlag)

  users
    .command('list', { isDefault: true })
    .description('list the users')
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions) => {
      await runInWorkspace(options, (context) => context.call('user.state', {}), presentUsers)
    })
  subcommand('add <name>', 'make a reader a user; the first one turns users on')
    .addOption(new Option('--role <role>', 'what the user may do').choices(roles).makeOptionMandatory())
    .option(...accountFlag)
    .action(async (name: string, options: SignInOptions & { role: Role }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const signIn = await signInOf(name, options.account)
          return context.call('user.add', { name, role: options.role, ...signIn })
        },
        ({ recoveryCode }) => {
          print(`${name} is a user with the role ${options.role}.`)
          presentCode(recoveryCode)
        },
      )
    })

  subcommand('role <name>', 'give a user another role')
    .addOption(new Option('--role <role>', 'what the user may do').choices(roles).makeOptionMandatory())
    .option('--reason <text>', 'why, for the audit trail')
    .action(async (name: string, options: WorkspaceOptions & { role: Role; reason?: string }) => {
      const { role, reason } = options
      await runInWorkspace(
        options,
        (context) => context.call('user.setRole', { name, role, reason: reason ?? null }),
        () => print(`${name} has the role ${role}.`),
      )
    })

  subcommand('sign-in <name>', 'set a new PIN or the account of another user, such as one who forgot the PIN')
    .option(...accountFlag)
    .action(async (name: string, options: SignInOptions) => {
      await runInWorkspace(
        options,
        async (context) => {
          const signIn = await signInOf(name, options.account)
          return context.call('user.setSignIn', { name, ...signIn })
        },
        ({ recoveryCode }) => {
          print(`${name} signs in with ${options.account === undefined ? 'the new PIN' : options.account}.`)
          presentCode(recoveryCode)
        },
      )
    })

  subcommand('pin', 'change your own PIN; the recovery code also serves as the old one').action(
    async (options: WorkspaceOptions) => {
      await runInWorkspace(
        options,
        async (context) => {
          const pin = await askPin('LOBULE_PIN', 'PIN until now: ')
          return context.call('user.changePin', { pin, newPin: await askPin('LOBULE_NEW_PIN', 'New PIN: ') })
        },
        ({ recoveryCode }) => {
          print('The PIN is changed.')
          presentCode(recoveryCode)
        },
      )
    },
  )

  subcommand('remove <name>', 'a reader is no user any more; their labels stay')
    .option('--reason <text>', 'why, for the audit trail')
    .action(async (name: string, options: WorkspaceOptions & { reason?: string }) => {
      await runInWorkspace(
        options,
        (context) => context.call('user.remove', { name, reason: options.reason ?? null }),
        () => print(`${name} is no user any more.`),
      )
    })

  subcommand(
    'lock-after <minutes>',
    `minutes without use until the page locks itself, ${lockMinutes.least} to ${lockMinutes.most}, on this machine`,
  ).action(async (minutes: string, options: WorkspaceOptions) => {
    await runInWorkspace(
      options,
      (context) => context.call('user.setLock', { minutes: Number(minutes) }),
      () => print(`The window and the browser lock themselves after ${minutes} minutes without use.`),
    )
  })

  subcommand('off', 'remove all users, so that everyone may do everything under any name')
    .requiredOption('--reason <text>', 'why, for the audit trail')
    .action(async (options: WorkspaceOptions & { reason: string }) => {
      await runInWorkspace(
        options,
        (context) => context.call('user.turnOff', { reason: options.reason }),
        ({ removed }) => print(`Users are off; there were ${removed}.`),
      )
    })
}

function presentCode(code: string | null): void {
  if (code === null) return
  print(
    `Recovery code: ${code}`,
    'Write it down and lock it away: it signs in if the PIN is forgotten, and is not shown again.',
  )
}

function presentUsers({ users, signedIn, lockAfterMinutes }: UserState): void {
  if (users.length === 0) {
    print('This workspace has no users: everything is allowed, under any name.')
    return
  }
  printTable([
    ['user', 'role', 'signs in with', ''],
    ...users.map(({ name, role, account }) => [
      name,
      role,
      account === null ? 'a PIN' : `the account ${account}`,
      name === signedIn?.name ? 'signed in' : '',
    ]),
  ])
  print(`The window and the browser lock themselves after ${lockAfterMinutes} minutes without use.`)
}
