import { z } from 'zod'
import { count, done, nothing, readerName, reason } from './atoms.ts'
import { call } from './call.ts'
import { roles } from './roles.ts'

/** Time without use after which the window or the browser locks itself: a setting of the machine, within these limits. */
export const lockMinutes = { least: 1, usual: 10, most: 60 } as const

export const minPinLength = 6
/** A PIN, or the recovery code in its place. What makes a new one too weak is `user.weak-pin`. */
const pin = z.string().min(1).max(64)
const role = z.enum(roles)

export const userViewSchema = z.object({
  /** The name of a reader. */
  name: z.string(),
  role,
  /** The account of the operating system that signs in as this user; null: a PIN does. */
  account: z.string().nullable(),
})
export type UserView = z.infer<typeof userViewSchema>

export const userStateSchema = z.object({
  /** By name; empty: this workspace has no users, and everything is allowed. */
  users: z.array(userViewSchema),
  signedIn: userViewSchema.nullable(),
  /** Whether that user must sign in again, after a time without use or on request. */
  isLocked: z.boolean(),
  /** The account of the operating system that runs Lobule. */
  account: z.string(),
  /** Minutes without use until the window or the browser locks itself. */
  lockAfterMinutes: z.int(),
  /**
   * A code that the signed-in user was shown and has not confirmed (`user.confirmCode`), and whose it is; null also while
   * the page is locked.
   */
  recoveryCode: z.object({ of: z.string(), code: z.string() }).nullable(),
})
export type UserState = z.infer<typeof userStateSchema>

/** Who signs in to a workspace that cannot be opened yet; `user` null: the user with the account of this process. */
export const signInToMend = {
  user: readerName.nullable().default(null),
  pin: pin.nullable().default(null),
}

/** How a user signs in: one of the two is null. */
const signIn = {
  pin: pin.nullable().default(null),
  account: z.string().min(1).max(256).nullable().default(null),
}
/**
 * `recoveryCode`: of an administrator with a new PIN; it signs in where the PIN was forgotten. `user.state` has it until it was
 * confirmed, or this process ended.
 */
const withCode = z.object({ recoveryCode: z.string().nullable() })

/** Users of a workspace, their roles, and signing in (docs/users.md). */
export const userCalls = {
  'user.state': call({
    input: nothing,
    output: userStateSchema,
    audit: 'reads',
    blinded: 'open',
    role: 'anyone',
  }),
  /**
   * Signs in and unlocks. `pin` is null for a user with an account. Errors `user.unknown`, `user.wrong-pin`, `user.wait`,
   * `user.other-account`.
   */
  'user.signIn': call({
    input: z.strictObject({ name: readerName, pin: pin.nullable() }),
    output: userStateSchema,
    audit: ['sign-in'],
    blinded: 'open',
    role: 'anyone',
  }),
  'user.signOut': call({ input: nothing, output: done, audit: 'untracked', blinded: 'open', role: 'anyone' }),
  'user.lock': call({ input: nothing, output: done, audit: 'untracked', blinded: 'open', role: 'anyone' }),
  /** A person uses the page, although it calls nothing else: the time until the lock begins again. */
  'user.active': call({
    input: nothing,
    output: done,
    audit: 'untracked',
    blinded: 'open',
    role: 'read-only',
  }),
  /**
   * Makes a reader a user. The first one must be an administrator, turns users on, and is signed in. Errors `user.exists`,
   * `user.first-administrator`, `user.only-account`, `user.weak-pin`, `user.one-sign-in`, `reader.looks-alike`.
   */
  'user.add': call({
    input: z.strictObject({ name: readerName, role, ...signIn }),
    output: withCode,
    audit: ['user', 'reader', 'sign-in'],
    blinded: 'open',
    role: 'administrator',
  }),
  /** Errors `user.unknown`, `user.last-administrator`. */
  'user.setRole': call({
    input: z.strictObject({ name: readerName, role, reason }),
    output: done,
    audit: ['user'],
    blinded: 'open',
    role: 'administrator',
  }),
  /**
   * Sets how another user signs in, such as one who forgot their PIN; one's own PIN takes `user.changePin`. Errors
   * `user.unknown`, `user.own-pin`, `user.only-account`, `user.weak-pin`, `user.one-sign-in`.
   */
  'user.setSignIn': call({
    input: z.strictObject({ name: readerName, ...signIn }),
    output: withCode,
    audit: ['user'],
    blinded: 'open',
    role: 'administrator',
  }),
  /** The signed-in user's own PIN. `pin`: the present one, or the recovery code. */
  'user.changePin': call({
    input: z.strictObject({ pin, newPin: pin }),
    output: withCode,
    audit: ['user', 'sign-in'],
    blinded: 'open',
    role: 'read-only',
  }),
  /** The recovery code of a user is written down, and is not shown again. */
  'user.confirmCode': call({
    input: z.strictObject({ name: readerName }),
    output: done,
    audit: 'untracked',
    blinded: 'open',
    role: 'administrator',
  }),
  /** Their labels and events stay. Errors `user.unknown`, `user.last-administrator`. */
  'user.remove': call({
    input: z.strictObject({ name: readerName, reason }),
    output: done,
    audit: ['user'],
    blinded: 'open',
    role: 'administrator',
  }),
  /** Sets the minutes without use until the lock, for all workspaces of this machine. Error `policy.forbids`. */
  'user.setLock': call({
    input: z.strictObject({ minutes: z.int().min(lockMinutes.least).max(lockMinutes.most) }),
    output: done,
    audit: 'untracked',
    blinded: 'open',
    role: 'administrator',
  }),
  /** Removes all users: everything is allowed again, under any name. */
  'user.turnOff': call({
    input: z.strictObject({ reason: z.string().trim().min(1).max(2000) }),
    output: z.object({ removed: count }),
    audit: ['user'],
    blinded: 'open',
    role: 'administrator',
  }),
}
