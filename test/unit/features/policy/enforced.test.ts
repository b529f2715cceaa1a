import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Application } from '../../../../electron/application/application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { launchComputeBy, openApplication } from '../../../../electron/cli/context.ts'
import { computeEnvironment } from '../../../../electron/compute/channel.ts'
import { forkCompute } from '../../../../electron/compute/fork.ts'
import { tasks } from '../../../../electron/compute/tasks.ts'
import {
  defaultSchedule,
  policyRules,
  type CallInput,
  type CallName,
  type CallOutput,
  type Policy,
  type PolicyKey,
} from '../../../../electron/contract/index.ts'
import { isHalfForbidden } from '../../../../electron/engine/encoders/backends.ts'
import { packageIndex } from '../../../../electron/engine/encoders/installable/package-index.ts'
import { hasEnded } from '../../../../electron/queue/queued-job.ts'
import type { DoorOptions } from '../../../../electron/session/door-options.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'

let root: string
let application: Application | null
/** Addresses that were requested of a proxy or a mirror. */
let asked: string[]
let server: Server
let baseUrls: unknown[]

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-policy-'))
  application = null
  // What the policy sets is gone again after the test.
  for (const rule of Object.values(policyRules))
    if ('variables' in rule) for (const variable of rule.variables) vi.stubEnv(variable, undefined)
  vi.stubEnv('LOBULE_HOME', join(root, 'home'))
  asked = []
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end('here')
  })
  // A tunnel, which a proxy makes and this one refuses.
  server.on('connect', ({ url }, socket) => {
    asked.push(url ?? '')
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  baseUrls = []
  const { launch } = inProcessCompute({
    ...tasks,
    encoderFetch: ({ baseUrl }) => {
      baseUrls.push(baseUrl)
      return Promise.resolve({ installed: [] })
    },
  })
  launchComputeBy(() => launch)
})
afterEach(async () => {
  await application?.close()
  launchComputeBy(forkCompute)
  server.close()
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true })
})

/** What the command line and the browser's server start with, on a computer with this policy. */
function start(rules: Policy, door?: DoorOptions): void {
  const file = join(root, 'policy.json')
  writeFileSync(file, JSON.stringify({ version: 1, ...rules }))
  vi.stubEnv('LOBULE_POLICY', file)
  application = openApplication(door)
}
async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N> | string> {
  if (application === null) throw new Error('nothing was started')
  const answer = await dispatch(application.handlers, name, input)
  return answer.ok ? (answer.value as CallOutput<N>) : answer.error.message
}
/** The state of a job at its end. */
async function finish(started: unknown): Promise<CallOutput<'job.get'>> {
  const { jobId } = started as { jobId: number }
  for (;;) {
    const job = await call('job.get', { jobId })
    if (typeof job === 'string') throw new Error(job)
    if (hasEnded(job)) return job
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
const createWorkspace = (): Promise<unknown> =>
  call('workspace.create', { path: join(root, 'w'), classes: 'Benign,Carcinoma*' })
const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const run = promisify(execFile)
/** What a compute process prints for an expression: it has the environment that the policy sets. */
async function inCompute(expression: string): Promise<string> {
  const script = `(async () => console.log(await (${expression})))()`
  const env = computeEnvironment(process.env)
  return (await run(process.execPath, ['--no-warnings', '-e', script], { env })).stdout.trim()
}
const fetched = (url: string): Promise<string> =>
  inCompute(`fetch(${JSON.stringify(url)}).then((answer) => answer.text(), () => 'failed')`)

const browser: DoorOptions = { tiles: '/slide', choose: null, isBrowser: true }
const page: DoorOptions = { tiles: '/slide', choose: null }
const mySchedule = { ...defaultSchedule, every: 'never', remindAfterDays: 5 } as const

/** Each rule of the record, through what a person meets; a rule without a check does not compile. */
const enforced: { readonly [K in PolicyKey]: () => Promise<void> } = {
  dataFolder: async () => {
    start({ dataFolder: join(root, '${user}', 'data') })
    await call('app.acknowledge', {})
    const [user = ''] = readdirSync(root).filter((name) => existsSync(join(root, name, 'data')))
    expect(user).not.toBe('')
    expect(existsSync(join(root, user, 'data', 'settings.json'))).toBe(true)
    expect(existsSync(join(root, 'home', 'settings.json'))).toBe(false)
  },
  logFolder: async () => {
    start({ logFolder: join(root, 'all logs') })
    expect(readdirSync(join(root, 'all logs'))).toHaveLength(1)
    await Promise.resolve()
  },
  logLevel: async () => {
    start({ logLevel: 'off' })
    await call('encoder.remove', { name: 'none' })
    expect(existsSync(join(root, 'home', 'logs'))).toBe(false)
  },
  allowBrowser: async () => {
    expect(() => start({ allowBrowser: false }, browser)).toThrow(
      'The use in a browser is not allowed by the policy',
    )
    start({ allowBrowser: false }, page)
    expect(await call('app.info', {})).toMatchObject({ isBlind: false })
  },
  allowDownloads: async () => {
    start({ allowDownloads: false })
    expect(await call('encoder.fetch', { names: ['vgg16'] })).toMatch(/^Downloading encoders is not allowed/)
    // Where there is nothing to install, that is the reason.
    expect(await call('backend.install', { name: 'tensorflow', device: 'processor' })).toMatch(
      /^Downloading back-ends is not allowed|cannot be installed/,
    )
    expect(baseUrls).toEqual([])
    expect(await call('app.policy', {})).toMatchObject({
      source: join(root, 'policy.json'),
      locked: [{ key: 'allowDownloads', value: 'off' }],
    })
  },
  encoderMirror: async () => {
    start({ encoderMirror: 'http://mirror.example/encoders' })
    await finish(await call('encoder.fetch', { names: ['vgg16'] }))
    expect(baseUrls).toEqual(['http://mirror.example/encoders'])
  },
  packageIndex: async () => {
    start({ packageIndex: 'http://mirror.example/simple' })
    expect(packageIndex()).toBe('http://mirror.example/simple')
    await Promise.resolve()
  },
  proxy: async () => {
    start({ proxy: address() })
    expect(await fetched('https://encoders.invalid/file')).toBe('failed')
    expect(asked).toEqual(['encoders.invalid:443'])
  },
  noProxy: async () => {
    start({ proxy: 'http://127.0.0.1:1', noProxy: '127.0.0.1' })
    expect(await fetched(`${address()}/file`)).toBe('here')
    expect(asked).toEqual(['/file'])
  },
  certificates: async () => {
    const certificates = join(root, 'own.pem')
    writeFileSync(certificates, rootCertificates[0] ?? '')
    start({ certificates })
    expect(await inCompute("require('node:tls').getCACertificates('extra').length")).toBe('1')
  },
  allowedEncoders: async () => {
    start({ allowedEncoders: ['vgg16'] })
    await finish(await call('encoder.demo', { names: ['efficientnetlite0'] }))
    const image = join(root, 'a.png')
    await sharp({ create: { width: 64, height: 64, channels: 3, background: 'pink' } })
      .png()
      .toFile(image)
    const answer = await call('descriptors.describe', {
      image,
      out: join(root, 'a.npy'),
      encoder: 'efficientnetlite0',
      cropPx: 64,
      augmentations: 1,
      mode: 'crops',
      seed: 0,
      backend: 'cpu',
      raw: false,
      identity: true,
    })
    const refusal = typeof answer === 'string' ? answer : (await finish(answer)).error?.message
    expect(refusal).toMatch(/^The encoder efficientnetlite0 is not allowed/)
  },
  allowHalfPrecision: async () => {
    start({ allowHalfPrecision: true })
    expect(isHalfForbidden()).toBe(false)
    await application?.close()
    start({ allowHalfPrecision: false })
    expect(isHalfForbidden()).toBe(true)
  },
  requireBlindReading: async () => {
    start({ requireBlindReading: true }, page)
    await createWorkspace()
    expect(await call('app.info', {})).toMatchObject({ isBlind: true })
    expect(await call('reader.setBlind', { isBlind: false })).toMatch(
      /^Reading without blinding is not allowed/,
    )
    await call('reader.set', { name: 'Another reader' })
    expect(await call('app.info', {})).toMatchObject({ isBlind: true })
  },
  backupFolder: async () => {
    start({ backupFolder: join(root, 'backups') })
    await createWorkspace()
    expect(await call('backup.schedule', { ...mySchedule, folder: join(root, 'mine') })).toMatchObject({
      schedule: { every: 'never', folder: join(root, 'backups'), remindAfterDays: 5 },
    })
  },
  backupEvery: async () => {
    start({ backupFolder: join(root, 'backups'), backupEvery: 'week' })
    await createWorkspace()
    expect(await call('backup.schedule', { ...mySchedule, folder: null })).toMatchObject({
      schedule: { every: 'week', folder: join(root, 'backups') },
    })
  },
  backupKeepDays: async () => {
    start({ backupKeepDays: 3 })
    await createWorkspace()
    expect(await call('backup.schedule', { ...mySchedule, folder: null })).toMatchObject({
      schedule: { keep: { daily: 3, weekly: defaultSchedule.keep.weekly } },
    })
  },
  lockAfterMinutes: async () => {
    start({ lockAfterMinutes: 3 })
    await createWorkspace()
    expect(await call('user.state', {})).toMatchObject({ lockAfterMinutes: 3 })
    expect(await call('user.setLock', { minutes: 60 })).toMatch(/^Another time until the lock is not allowed/)
    expect(await call('user.state', {})).toMatchObject({ lockAfterMinutes: 3 })
  },
}

it.each(Object.entries(enforced))('%s of a policy file counts in what is started', async (_rule, check) => {
  await check()
})

/** The window and the parts of a cluster start otherwise than by `openApplication`. */
it('no entry point starts without the policy', () => {
  const started = ['main/index.ts', 'cli/context.ts', 'cli/commands/parts.ts'].map((file) =>
    readFileSync(join(import.meta.dirname, '../../../../electron', file), 'utf8'),
  )
  for (const source of started) expect(source).toMatch(/applyPolicy\(\)/)
})
