import { cpSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { CallInput, CallName, CallOutput } from '../../../../electron/contract/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { labelledWorkspace, tamper } from './damaged-trail.ts'
import { waitUntil } from '../../../support/waiting.ts'

/** A verification that never ends: what is stored of the trail must not wait for it. */
vi.mock('../../../../electron/features/audit/verify-chain.ts', () => ({
  verifyChain: () => new Promise(() => undefined),
}))

const labels = 4
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
  const made = labelledWorkspace(labels)
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
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value as CallOutput<N>
}
const label = (): Promise<unknown> => call('image.label', { imageIds: [1], className: 'Benign' })
const newest = async (): Promise<number> => (await call('audit.list', { limit: 1 })).total

/** The newest event that this computer has stored of the workspace; null: none. */
function stored(): number | null {
  const folder = join(homeDirectory(), 'audit-heads')
  const [file] = existsSync(folder) ? readdirSync(folder) : []
  if (file === undefined) return null
  return (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { event: number }).event
}
const untilStored = (event: number): Promise<unknown> => waitUntil(() => stored() === event)

it('is stored when the program ends at once, as on the command line', async () => {
  await call('workspace.open', { path })
  await label()
  const event = await newest()
  await application.close()
  expect(stored()).toBe(event)
})

it('is stored soon after each event, so that a crash does not lose it', async () => {
  await call('workspace.open', { path })
  await untilStored(await newest())
  await label()
  await label()
  await untilStored(await newest())
  // An event that no event of the application follows.
  await call('audit.export', { path: join(path, 'trail.jsonl') })
  await untilStored(await newest())
})

it('is kept if the trail lacks it: an older copy stays one', async () => {
  const copy = join(path, '..', 'copy')
  cpSync(path, copy, { recursive: true })
  await call('workspace.open', { path })
  await label()
  const event = await newest()
  await call('workspace.close', {})
  rmSync(path, { recursive: true })
  cpSync(copy, path, { recursive: true })
  await call('workspace.open', { path })
  // As many events as before, but others.
  await label()
  await label()
  await call('workspace.close', {})
  expect(stored()).toBe(event)
})

it('moves on if an event in the middle was changed: that is found each time', async () => {
  tamper(path, (database) => database.exec("UPDATE audit_events SET reason = 'x' WHERE id = 3")).close()
  await call('workspace.open', { path })
  await label()
  const event = await newest()
  await call('workspace.close', {})
  expect(stored()).toBe(event)
})
