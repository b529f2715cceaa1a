import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import type { Answer, AuditEventView } from '../../../../electron/contract/index.ts'
import { findOrAddReader } from '../../../../electron/features/labels/readings.ts'
import {
  insertSignIn,
  insertUserChange,
  openWorkspace,
  type StoredUser,
} from '../../../../electron/store/index.ts'
import { quickPinHash } from '../../../support/quick-pin-hash.ts'
import { quickCompute } from '../audit/quick-compute.ts'

const pin = 'a long walk'
const account = userInfo().username
let root: string
let path: string
let application: Application
const ask = (name: string, input: unknown): Promise<Answer> => dispatch(application.handlers, name, input)
const mend = (given: { user?: string; pin?: string } = {}): Promise<Answer> =>
  ask('workspace.mend', { path, reason: 'because', ...given })

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-mend-'))
  path = join(root, 'w')
  application = createApplication({
    homeDirectory: join(root, 'home'),
    version: '0.0.0',
    launchCompute: quickCompute({}).launch,
    door: { tiles: '', choose: null },
  })
  await ask('workspace.create', { path, classes: 'Benign,Malignant*' })
  await ask('reader.set', { name: 'Ada' })
})
afterEach(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

/** Adds users, the administrator first; then another program changes the closed workspace. */
async function changed(users: readonly StoredUser[], sql: string, refused = 0): Promise<void> {
  await ask('workspace.close', {})
  const store = openWorkspace(path, 'test')
  for (const after of users) {
    findOrAddReader(store.database, after.name)
    insertUserChange(store.database, { before: null, after })
  }
  for (let attempt = 0; attempt < refused; attempt++) insertSignIn(store.database, 'Head', false)
  store.close()
  const database = new Sqlite(join(path, 'workspace.sqlite'))
  database.exec(sql)
  database.close()
}
const none = { account: null, pinHash: null, recoverySha256: null }
const head: StoredUser = { ...none, name: 'Head', role: 'administrator', pinHash: quickPinHash(pin) }
const headByAccount: StoredUser = { ...none, name: 'Head', role: 'administrator', account }
const technician: StoredUser = { ...none, name: 'Tom', role: 'technician', account }
const withoutTrigger = 'DROP TRIGGER labels_no_update'

const events = (): AuditEventView[] => {
  const database = new Sqlite(join(path, 'workspace.sqlite'), { readonly: true })
  const rows = database
    .prepare('SELECT kind, reader, after_json AS after FROM audit_events ORDER BY id DESC')
    .all() as { after: string }[]
  database.close()
  return rows.map((row) => ({ ...row, after: JSON.parse(row.after) as unknown })) as AuditEventView[]
}
const copies = (): string[] => readdirSync(path).filter((name) => name.startsWith('before-mending-'))

describe('mending a workspace with users', () => {
  it('takes the sign-in of an administrator, whose name the event has', async () => {
    await changed([head, technician], withoutTrigger)
    expect(await mend()).toMatchObject({ error: { code: 'user.not-allowed', details: { name: 'Tom' } } })
    expect(await mend({ user: 'head' })).toMatchObject({ error: { code: 'user.signed-out' } })
    expect(await mend({ user: 'Nora', pin })).toMatchObject({ error: { code: 'user.unknown' } })
    expect(copies()).toEqual([])
    expect(await mend({ user: 'head', pin })).toMatchObject({ ok: true })
    expect(copies()).toHaveLength(1)
    const [mending, signIn] = events()
    expect(mending).toMatchObject({ kind: 'chain', reader: 'Head' })
    expect(mending?.after).not.toHaveProperty('withoutSignIn')
    expect(signIn).toMatchObject({ kind: 'sign-in', reader: 'Head', after: { accepted: true } })
  })

  it('needs no PIN under the account of an administrator', async () => {
    await changed([headByAccount], withoutTrigger)
    expect(await mend()).toMatchObject({ ok: true })
    expect(events()[0]).toMatchObject({ kind: 'chain', reader: 'Head' })
  })

  it('counts wrong PINs and lets them wait as elsewhere', async () => {
    await changed([head], withoutTrigger, 2)
    expect(await mend({ user: 'Head', pin: 'guess' })).toMatchObject({ error: { code: 'user.wrong-pin' } })
    expect(await mend({ user: 'Head', pin })).toMatchObject({ error: { code: 'user.wait' } })
    expect(events()[0]).toMatchObject({ kind: 'sign-in', reader: null, after: { accepted: false } })
    expect(copies()).toEqual([])
  })

  it('writes nothing before a foreign trigger is gone', async () => {
    await changed(
      [head],
      "CREATE TRIGGER x AFTER INSERT ON audit_events BEGIN INSERT INTO cases (name) VALUES ('foreign'); END",
    )
    const before = events().length
    expect(await mend({ user: 'Head', pin: 'guess' })).toMatchObject({ error: { code: 'user.wrong-pin' } })
    expect(events()).toHaveLength(before)
    expect(await mend({ user: 'Head', pin })).toMatchObject({ ok: true })
    expect(events()).toHaveLength(before + 1)
    expect(events()[0]).toMatchObject({ kind: 'chain', reader: 'Head' })
    const database = new Sqlite(join(path, 'workspace.sqlite'), { readonly: true })
    expect(database.prepare('SELECT count(*) AS n FROM cases').get()).toEqual({ n: 0 })
    database.close()
  })

  it.each([
    ['edited', "UPDATE user_changes SET role = 'administrator' WHERE id = 2"],
    ['removed', 'DELETE FROM user_changes'],
    [
      'added',
      `INSERT INTO user_changes (at, reader_id, role, account) SELECT at, reader_id, role, account FROM user_changes WHERE id = 2`,
    ],
    ['renamed', "UPDATE readers SET name = 'Tim' WHERE name = 'Tom'"],
  ])('names no reader and says why where the users were %s by another program', async (_how, sql) => {
    await changed(
      [headByAccount, technician],
      `DROP TRIGGER user_changes_no_update; DROP TRIGGER user_changes_no_delete; ${sql}`,
    )
    expect(await mend()).toMatchObject({ ok: true })
    expect(events()[0]).toMatchObject({
      kind: 'chain',
      reader: null,
      after: { withoutSignIn: 'The users are not those that the audit trail describes.' },
    })
  })
})

it('mends a workspace without users as the reader of this machine', async () => {
  await changed([], withoutTrigger)
  expect(await mend()).toMatchObject({ ok: true })
  const [mending] = events()
  expect(mending).toMatchObject({ kind: 'chain', reader: 'Ada' })
  expect(mending?.after).not.toHaveProperty('withoutSignIn')
})
