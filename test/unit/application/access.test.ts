import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  AppError,
  calls,
  isEnough,
  lockMinutes,
  roles,
  type Answer,
  type AnyEvent,
  type Bridge,
  type CallName,
  type ErrorCode,
  type JobView,
  type Role,
} from '../../../electron/contract/index.ts'
import type { Application } from '../../../electron/application/application.ts'
import { createApplication } from '../../../electron/application/create-application.ts'
import { dispatch } from '../../../electron/application/dispatch.ts'
import { isAtRest } from '../../../electron/queue/queued-job.ts'
import { insertUserChange, listUsers, openWorkspace } from '../../../electron/store/index.ts'
import { socketDoor, windowDoor, type Door } from '../../contract/doors.ts'
import { quickPinHash } from '../../support/quick-pin-hash.ts'
import { quickCompute } from '../features/audit/quick-compute.ts'
import { inputsOf } from './blind-inputs.ts'

type Ask = (name: string, input: unknown) => Promise<Answer>

const pin = 'a long walk'
const lockAfterMinutes = lockMinutes.usual
/** A user for each role; all but the administrator sign in with the account that runs this test, which costs no hash. */
const nameOf = (role: Role): string => `the ${role}`
const account = userInfo().username

let root: string
let application: Application
/** The settings of one test are not those of the next. */
let homes = 0
const start = (isCommandLine: boolean): Application =>
  createApplication({
    homeDirectory: join(root, `home ${homes++}`),
    version: '0.0.0',
    // What the doctor would measure.
    launchCompute: quickCompute({
      software: () => Promise.resolve({}),
      backendList: () => Promise.reject(new AppError('compute.crashed', { reason: 'a test' })),
    }).launch,
    door: { tiles: '', choose: null, ...(isCommandLine ? { isCommandLine } : {}) },
  })
const ask: Ask = (name, input) => dispatch(application.handlers, name, input)
const codeOf = (answer: Answer): ErrorCode | null => (answer.ok ? null : answer.error.code)
const signIn = (to: Ask, role: Role): Promise<Answer> =>
  to('user.signIn', { name: nameOf(role), pin: role === 'administrator' ? pin : null })

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-access-'))
  application = start(true)
  await ask('workspace.create', { path: join(root, 'w'), classes: 'Benign,Malignant*' })
  for (const role of [...roles].reverse()) {
    const way = role === 'administrator' ? { pin } : { account }
    expect(await ask('user.add', { name: nameOf(role), role, ...way })).toMatchObject({ ok: true })
  }
  await application.close()
  const store = openWorkspace(join(root, 'w'), 'test')
  const [before] = listUsers(store.database).filter(({ role }) => role === 'administrator')
  if (before !== undefined)
    insertUserChange(store.database, { before, after: { ...before, pinHash: quickPinHash(pin) } })
  store.close()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const open = async (isCommandLine = false): Promise<void> => {
  application = start(isCommandLine)
  await ask('workspace.open', { path: join(root, 'w') })
}

const refusals = ['user.signed-out', 'user.not-allowed', 'user.other-reader'] as const
const isRefused = (answer: Answer): boolean =>
  (refusals as readonly (string | null)[]).includes(codeOf(answer))

/** Inputs of calls that would take long, or end what the other calls need: each fails right after its role was examined. */
const endingAtOnce = (): Partial<Record<CallName, object>> => ({
  'workspace.open': { path: join(root, 'none') },
  'workspace.create': { path: join(root, 'w'), classes: 'A,B' },
  'user.signIn': { name: 'No such user', pin: null },
  'user.changePin': { pin, newPin: '123456' },
  'backend.install': { name: 'tensorflow', device: 'processor', folder: join(root, 'none') },
})
/** Made after all others, in this order. */
const last: readonly CallName[] = ['user.lock', 'user.signOut', 'workspace.close']
/** Made in a workspace of its own. */
const apart: CallName = 'user.turnOff'

const doors: [string, (() => Door) | null][] = [
  ['command line', null],
  ['window', () => windowDoor()],
  ['browser', socketDoor],
]

describe.each(doors)('through the %s', (_name, openDoor) => {
  let page: Ask
  let door: Door | null
  beforeAll(async () => {
    await open(openDoor === null)
    door = openDoor?.() ?? null
    const bridge: Pick<Bridge, 'call'> | undefined = await door?.openPage(application)
    page = bridge === undefined ? ask : (name, input) => bridge.call(name, input)
  })
  /** Waits for the jobs that the calls began: no workspace is closed before. */
  const isIdle = (): Promise<void> =>
    expect
      .poll(async () =>
        ((await page('job.list', {})) as { value: JobView[] }).value.filter((job) => !isAtRest(job)),
      )
      .toEqual([])
  afterAll(async () => {
    await door?.close()
    await application.close()
  })

  it.each(roles)(
    'a user with the role %s makes each call that its record allows, and no other',
    async (role) => {
      const inputs = { ...(await inputsOf(root)) }
      expect(await signIn(page, role)).toMatchObject({ ok: true })
      const make = async (name: CallName): Promise<void> => {
        const [usual = {}] = inputs[name]
        const input = endingAtOnce()[name] ?? usual
        const answer = await page(name, { ...input, ...('reader' in input ? { reader: nameOf(role) } : {}) })
        const allowed = isEnough(role, calls[name].role)
        if (allowed && name !== 'reader.set') expect(isRefused(answer), `${role} ${name}`).toBe(false)
        if (!allowed) expect(codeOf(answer), `${role} ${name}`).toBe('user.not-allowed')
      }
      const mayTurnOff = isEnough(role, calls[apart].role)
      for (const name of Object.keys(calls) as CallName[])
        if (!last.includes(name) && !(name === apart && mayTurnOff)) await make(name)
      await isIdle()
      for (const name of last) await make(name)
      const path = join(root, 'w')
      if (mayTurnOff) {
        const other = join(root, `off ${homes}`)
        cpSync(path, other, { recursive: true })
        expect(await page('workspace.open', { path: other })).toMatchObject({ ok: true })
        expect(await signIn(page, role)).toMatchObject({ ok: true })
        expect(await page(apart, { reason: 'x' })).toMatchObject({ value: { removed: roles.length } })
      }
      expect(await page('workspace.open', { path })).toMatchObject({ ok: true })
    },
  )

  it('no one who is not signed in makes a call that its record does not leave to anyone', async () => {
    const inputs = await inputsOf(root)
    await page('user.signOut', {})
    for (const [name, { role }] of Object.entries(calls)) {
      if (role === 'anyone') continue
      expect(codeOf(await page(name, inputs[name as CallName][0])), name).toBe('user.signed-out')
    }
    expect(codeOf(await page('no.such', {}))).toBe('call.unknown')
  })
})

describe('a user', () => {
  beforeEach(() => open())
  afterEach(async () => {
    vi.useRealTimers()
    await application.close()
  })

  it('acts under their own name alone, and events carry it', async () => {
    await signIn(ask, 'technician')
    expect(codeOf(await ask('undo.state', { reader: 'Anna' }))).toBe('user.other-reader')
    expect(codeOf(await ask('reader.set', { name: 'Anna' }))).toBe('user.other-reader')
    expect(await ask('app.info', {})).toMatchObject({ value: { reader: nameOf('technician') } })
    await ask('reader.add', { name: 'Nora' })
    const { events } = ((await ask('audit.list', { limit: 2 })) as { value: { events: unknown[] } }).value
    expect(events).toMatchObject([
      { kind: 'reader', reader: nameOf('technician'), object: { name: 'Nora' } },
      { kind: 'sign-in', reader: nameOf('technician'), after: { accepted: true } },
    ])
    await ask('user.signOut', {})
    expect(await ask('app.info', {})).not.toMatchObject({ value: { reader: nameOf('technician') } })
  })

  it('is locked out after a time without use: what was sent before is refused, and no event or image leaves', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    await signIn(ask, 'pathologist')
    const recorded: [string, unknown][] = [
      ['image.list', {}],
      ['audit.list', {}],
      ['user.active', {}],
    ]
    for (const [name, input] of recorded) expect(await ask(name, input)).toMatchObject({ ok: true })
    const events: AnyEvent['name'][] = []
    application.onEvent(({ name }) => events.push(name))
    vi.advanceTimersByTime(lockAfterMinutes * 60_000 - 1)
    // The page asks by itself; that is no use.
    expect(await ask('image.list', {})).toMatchObject({ ok: true })
    vi.advanceTimersByTime(1)
    expect(events).toEqual(['user.changed'])
    for (const [name, input] of recorded) expect(codeOf(await ask(name, input)), name).toBe('user.signed-out')
    await expect(application.readPicture('/1/thumbnail')).rejects.toMatchObject({ code: 'user.signed-out' })
    await signIn(ask, 'pathologist')
    expect(await ask('image.list', {})).toMatchObject({ ok: true })
    await ask('user.lock', {})
    expect(await ask('user.state', {})).toMatchObject({
      value: { isLocked: true, signedIn: { name: nameOf('pathologist') } },
    })
    await application.close()
    // The same after a restart, which signs no one in.
    await open()
    for (const [name, input] of recorded) expect(codeOf(await ask(name, input)), name).toBe('user.signed-out')
  })

  it('is locked after the computer slept, and every page hears of it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    await signIn(ask, 'technician')
    const events: AnyEvent['name'][] = []
    application.onEvent(({ name }) => events.push(name))
    // The clock goes on; no timer runs.
    vi.setSystemTime(Date.now() + lockAfterMinutes * 60_000)
    expect(codeOf(await ask('image.list', {}))).toBe('user.signed-out')
    expect(events).toEqual(['user.changed'])
    vi.advanceTimersByTime(lockAfterMinutes * 60_000)
    expect(events).toEqual(['user.changed'])
  })

  it('imports no readings of others as a technician: a file may name any reader, and adjudicate', async () => {
    await signIn(ask, 'technician')
    expect(await ask('exchange.import', { path: join(root, 'forged.jsonl') })).toMatchObject({
      error: { code: 'user.not-allowed', details: { needed: 'pathologist' } },
    })
  })

  it('is locked out after the time that an administrator has set', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    await signIn(ask, 'administrator')
    for (const minutes of [0, 61, 1.5])
      expect(codeOf(await ask('user.setLock', { minutes })), String(minutes)).toBe('call.invalid-input')
    expect(await ask('user.setLock', { minutes: 2 })).toMatchObject({ ok: true })
    expect(await ask('user.state', {})).toMatchObject({ value: { lockAfterMinutes: 2 } })
    vi.advanceTimersByTime(2 * 60_000 - 1)
    expect(await ask('image.list', {})).toMatchObject({ ok: true })
    vi.advanceTimersByTime(1)
    expect(codeOf(await ask('image.list', {}))).toBe('user.signed-out')
    vi.useRealTimers()
  })

  it('stays signed in while used', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    await signIn(ask, 'technician')
    for (let minute = 0; minute < 3 * lockAfterMinutes; minute++) {
      vi.advanceTimersByTime(60_000)
      expect(await ask('user.active', {})).toMatchObject({ ok: true })
    }
  })

  it('keeps the role that the workspace says, from the next call on', async () => {
    await signIn(ask, 'administrator')
    await ask('user.add', { name: 'Second', role: 'administrator', account })
    await ask('user.setRole', { name: nameOf('administrator'), role: 'read-only', reason: null })
    expect(codeOf(await ask('user.turnOff', { reason: 'x' }))).toBe('user.not-allowed')
    await ask('user.signIn', { name: 'Second', pin: null })
    await ask('user.setRole', { name: nameOf('administrator'), role: 'administrator', reason: null })
    await ask('user.remove', { name: 'Second' })
    expect(codeOf(await ask('image.list', {}))).toBe('user.signed-out')
  })
})

it('a workspace without users asks no one', async () => {
  application = start(false)
  await ask('workspace.create', { path: join(root, 'free'), classes: 'Benign,Malignant*' })
  expect(await ask('audit.list', {})).toMatchObject({ ok: true })
  expect(await ask('reader.set', { name: 'Anna' })).toMatchObject({ ok: true })
  await application.close()
})
