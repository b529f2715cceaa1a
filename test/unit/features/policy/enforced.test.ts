import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  defaultSchedule,
  type CallInput,
  type CallName,
  type CallOutput,
  type Policy,
} from '../../../../electron/contract/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { tasks } from '../../../../electron/compute/tasks.ts'
import { requireAllowed } from '../../../../electron/engine/encoders/allowed-encoders.ts'
import type { DoorOptions } from '../../../../electron/session/door-options.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'

let root: string
let application: Application
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-policy-'))))
afterEach(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

function start(rules: Policy, door: DoorOptions = { tiles: '', choose: null }): void {
  application = createApplication({
    homeDirectory: join(root, 'home'),
    version: '0.0.0',
    policy: { rules, source: '/etc/lobule/policy.json' },
    launchCompute: inProcessCompute(tasks).launch,
    door,
  })
}
async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N> | string> {
  const answer = await dispatch(application.handlers, name, input)
  return answer.ok ? (answer.value as CallOutput<N>) : answer.error.message
}

it('downloads nothing where downloads are off', async () => {
  start({ allowDownloads: false })
  expect(await call('encoder.fetch', { names: ['vgg16'] })).toMatch(/^Downloading encoders is not allowed/)
  expect(await call('app.policy', {})).toMatchObject({
    source: '/etc/lobule/policy.json',
    locked: [{ key: 'allowDownloads', value: 'off' }],
  })
})

it('opens no port for a browser where that is off, while the window starts', async () => {
  start({ allowBrowser: false })
  expect(await call('app.info', {})).toMatchObject({ isBlind: false })
  await application.close()
  expect(() => start({ allowBrowser: false }, { tiles: '/slide', choose: null, isBrowser: true })).toThrow(
    'The use in a browser is not allowed by the policy',
  )
})

it('reads blinded where the policy requires it, and does not end it', async () => {
  start({ requireBlindReading: true })
  await call('workspace.create', { path: join(root, 'w'), classes: 'Benign,Carcinoma*' })
  expect(await call('app.info', {})).toMatchObject({ isBlind: true })
  expect(await call('reader.setBlind', { isBlind: false })).toMatch(
    /^Reading without blinding is not allowed/,
  )
  await call('reader.set', { name: 'Another reader' })
  expect(await call('app.info', {})).toMatchObject({ isBlind: true })
})

it('backs up where and as often as the policy says, whatever a person chooses', async () => {
  start({ backupFolder: join(root, 'backups'), backupEvery: 'week', backupKeepDays: 3 })
  await call('workspace.create', { path: join(root, 'w'), classes: 'Benign,Carcinoma*' })
  const chosen = {
    ...defaultSchedule,
    every: 'never',
    folder: join(root, 'mine'),
    remindAfterDays: 5,
  } as const
  expect(await call('backup.schedule', chosen)).toMatchObject({
    schedule: {
      every: 'week',
      folder: join(root, 'backups'),
      keep: { daily: 3, weekly: 4 },
      remindAfterDays: 5,
    },
  })
})

it('locks after the time of the policy, whatever a person chooses', async () => {
  start({ lockAfterMinutes: 3 })
  await call('workspace.create', { path: join(root, 'w'), classes: 'Benign,Carcinoma*' })
  expect(await call('user.state', {})).toMatchObject({ lockAfterMinutes: 3 })
  expect(await call('user.setLock', { minutes: 60 })).toMatch(/^Another time until the lock is not allowed/)
  expect(await call('user.state', {})).toMatchObject({ lockAfterMinutes: 3 })
})

it('uses the encoders that are allowed, by name or fingerprint', () => {
  start({})
  process.env['LOBULE_ALLOWED_ENCODERS'] = 'vgg16,abc'
  try {
    expect(() => requireAllowed('vgg16', null)).not.toThrow()
    expect(() => requireAllowed('own', 'abc')).not.toThrow()
    expect(() => requireAllowed('resnet50', 'def')).toThrow('The encoder resnet50 is not allowed')
  } finally {
    delete process.env['LOBULE_ALLOWED_ENCODERS']
  }
  expect(() => requireAllowed('resnet50', 'def')).not.toThrow()
})
