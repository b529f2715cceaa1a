import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AppError } from '../../../../electron/contract/index.ts'
import { oldWorkspace } from '../../../support/old-workspace.ts'
import { startApplication, type Caller } from '../audit/seeded-workspace.ts'

const pin = 'a long walk'
const wrong = 'a wrong walk'
const account = userInfo().username

let root: string
let caller: Caller
const open = async (): Promise<void> => {
  caller = startApplication(join(root, 'home'))
  await caller.call('workspace.open', { path: join(root, 'w') })
}
const restart = async (): Promise<void> => {
  await caller.application.close()
  await open()
}
/** `in`, or the code of the error and the seconds to wait. */
async function attempt(name: string, secret: string | null): Promise<string> {
  try {
    await caller.call('user.signIn', { name, pin: secret })
    return 'in'
  } catch (error) {
    const { code, details } = error as AppError
    return 'waitSeconds' in details ? `${code} ${String(details.waitSeconds)}` : code
  }
}
const isWhole = async (): Promise<boolean> => (await caller.call('audit.verify', {})).whole

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-users-'))
  oldWorkspace(root, 29, '')
  await open()
})
afterEach(async () => {
  vi.useRealTimers()
  await caller.application.close()
  rmSync(root, { recursive: true })
})

it('a workspace of an earlier format opens without users, and all is as before', async () => {
  expect(await caller.call('user.state', {})).toMatchObject({ users: [], signedIn: null, isLocked: false })
  await caller.call('reader.set', { name: 'bea' })
  expect(await isWhole()).toBe(true)
})

it('turns users on with an administrator, who is signed in', async () => {
  await expect(caller.call('user.add', { name: 'ada', role: 'technician', account })).rejects.toMatchObject({
    code: 'user.first-administrator',
  })
  await expect(
    caller.call('user.add', { name: 'ada', role: 'administrator', pin, account }),
  ).rejects.toMatchObject({ code: 'user.one-sign-in' })
  const { recoveryCode } = await caller.call('user.add', { name: 'Ada', role: 'administrator', pin })
  expect(recoveryCode).toHaveLength(24)
  // The name as the workspace spells it.
  expect(await caller.call('user.state', {})).toMatchObject({ signedIn: { name: 'ada' }, isLocked: false })
  await expect(caller.call('user.add', { name: 'ADA', role: 'technician', pin })).rejects.toMatchObject({
    code: 'user.exists',
  })
  const { events } = await caller.call('audit.list', { limit: 2 })
  expect(events).toMatchObject([
    { kind: 'sign-in', reader: 'ada', after: { accepted: true } },
    {
      kind: 'user',
      reader: 'ada',
      object: { type: 'user', name: 'ada' },
      after: { role: 'administrator', users: 'on' },
    },
  ])
  expect(JSON.stringify(events)).not.toContain('argon2')
})

it('waits longer after each wrong PIN, also after a restart and for many attempts at once', async () => {
  await caller.call('user.add', { name: 'ada', role: 'administrator', pin })
  await caller.call('user.signOut', {})
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  expect(await Promise.all([1, 2, 3, 4, 5].map(() => attempt('ada', wrong)))).toEqual([
    'user.wrong-pin 0',
    'user.wrong-pin 0',
    'user.wrong-pin 30',
    'user.wait 30',
    'user.wait 30',
  ])
  await restart()
  // The right PIN waits too, or the wait would tell whether it was right.
  expect(await attempt('ada', pin)).toBe('user.wait 30')
  vi.setSystemTime(Date.now() - 3_600_000)
  expect(await attempt('ada', pin)).toBe('user.wait 30')
  vi.setSystemTime(Date.now() + 3_600_000 + 30_000)
  expect(await attempt('ada', wrong)).toBe('user.wrong-pin 60')
  vi.setSystemTime(Date.now() + 60_000)
  expect(await attempt('ada', pin)).toBe('in')
  await caller.call('user.signOut', {})
  expect(await attempt('ada', wrong)).toBe('user.wrong-pin 0')
  expect(await attempt('ada', pin)).toBe('in')
  expect(await isWhole()).toBe(true)
})

it('an administrator who forgot the PIN signs in with the recovery code, once there is no newer one', async () => {
  const { recoveryCode } = await caller.call('user.add', { name: 'ada', role: 'administrator', pin })
  await caller.call('user.signOut', {})
  const code = recoveryCode ?? ''
  expect(await attempt('ada', code.toLowerCase())).toBe('in')
  await caller.call('user.signOut', {})
  // It cannot be guessed, and wrong PINs of others do not keep it waiting.
  for (const expected of ['user.wrong-pin 0', 'user.wrong-pin 0', 'user.wrong-pin 30', 'user.wait 30'])
    expect(await attempt('ada', wrong)).toBe(expected)
  expect(await attempt('ada', code)).toBe('in')
  const newer = await caller.call('user.changePin', { pin: code, newPin: 'a new long walk' })
  await caller.call('user.signOut', {})
  expect(await attempt('ada', code)).toBe('user.wrong-pin 0')
  expect(await attempt('ada', newer.recoveryCode)).toBe('in')
})

it('keeps a recovery code until the user who set the PIN confirms it, and shows it to no one else', async () => {
  const shown = async () => (await caller.call('user.state', {})).recoveryCode
  await caller.call('user.add', { name: 'ada', role: 'administrator', account })
  await caller.call('user.add', { name: 'ben', role: 'administrator', account })
  await caller.call('user.add', { name: 'eva', role: 'technician', account })
  const { recoveryCode } = await caller.call('user.add', { name: 'kim', role: 'administrator', pin })
  const kept = { of: 'kim', code: recoveryCode }
  expect(await shown()).toEqual(kept)
  await caller.call('user.lock', {})
  expect(await shown()).toBeNull()
  for (const name of ['ben', 'eva', 'kim']) {
    expect(await attempt(name, name === 'kim' ? recoveryCode : null)).toBe('in')
    expect(await shown(), name).toBeNull()
    // Nor can another administrator make it go away.
    if (name !== 'eva') await caller.call('user.confirmCode', { name: 'kim' })
  }
  await caller.call('workspace.close', {})
  expect(await shown()).toBeNull()
  await caller.call('workspace.open', { path: join(root, 'w') })
  expect(await attempt('ada', null)).toBe('in')
  expect(await shown()).toEqual(kept)
  await caller.call('user.confirmCode', { name: 'KIM' })
  expect(await shown()).toBeNull()
  // A code that is worth nothing any more is not shown either.
  await caller.call('user.setSignIn', { name: 'ben', pin })
  expect(await shown()).toMatchObject({ of: 'ben' })
  await caller.call('user.setRole', { name: 'ben', role: 'technician' })
  expect(await shown()).toBeNull()
})

it('attempts that are later than the clock wait from now, not until their time', async () => {
  await caller.call('user.add', { name: 'ada', role: 'administrator', pin })
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.now() + 10 * 365 * 86_400_000 })
  for (const expected of ['user.wrong-pin 0', 'user.wrong-pin 0', 'user.wrong-pin 30'])
    expect(await attempt('ada', wrong)).toBe(expected)
  vi.setSystemTime(Date.now() - 10 * 365 * 86_400_000)
  expect(await attempt('ada', pin)).toBe('user.wait 30')
  vi.advanceTimersByTime(29_000)
  expect(await attempt('ada', pin)).toBe('user.wait 1')
  vi.advanceTimersByTime(1000)
  expect(await attempt('ada', pin)).toBe('in')
})

it('a signed-in user changes their PIN with the present one alone, also an administrator', async () => {
  await caller.call('user.add', { name: 'ada', role: 'administrator', pin })
  for (const name of ['ada', 'ADA'])
    for (const way of [{ pin: 'another walk' }, { account }])
      await expect(caller.call('user.setSignIn', { name, ...way })).rejects.toMatchObject({
        code: 'user.own-pin',
        details: { name: 'ada' },
      })
  await caller.call('user.signOut', {})
  expect(await attempt('ada', pin)).toBe('in')
})

it('refuses an account that would lock the only administrator out', async () => {
  const misspelt = `${account}x`
  const refusal = { code: 'user.only-account', details: { name: 'ada', wanted: misspelt, account } }
  await expect(
    caller.call('user.add', { name: 'ada', role: 'administrator', account: misspelt }),
  ).rejects.toMatchObject(refusal)
  expect(await caller.call('user.state', {})).toMatchObject({ users: [] })
  await caller.call('user.add', { name: 'ada', role: 'administrator', account })
  await expect(caller.call('user.setSignIn', { name: 'ada', account: misspelt })).rejects.toMatchObject(
    refusal,
  )
  // Beside another administrator it is an account of another computer.
  await caller.call('user.add', { name: 'ben', role: 'administrator', account: misspelt })
  await caller.call('user.setSignIn', { name: 'ada', account: misspelt })
})

it('of two first administrators at once, only one becomes a user', async () => {
  const added = await Promise.allSettled(
    ['ada', 'ben'].map((name) => caller.call('user.add', { name, role: 'administrator', pin })),
  )
  expect(added.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(added.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'user.signed-out' },
  })
  const { users, signedIn } = await caller.call('user.state', {})
  expect(users).toHaveLength(1)
  expect(signedIn).toEqual(users[0])
  expect(await isWhole()).toBe(true)
})

it('an administrator gives a new PIN to who forgot theirs, which ends the wait', async () => {
  await caller.call('user.add', { name: 'ada', role: 'administrator', account })
  await caller.call('user.add', { name: 'ben', role: 'technician', pin })
  for (const expected of ['user.wrong-pin 0', 'user.wrong-pin 0', 'user.wrong-pin 30', 'user.wait 30'])
    expect(await attempt('ben', wrong)).toBe(expected)
  expect(await caller.call('user.setSignIn', { name: 'ben', pin: 'another walk' })).toEqual({
    recoveryCode: null,
  })
  expect(await attempt('ben', 'another walk')).toBe('in')
})

it('only the account of a user signs in as that user', async () => {
  await caller.call('user.add', { name: 'ada', role: 'administrator', account })
  await caller.call('user.add', { name: 'ben', role: 'technician', account: `not ${account}` })
  expect(await attempt('ben', null)).toBe('user.other-account')
  expect(await attempt('ben', pin)).toBe('user.other-account')
  expect(await attempt('gus', null)).toBe('user.unknown')
  await restart()
  expect(await attempt('ada', null)).toBe('in')
})

it('keeps an administrator, and only an administrator turns users off', async () => {
  await caller.call('user.add', { name: 'ada', role: 'administrator', account })
  await caller.call('user.add', { name: 'ben', role: 'pathologist', account })
  for (const change of [
    caller.call('user.remove', { name: 'ada' }),
    caller.call('user.setRole', { name: 'ada', role: 'pathologist' }),
  ])
    await expect(change).rejects.toMatchObject({ code: 'user.last-administrator' })
  expect(await attempt('ben', null)).toBe('in')
  await expect(caller.call('user.turnOff', { reason: 'I want to.' })).rejects.toMatchObject({
    code: 'user.not-allowed',
    details: { name: 'ben', role: 'pathologist', needed: 'administrator' },
  })
  expect(await attempt('ada', null)).toBe('in')
  expect(await caller.call('user.turnOff', { reason: 'One room, one person.' })).toEqual({ removed: 2 })
  const { events } = await caller.call('audit.list', { limit: 2 })
  expect(events).toMatchObject(
    ['ada', 'ben'].map((name) => ({
      kind: 'user',
      reader: 'ada',
      reason: 'One room, one person.',
      object: { name },
      after: { users: 'off' },
    })),
  )
  await caller.call('reader.set', { name: 'gus' })
  expect(await isWhole()).toBe(true)
})
