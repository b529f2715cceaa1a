import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import {
  researchUseSentence,
  type AuditEventView,
  type AuditVerification,
} from '../../../electron/contract/index.ts'
import { lobuleJson, runLobule, type Finished } from '../../support/run-lobule.ts'

let home: string
let workspace: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'lobule-audit-cli-'))
  workspace = join(home, 'w')
  for (const name of ['Benign', 'InSitu']) {
    const directory = join(home, 'images', name)
    mkdirSync(directory, { recursive: true })
    const create = {
      width: 64,
      height: 48,
      channels: 3,
      background: name === 'Benign' ? '#c8a' : '#a48',
    } as const
    await sharp({ create })
      .png()
      .toFile(join(directory, `k7-${name}.png`))
  }
})
afterAll(() => rmSync(home, { recursive: true }))

const lobule = (...parameters: string[]): Promise<Finished> =>
  runLobule([...parameters, '-w', workspace], { home })
const json = <T>(...parameters: string[]): Promise<T> =>
  lobuleJson<T>([...parameters, '-w', workspace], { home })

it('lists, verifies and exports the trail, and reports a broken one with a message and an exit code', async () => {
  await json('init')
  await json('import', join(home, 'images'), '--labels', 'folder', '--cases', '^(k[0-9]+)-')
  await json('label', '1', 'Invasive', '--reader', 'Eva', '--comment', 'at the edge')

  const { events, total } = await json<{ events: AuditEventView[]; total: number }>('audit', 'list')
  // Newest first. Each image and its label have an event, between the import's beginning and its end.
  const image = ['label', 'import']
  expect(events.map(({ kind }) => kind)).toEqual([
    ...['label', 'import', ...image, ...image, 'import'],
    ...['chain', 'chain'],
  ])
  expect(total).toBe(9)
  expect(events[0]).toMatchObject({
    reader: 'Eva',
    object: { type: 'image', id: 1, name: 'k7-Benign.png' },
    // Eva had no label before; the imported label stays that of its reader.
    before: null,
    after: { class: 'Invasive', comment: 'at the edge' },
  })
  const listed = await lobule('audit', 'list', '--kind', 'label', '--reader', 'Eva', '--text', 'EDGE')
  expect(listed.stdout).toContain('image 1 (k7-Benign.png)')
  expect(listed.stdout.trim().split('\n')).toHaveLength(2)
  expect((await lobule('audit', 'list', '--from', 'yesterday')).code).toBe(2)

  const whole = await lobule('audit', 'verify')
  expect(whole).toMatchObject({ code: 0 })
  expect(whole.stdout).toContain('The audit trail is whole: 9 events')

  const out = join(home, 'trail.jsonl')
  const { head } = await json<{ head: string }>('audit', 'export', '--out', out)
  let hash = '0'.repeat(64)
  for (const line of readFileSync(out, 'utf8').trimEnd().split('\n')) {
    const event = line.slice('{"event":'.length, -`,"hash":"${hash}"}`.length)
    hash = createHash('sha256')
      .update(hash + event)
      .digest('hex')
    expect(line.endsWith(`,"hash":"${hash}"}`)).toBe(true)
  }
  expect(hash).toBe(head)

  // The export is a separate event, after the head that it wrote.
  const noted = await lobule('audit', 'verify', '--head', head)
  expect(noted.code).toBe(0)
  expect(noted.stdout).toContain('10 events')
  expect(noted.stdout).toContain('It contains the recorded hash.')
  const mistyped = await lobule(
    'audit',
    'verify',
    '--head',
    head.replace(/^./, (digit) => (digit === 'f' ? '0' : 'f')),
  )
  expect(mistyped.code).toBe(1)
  expect((await lobule('audit', 'verify', '--head', 'abc')).code).toBe(2)
})

it('writes a case report and the worklist', async () => {
  const report = join(home, 'k7.html')
  expect(await json('case-report', 'k7', '--out', report)).toEqual({ path: report, images: 2 })
  const html = readFileSync(report, 'utf8')
  expect(html).toContain('<h1>Case k7</h1>')
  expect(html).toContain(researchUseSentence)
  expect(html).toContain('Eva')
  expect(html.match(/data:image\/jpeg/g)).toHaveLength(2)
  const pdf = await lobule('case-report', 'k7', '--out', join(home, 'k7.pdf'))
  expect(pdf.code).toBe(1)
  expect(pdf.stderr).toContain('only the desktop window can write PDF files')
  expect((await lobule('case-report', 'k8', '--out', report)).stderr).toContain(
    'k7.html already exists, so nothing was written.',
  )
  expect((await lobule('case-report', 'k8', '--out', report, '--replace')).stderr).toContain(
    'This workspace has no case "k8".',
  )
  const csv = join(home, 'list.csv')
  const written = await lobule('worklist', '--csv', csv)
  expect(written.stdout).toBe(`2 images written to ${csv}.\n`)
  expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(4)
})

it('notices an older copy that was put back after labels were given on the command line', async () => {
  const copy = join(home, 'copy')
  cpSync(workspace, copy, { recursive: true })
  expect((await lobule('label', '2', 'Benign', '--reader', 'Eva')).code).toBe(0)
  const newer = join(home, 'newer')
  renameSync(workspace, newer)
  cpSync(copy, workspace, { recursive: true })
  const found = await lobule('audit', 'verify')
  expect(found.code).toBe(1)
  expect(found.stdout).toContain('This computer last saw event')
  rmSync(workspace, { recursive: true })
  renameSync(newer, workspace)
  expect((await lobule('audit', 'verify')).code).toBe(0)
})

it('refuses a database without a trigger or with a foreign one, mends it, and names what was changed', async () => {
  const database = new Sqlite(join(workspace, 'workspace.sqlite'))
  database.exec('DROP TRIGGER audit_events_no_update')
  database.exec('CREATE TRIGGER x AFTER INSERT ON labels BEGIN SELECT 1; END')
  database.exec(`UPDATE audit_events SET reader = 'Max' WHERE id = 9`)
  database.close()
  const refused = await lobule('labels')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('the trigger "audit_events_no_update" on "audit_events" is missing')
  expect(refused.stderr).toContain('the trigger "x" on "labels" is not Lobule\'s')
  const mended = await lobule('workspace', 'mend', '--reason', 'Max was here.')
  expect(mended.code).toBe(0)
  expect(mended.stdout).toContain('the trigger "x" on "labels" is not Lobule\'s')
  expect((await lobule('workspace', 'mend', '--reason', 'again')).stderr).toContain('nothing to mend')

  const broken = await lobule('audit', 'verify')
  expect(broken.code).toBe(1)
  expect(broken.stdout).toContain('The audit trail is broken. Event 9 (label, ')
  expect(broken.stdout).toContain('Keep a copy of the workspace as it is now')
  const found = await runLobule(['audit', 'verify', '-w', workspace, '--json'], { home })
  expect(found.code).toBe(1)
  const { whole, problems } = JSON.parse(found.stdout) as AuditVerification
  expect(whole).toBe(false)
  expect(problems.map(({ kind, eventId }) => [kind, eventId])).toEqual(
    expect.arrayContaining([
      ['chain', 9],
      ['labels', 9],
    ]),
  )
  expect((await lobule('labels', '--csv', join(home, 'rescued.csv'))).code).toBe(0)
})

it('signs users in by name and PIN, refuses a wrong PIN and what a role may not do, and records it', async () => {
  const as = (user: string, pin: string, ...parameters: string[]): Promise<Finished> => {
    vi.stubEnv('LOBULE_USER', user)
    vi.stubEnv('LOBULE_PIN', pin)
    return runLobule([...parameters, '-w', join(home, 'users')], { home })
  }
  try {
    vi.stubEnv('LOBULE_NEW_PIN', 'a long walk')
    expect(await as('', '', 'init')).toMatchObject({ code: 0 })
    const added = await as('', '', 'users', 'add', 'Anna', '--role', 'administrator')
    expect(added.stdout).toMatch(/^Recovery code: (\w{4}-){4}\w{4}$/m)
    vi.stubEnv('LOBULE_NEW_PIN', 'another walk')
    expect(await as('Anna', 'a long walk', 'users', 'add', 'Ben', '--role', 'technician')).toMatchObject({
      code: 0,
    })
    const wrong = await as('Ben', 'a long walk', 'users')
    expect(wrong).toMatchObject({ code: 1, stdout: '' })
    expect(wrong.stderr).toContain('That is not the PIN of Ben.')
    const refused = await as('Ben', 'another walk', 'users', 'remove', 'Anna')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('technician')
    expect((await as('Ben', 'another walk', 'users')).stdout).toMatch(/^Ben .*technician.*signed in/m)
    expect(await as('Ben', 'another walk', 'audit', 'verify')).toMatchObject({ code: 0 })
  } finally {
    vi.unstubAllEnvs()
  }
})
