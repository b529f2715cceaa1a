import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { closeLog, logFiles } from '../../../../electron/base/log.ts'
import type { CallInput, CallName, CallOutput } from '../../../../electron/contract/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { tasks } from '../../../../electron/compute/tasks.ts'
import { openProgramLog } from '../../../../electron/session/open-log.ts'
import { hiding } from '../../../../electron/features/workspace/support-bundle.ts'
import { createWorkspace, insertModel } from '../../../../electron/store/index.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { newModel } from '../../../support/rows.ts'
import { parseClassScheme } from '../../../../electron/contract/index.ts'

/** Words in place of what must not leave a laboratory; none is in the program's own texts. */
const names = {
  root: 'Quetzalcoatl',
  home: 'Xanthippe',
  workspace: 'Kierkegaard',
  class: 'Phloem',
  caseName: 'Zacharias',
  image: 'Mallory',
  damaged: 'Wolfeschlegel',
  reader: 'Thistlewood',
  comment: 'Nebuchadnezzar',
  model: 'Ouroboros',
  policyFolder: 'Bartholomew',
  policyHost: 'proxy.hospital-of-utopia',
}
const { class: className } = names

let root: string
let application: Application
let unexpected: string[]
const folder = (...parts: string[]): string => join(root, ...parts)
const logs = (): string => folder(names.home, 'logs')

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), `${names.root} -`))
  const homeDirectory = folder(names.home)
  mkdirSync(homeDirectory)
  openProgramLog(homeDirectory, '0.0.0', 'command line')
  const classes = parseClassScheme(`${className},Xylem*`)
  const store = createWorkspace(folder(names.workspace), classes, 'test')
  insertModel(store.database, newModel(classes, { name: names.model }))
  store.close()
  application = createApplication({
    homeDirectory,
    version: '0.0.0',
    policy: {
      rules: {
        logFolder: `/${names.policyFolder}/logs`,
        proxy: `http://${names.policyHost}:1`,
        allowDownloads: false,
      },
      source: `/etc/${names.policyFolder}/policy.json`,
    },
    launchCompute: inProcessCompute(tasks).launch,
    door: { tiles: '', choose: null, isCommandLine: true },
  })
  unexpected = []
  await fillWithNames()
})
afterEach(async () => {
  await application.close()
  closeLog()
  delete process.env['LOBULE_LOG_FOLDER']
  rmSync(root, { recursive: true })
})

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N> | null> {
  const answer = await dispatch(application.handlers, name, input)
  if (!answer.ok) unexpected.push(`${name} ${answer.error.code}`)
  return answer.ok ? (answer.value as CallOutput<N>) : null
}

/** Names in every place that has some, and failures that name them. */
async function fillWithNames(): Promise<void> {
  const pictures = folder('pictures', className)
  mkdirSync(pictures, { recursive: true })
  const file = join(pictures, `${names.caseName}-${names.image}.png`)
  const width = 200
  const noise = Buffer.from(Array.from({ length: width * width * 3 }, (_, n) => (n * 7919) % 251))
  await sharp(noise, { raw: { width, height: width, channels: 3 } })
    .png()
    .toFile(file)
  writeFileSync(join(pictures, `${names.caseName}-${names.damaged}.png`), readFileSync(file).subarray(0, 400))
  await call('workspace.open', { path: folder(names.workspace) })
  await call('reader.set', { name: names.reader })
  const started = await call('image.import', {
    paths: [folder('pictures')],
    labels: 'folder',
    casesPattern: '^([A-Za-z]+)-',
  })
  await until(started?.jobId)
  await call('image.label', { imageIds: [1], className, comment: names.comment })
  // Failures, whose details have names.
  await call('workspace.open', { path: folder(names.caseName) })
  await call('model.report', { name: names.comment } as never)
  await call('label.export', { path: folder(names.workspace, 'lobule.sqlite') })
  const failing = { ...application.handlers, 'image.list': () => fail() }
  await dispatch(failing, 'image.list', {})
}

const fail = (): never => {
  throw new TypeError(
    `${folder(names.image)} of ${names.reader}\n    at ${names.image} (${names.image}.js:1:1)`,
  )
}

async function until(jobId: number | undefined): Promise<void> {
  if (jobId === undefined) throw new Error('the import was not started')
  for (;;) {
    const job = await call('job.get', { jobId })
    if (job === null || ['done', 'failed'].includes(job.state)) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const named = (text: string): string[] =>
  Object.values(names).filter((name) => text.toLowerCase().includes(name.toLowerCase()))
const logged = (): string =>
  logFiles(logs())
    .map((name) => readFileSync(join(logs(), name), 'utf8'))
    .join('')

it('has the failures of jobs and calls, and no name in its logs or its bundle', async () => {
  const lines = logged()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const events = new Set(lines.map(({ event }) => event))
  expect([...events].toSorted()).toEqual(['call.failed', 'job.changed', 'job.ended', 'started', 'unexpected'])
  expect(lines).toContainEqual(
    expect.objectContaining({
      event: 'job.ended',
      job: 'import',
      state: 'done',
      failures: { 'image.truncated': 1 },
    }),
  )
  expect(lines).toContainEqual(
    expect.objectContaining({ event: 'call.failed', call: 'workspace.open', code: 'workspace.not-found' }),
  )
  expect(named(logged())).toEqual([])

  const text = (await call('app.supportBundle', {}))?.text ?? ''
  expect(text).toContain('"kind": "import"')
  expect(text).toContain('"image.truncated": 1')
  expect(text).toContain('"event":"unexpected"')
  expect(text).toMatch(/"name": "data folder",\s+"status": "ok",\s+"detail": "<data folder>, \d/)
  expect(text).toMatch(/"policy": \{\s+"logFolder": "set",\s+"proxy": "set",\s+"allowDownloads": false\s+\}/)
  expect(named(text)).toEqual([])
})

it('is written as it is shown, and replaces nothing unless asked', async () => {
  const path = folder('bundle.txt')
  const written = await call('app.writeSupportBundle', { path })
  const text = readFileSync(path, 'utf8')
  expect(written).toEqual({ path, bytes: Buffer.byteLength(text) })
  const shown = (await call('app.supportBundle', {}))?.text ?? ''
  const timeless = (bundle: string): string =>
    bundle
      .replace(/bundle of \S+/, '')
      .replace(/\d+\.\d GiB free/g, '')
      .split('== Log')[0] ?? ''
  expect(timeless(text)).toBe(timeless(shown))
  unexpected = []
  expect(await call('app.writeSupportBundle', { path })).toBeNull()
  expect(unexpected).toEqual(['app.writeSupportBundle path.exists'])
})

it('replaces paths with blanks to the end of their line, and what it knows by name', () => {
  const hide = hiding([
    ['/home/ada', '<home>'],
    ['thistle-net', '<own encoder>'],
    [null, '<workspace>'],
  ])
  expect(hide('cannot open /mnt/Praxis Dr Meier/Brust, links/x.onnx')).toBe('cannot open <path>')
  expect(hide('cannot open C:\\Brust Muster\\x.onnx')).toBe('cannot open <path>')
  expect(hide('cannot open \\\\server\\Brust Muster')).toBe('cannot open <path>')
  expect(hide('/home/ada/Brust Muster, 12 GiB free\nnext')).toBe('<home><path>\nnext')
  expect(hide('thistle-net cosine 0.9999, thistle-net 3.1 crops/s')).toBe(
    '<own encoder> cosine 0.9999, <own encoder> 3.1 crops/s',
  )
})
