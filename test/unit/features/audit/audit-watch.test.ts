import { cpSync, existsSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  fromErrorView,
  type AuditVerification,
  type CallInput,
  type CallName,
  type CallOutput,
} from '../../../../electron/contract/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { labelledWorkspace, tamper } from './damaged-trail.ts'
import { waitUntil } from '../../../support/waiting.ts'

let path: string
let remove: () => void
let application: Application
const homeDirectory = (): string => join(path, '..', 'home')
const start = (): void => {
  application = createApplication({
    homeDirectory: homeDirectory(),
    version: '0.0.0',
    launchCompute: inProcessCompute({}).launch,
    door: { tiles: '', choose: null },
  })
}
beforeEach(() => {
  const made = labelledWorkspace(4)
  made.store.close()
  ;({ path, remove } = made)
  start()
})
afterEach(async () => {
  await application.close()
  remove()
})

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const answer = await dispatch(application.handlers, name, input)
  if (!answer.ok) throw fromErrorView(answer.error)
  return answer.value as CallOutput<N>
}
const label = (): Promise<unknown> => call('image.label', { imageIds: [1], className: 'Benign' })
/** Opens it and waits for the automatic verification. */
async function open(): Promise<AuditVerification> {
  await call('workspace.open', { path })
  return waitUntil(() => call('audit.state', {}))
}
const close = (): Promise<unknown> => call('workspace.close', {})
/** The newest event that this computer has stored of the workspace; null: none. */
function storedEvent(): number | null {
  const folder = join(homeDirectory(), 'audit-heads')
  const [file] = existsSync(folder) ? readdirSync(folder) : []
  if (file === undefined) return null
  return (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { event: number }).event
}
const kinds = ({ problems }: AuditVerification): string[] => problems.map(({ kind }) => kind)

it('reports its findings when a workspace is opened, as an event and on request', async () => {
  const told: unknown[] = []
  application.onEvent((event) => event.name === 'audit.changed' && told.push(event.payload))
  const found = await open()
  expect(found).toMatchObject({ whole: true, events: 7 })
  expect(told).toEqual([found])
  // The same workspace again, and then one that does not exist.
  expect(await open()).toMatchObject({ whole: true, events: 7 })
  await expect(call('workspace.open', { path: join(path, 'nothing') })).rejects.toMatchObject({
    code: 'workspace.not-found',
  })
  // A failed opening leaves the open workspace as it was.
  expect(await call('audit.verify', {})).toMatchObject({ whole: true, events: 7 })
  await close()
  expect(await call('audit.verify', {}).catch((error: unknown) => error)).toMatchObject({
    code: 'workspace.none-open',
  })
})

it('verifies in the background only while no call is answered', async () => {
  let isAnswered = false
  const answer = application.foreground.during(async () => {
    await call('workspace.open', { path })
    // Far longer than the verification takes.
    await new Promise((resolve) => setTimeout(resolve, 300))
    const state = await call('audit.state', {})
    isAnswered = true
    return state
  })
  const told = new Promise<boolean>((resolve) => {
    application.onEvent(({ name }) => name === 'audit.changed' && resolve(isAnswered))
  })
  expect(await answer).toBeNull()
  expect(await told).toBe(true)
  expect(await call('audit.state', {})).toMatchObject({ whole: true, events: 7 })
})

it('does not wait for itself when a call asks for the verification', async () => {
  const found = await application.foreground.during(async () => {
    await call('workspace.open', { path })
    return call('audit.verify', {})
  })
  expect(found).toMatchObject({ whole: true, events: 7 })
})

it('detects an older copy of a workspace, and warns until it is accepted with a reason', async () => {
  const copy = join(path, '..', 'copy')
  cpSync(path, copy, { recursive: true })
  await open()
  await label()
  await label()
  await close()
  expect(storedEvent()).toBe(9)
  expect(await open()).toMatchObject({ whole: true, events: 9 })
  await close()

  rmSync(path, { recursive: true })
  cpSync(copy, path, { recursive: true })
  for (let times = 0; times < 2; times++) {
    const found = await open()
    expect(kinds(found)).toEqual(['known'])
    expect(found.sentence).toContain('This computer last saw event 9')
    // Work in the meantime does not make it forget.
    await label()
    await close()
  }
  await open()
  expect(await call('audit.accept', { reason: 'The backup of Friday.' })).toMatchObject({ whole: true })
  const { events } = await call('audit.list', { limit: 1 })
  expect(events).toMatchObject([
    { kind: 'chain', before: { lastSeenEvent: 9 }, reason: 'The backup of Friday.' },
  ])
  await expect(call('audit.accept', { reason: 'again' })).rejects.toMatchObject({
    code: 'audit.nothing-to-accept',
  })
  await close()
  expect(await open()).toMatchObject({ whole: true, events: 10 })
})

it('goes on storing it if the trail is broken elsewhere, and finds the break each time', async () => {
  await open()
  await close()
  tamper(path, (database) => database.exec("UPDATE audit_events SET reason = 'x' WHERE id = 3")).close()
  for (const newest of [8, 9]) {
    expect(kinds(await open())).toEqual(['chain'])
    await label()
    await close()
    expect(storedEvent()).toBe(newest)
  }
})

it('knows what earlier versions stored of all workspaces in one file', async () => {
  await open()
  const { createdAt } = await call('workspace.info', {})
  await close()
  rmSync(join(homeDirectory(), 'audit-heads'), { recursive: true })
  const known = [{ path: realpathSync(path), createdAt, event: 9, hash: 'f'.repeat(64) }]
  writeFileSync(join(homeDirectory(), 'audit-heads.json'), JSON.stringify(known))
  expect(kinds(await open())).toEqual(['known'])
})

it('detects a truncated end without a given hash, also after a restart of the program', async () => {
  await open()
  await label()
  await application.close()
  tamper(path, (database) => {
    database.exec('DELETE FROM audit_events WHERE id > 6')
    database.exec('DELETE FROM reader_action_entries')
    database.exec('DELETE FROM reader_actions')
    database.exec('DELETE FROM labels WHERE id > 3')
    database.exec('DELETE FROM readers WHERE id > 1')
  }).close()
  start()
  expect(kinds(await open())).toEqual(['known'])
})

it('does not compare with another workspace in the same folder, and works without its stored hashes', async () => {
  await open()
  await close()
  rmSync(path, { recursive: true })
  expect(await call('workspace.create', { path, classes: 'A,B*' })).toMatchObject({ imageCount: 0 })
  expect(await waitUntil(() => call('audit.state', {}))).toMatchObject({ whole: true, events: 2 })
  await close()
  const folder = join(homeDirectory(), 'audit-heads')
  for (const file of readdirSync(folder)) writeFileSync(join(folder, file), 'no JSON')
  expect(await open()).toMatchObject({ whole: true })
  await close()
  // A file in the place of the folder: closing goes on.
  rmSync(folder, { recursive: true })
  writeFileSync(folder, '')
  const logged = vi.spyOn(console, 'error').mockReturnValue()
  await open()
  await close()
  // Closing tries to store it, and so does a timer if it is first.
  const [first, ...more] = logged.mock.calls.map(([sentence]) => sentence as unknown)
  expect(first).toBe('the newest hash of the audit trail was not stored')
  expect(more.every((sentence) => sentence === first)).toBe(true)
  logged.mockRestore()
  expect(existsSync(path)).toBe(true)
})
