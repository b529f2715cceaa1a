import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CheckReport } from '../../../../electron/contract/index.ts'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { migrate } from '../../../../electron/store/migrations/index.ts'
import { openWorkspace } from '../../../../electron/store/index.ts'
import { labelledSlides } from '../../../support/labelled-slides.ts'
import { tamper } from './damaged-trail.ts'
import { seededWorkspace, startApplication } from './seeded-workspace.ts'
import { purposefulTamperings } from './purposeful-tamperings.ts'
import { columnTamperings, notCovered, rowTamperings } from './tamperings.ts'

let seeded: { root: string; path: string; remove: () => void }
/** A copy of the seeded workspace, for one test. */
let path: string
beforeAll(async () => {
  seeded = await seededWorkspace()
  const caller = startApplication(join(seeded.root, 'home'))
  await caller.call('workspace.open', { path: seeded.path })
  await labelledSlides(join(seeded.root, 'slides'), 'first', caller)
  await caller.call('slide.calibrate', { model: 'first' })
  await caller.application.close()
})
afterAll(() => seeded.remove())
beforeEach(() => {
  path = join(seeded.root, 'tampered')
  cpSync(seeded.path, path, { recursive: true })
})
afterEach(() => rmSync(path, { recursive: true }))

const schema = new Sqlite(':memory:')
migrate(schema)

/** What the verification says after a change. */
async function messagesAfter(sql: string): Promise<string[]> {
  let changes = 0
  const store = tamper(path, (database) => {
    database.exec(sql)
    changes = database.prepare<[], number>('SELECT total_changes()').pluck().get() ?? 0
  })
  try {
    // Otherwise there is nothing to find.
    expect(changes).toBeGreaterThan(0)
    const { problems } = await verifyChain(store.database)
    return problems.map(({ message }) => message)
  } finally {
    store.close()
  }
}

it('finds nothing in an untouched copy, which has something in every table', async () => {
  const store = openWorkspace(path, 'test')
  const { problems, whole } = await verifyChain(store.database)
  expect(problems).toEqual([])
  expect(whole).toBe(true)
  for (const table of schema
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all())
    expect(store.database.prepare(`SELECT 1 FROM ${table}`).get(), table).toBeDefined()
  store.close()
  expect((await check()).problems).toEqual([])
})

describe('finds another value in', () => {
  const covered = columnTamperings(schema).filter(({ name }) => notCovered[name] === undefined)
  it.each(covered)('$name', async ({ sql, place }) => {
    expect((await messagesAfter(sql)).join('\n')).toMatch(place)
  })
})

describe('finds', () => {
  const tables = rowTamperings(schema).filter(({ name }) => notCovered[name] === undefined)
  it.each(tables)('$name', async ({ sql, place }) => {
    expect((await messagesAfter(sql)).join('\n')).toMatch(place)
  })
  it.each([...purposefulTamperings])('$name', async ({ sql, place }) => {
    expect((await messagesAfter(sql)).join('\n')).toMatch(place)
  })
})

describe('does not find what the docs say that it does not', () => {
  const docs = readFileSync(new URL('../../../../docs/audit.md', import.meta.url), 'utf8')
  const open = [...columnTamperings(schema), ...rowTamperings(schema)].filter(
    ({ name }) => notCovered[name] !== undefined,
  )
  it.each(open)('$name', async ({ name, sql }) => {
    expect(await messagesAfter(sql)).toEqual([])
    const [table = '', column = ''] = name.includes('.')
      ? name.split('.')
      : [/of (\w+) /.exec(name)?.[1], 'rows']
    expect(docs).toMatch(new RegExp(`\\| \`${table}\` +\\|[^|]*${column}`))
  })
})

async function check(): Promise<CheckReport> {
  const { application, call, finish } = startApplication(join(seeded.root, 'home'))
  try {
    await call('workspace.open', { path })
    return (await finish(await call('workspace.check', {}))) as CheckReport
  } finally {
    await application.close()
  }
}
const only = (folder: string): string => join(path, folder, readdirSync(join(path, folder))[0] ?? '')

describe('the check of the workspace finds', () => {
  it.each([
    ['a booster with another content', () => writeFileSync(only('boosters'), 'other'), 'booster-damaged'],
    ['a booster removed', () => rmSync(only('boosters')), 'booster-missing'],
    ['an image with another content', () => writeFileSync(only('images'), 'other'), 'image-changed'],
    ['an image removed', () => rmSync(only('images')), 'image-missing'],
    [
      'a slide map with another content',
      () => writeFileSync(only('slide-maps'), 'other'),
      'slide-map-damaged',
    ],
    ['a slide map removed', () => rmSync(only('slide-maps')), 'slide-map-missing'],
    [
      'a descriptor file that is damaged',
      () => {
        mkdirSync(join(path, 'descriptors'), { recursive: true })
        writeFileSync(join(path, 'descriptors', 'x.npy'), 'other')
      },
      'descriptors-damaged',
    ],
  ])('%s', async (_name, change, kind) => {
    change()
    expect((await check()).problems.map((problem) => problem.kind)).toContain(kind)
  })

  it('tables and indexes of another program, and so does the verification', async () => {
    const sql = 'CREATE TABLE x (y); CREATE INDEX z ON labels (at); INSERT INTO x VALUES (1)'
    const named = /index "z" on "labels" is not Lobule's[^]*table "x" is not Lobule's/
    expect((await messagesAfter(sql)).join('\n')).toMatch(named)
    expect((await check()).problems.map(({ message }) => message).join('\n')).toMatch(named)
  })

  it('a booster that was exchanged with its row: its file is as the row says, so the verification names it', async () => {
    const text = 'a better booster'
    const sha256 = createHash('sha256').update(text).digest('hex')
    writeFileSync(join(path, 'boosters', `${sha256}.txt`), text)
    const messages = await messagesAfter(`UPDATE boosters SET text_sha256 = '${sha256}' WHERE id = 1`)
    expect(messages.join('\n')).toMatch(/The list of boosters of the model 1 differs from event \d+\./)
    expect((await check()).problems).toEqual([])
  })
})
