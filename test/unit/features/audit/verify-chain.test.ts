import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuditVerification } from '../../../../electron/contract/index.ts'
import { exportTrail } from '../../../../electron/features/audit/export-trail.ts'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { recordLabel } from '../../../../electron/features/labels/record-label.ts'
import {
  appendEvent,
  beforeFirst,
  chainHead,
  eventHash,
  readEvents,
  type Store,
} from '../../../../electron/store/index.ts'
import { addImage, eventsBefore, labelledWorkspace, tamper } from './damaged-trail.ts'

const labels = 6
let store: Store
let path: string
let remove: () => void
beforeEach(() => ({ store, path, remove } = labelledWorkspace(labels)))
afterEach(() => {
  store.close()
  remove()
})

/** Verified after a change with other tools. */
async function after(
  change: (database: Database) => void,
  head: string | null = null,
): Promise<AuditVerification> {
  store.close()
  store = tamper(path, change)
  return verifyChain(store.database, { head })
}
const named = ({ problems }: AuditVerification): [string, number | null][] =>
  problems.map(({ kind, eventId }) => [kind, eventId])

it('finds an untouched trail intact, also after reopening', async () => {
  const head = chainHead(store.database)?.hash ?? ''
  const found = await after(() => undefined, head)
  expect(found).toMatchObject({ whole: true, events: eventsBefore + labels, head, problems: [] })
  expect(found.sentence).toBe(
    `The audit trail is whole: 9 events, newest hash ${head}. It contains the recorded hash.`,
  )
})

describe('names the event after another tool', () => {
  const columns = {
    at: "'2026-01-01T00:00:00.000Z'",
    kind: "'override'",
    reader: "'eve'",
    object: `'{"id":2,"name":"1.png","type":"image"}'`,
    before_json: "'null'",
    after_json: "replace(after_json, 'Benign', 'Malignant')",
    reason: "'because'",
    hash: `'${'f'.repeat(64)}'`,
  }
  it.each(Object.entries(columns))('edits %s of any event', async (column, value) => {
    for (const id of [1, 4, eventsBefore + labels]) {
      const found = await after((database) => {
        const before = database.prepare(`SELECT ${column} AS v FROM audit_events WHERE id = ?`).get(id)
        database.prepare(`UPDATE audit_events SET ${column} = ${value} WHERE id = ?`).run(id)
        const now = database.prepare(`SELECT ${column} AS v FROM audit_events WHERE id = ?`).get(id)
        // In the first event, some columns have this very value.
        if (JSON.stringify(before) === JSON.stringify(now)) {
          database.prepare("UPDATE audit_events SET reason = 'x' WHERE id = ?").run(id)
        }
      })
      expect(found.whole).toBe(false)
      expect(named(found)).toContainEqual(['chain', id])
      expect(found.sentence).toContain(`Event ${id} (`)
      store.close()
      remove()
      ;({ store, path, remove } = labelledWorkspace(labels))
    }
  })

  it('edits an event and its hash: the next event does not match', async () => {
    const found = await after((database) => {
      const [before, event] = readEvents(database, 3, 2)
      if (before === undefined || event === undefined) throw new Error('no events')
      const forged = { ...event, reason: 'forged' }
      database
        .prepare('UPDATE audit_events SET reason = ?, hash = ? WHERE id = ?')
        .run('forged', eventHash(before.hash, forged), event.id)
    })
    expect(named(found)).toEqual([['chain', 6]])
  })

  it('deletes one or several', async () => {
    const one = await after((database) => database.prepare('DELETE FROM audit_events WHERE id = 4').run())
    expect(named(one)).toEqual([
      ['chain', 4],
      ['labels', null],
    ])
    expect(one.problems[0]?.message).toBe('Event 4 is missing.')
    const more = await after((database) => database.prepare('DELETE FROM audit_events WHERE id < 4').run())
    expect(more.problems.map(({ message }) => message)).toEqual(['Events 1 to 4 are missing.'])
  })

  it('deletes one and closes the gap', async () => {
    const found = await after((database) => {
      database.prepare('DELETE FROM audit_events WHERE id = 4').run()
      database.prepare('UPDATE audit_events SET id = id - 1 WHERE id > 4').run()
    })
    expect(named(found).slice(0, 1)).toEqual([['chain', 4]])
  })

  it('swaps two', async () => {
    const found = await after((database) => {
      database.exec('UPDATE audit_events SET id = 99 WHERE id = 4')
      database.exec('UPDATE audit_events SET id = 4 WHERE id = 5')
      database.exec('UPDATE audit_events SET id = 5 WHERE id = 99')
    })
    expect(named(found)).toEqual([
      ['chain', 4],
      ['chain', 5],
      ['chain', 6],
    ])
  })

  it('inserts one', async () => {
    const found = await after((database) => {
      database.exec('UPDATE audit_events SET id = -id - 1 WHERE id > 4')
      database.exec('UPDATE audit_events SET id = -id WHERE id < 0')
      database.exec(`INSERT INTO audit_events (id, at, kind, reader, object, before_json, after_json, reason, hash)
        SELECT 5, at, 'setting', reader, object, before_json, after_json, reason, hash FROM audit_events WHERE id = 4`)
    })
    expect(named(found).slice(0, 1)).toEqual([['chain', 5]])
  })

  it('removes them all', async () => {
    const found = await after((database) => database.exec('DELETE FROM audit_events'))
    expect(found).toMatchObject({ whole: false, events: 0, head: null })
    expect(found.sentence).toContain('The audit trail is empty')
  })
})

it('detects a truncated end, and a trail rewritten to the end, by a recorded hash', async () => {
  const { hash: head = '' } = chainHead(store.database) ?? {}
  const cut = await after((database) => {
    database.exec('DELETE FROM audit_events WHERE id > 7')
    database.exec('DELETE FROM labels WHERE id > 4')
  }, head)
  expect(named(cut)).toEqual([['head', 7]])
  // As docs/audit.md admits: without the head, none of this can be detected.
  expect(await verifyChain(store.database)).toMatchObject({ whole: true })

  const rewritten = await after((database) => {
    let previous = readEvents(database, 1, 1)[0]?.hash ?? beforeFirst
    for (const event of readEvents(database, 2, 10)) {
      const forged = { ...event, reason: 'forged' }
      previous = eventHash(previous, forged)
      database
        .prepare("UPDATE audit_events SET reason = 'forged', hash = ? WHERE id = ?")
        .run(previous, event.id)
    }
  }, head)
  expect(named(rewritten)).toEqual([['head', 7]])
  expect(await verifyChain(store.database)).toMatchObject({ whole: true })
})

it('detects labels that were changed, added or removed without an event', async () => {
  const found = await after((database) => {
    database.exec("UPDATE labels SET comment = 'not mine' WHERE id = 2")
    database.exec('UPDATE labels SET class_id = 2 WHERE id = 3')
    database.exec('DELETE FROM labels WHERE id = 4')
    database.exec(
      'INSERT INTO labels (id, image_id, reader_id, class_id, at) SELECT 40, image_id, reader_id, class_id, at FROM labels WHERE id = 1',
    )
  })
  expect(found.problems.map(({ message }) => message)).toEqual([
    'The label entry 2 of image 1 differs from event 5.',
    'The label entry 3 of image 1 differs from event 6.',
    'The label entry 40 of image 1 has no event: it was not written by Lobule.',
    'Event 7 describes label entry 4, which no longer exists.',
  ])
})

it('lists at most 20 problems, and their number', async () => {
  store.close()
  remove()
  ;({ store, path, remove } = labelledWorkspace(40))
  const found = await after((database) => database.exec("UPDATE audit_events SET reason = 'x'"))
  expect(found.problems).toHaveLength(20)
  expect(found.sentence).toContain('42 more problems were found')
})

it('allows reads and writes meanwhile, and is not affected by them', async () => {
  const { database } = store
  database.transaction(() => {
    for (let n = 0; n < 9000; n++) {
      appendEvent(database, {
        kind: 'setting',
        object: { type: 'workspace', id: null, name: null },
        after: n,
      })
    }
  })()
  const imageId = addImage(store, 2)
  const verifying = verifyChain(database)
  const progress = { isDone: false }
  void verifying.finally(() => (progress.isDone = true))
  let written = 0
  while (!progress.isDone) {
    recordLabel(database, { imageId, className: 'Benign', reader: 'ben' })
    expect(readEvents(database, 0, 5)).toHaveLength(5)
    written++
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(written).toBeGreaterThan(2)
  expect(await verifying).toMatchObject({ whole: true, events: 9000 + eventsBefore + labels + 1 })
  expect(await verifyChain(database)).toMatchObject({
    whole: true,
    events: 9000 + eventsBefore + labels + 1 + written,
  })
})

it('exports lines that anyone can verify with sha256 alone, and a table without formulas', async () => {
  const { database } = store
  recordLabel(database, { imageId: 1, className: null, reader: '=cmd|x', comment: 'two\nlines, "quoted"' })
  const file = join(path, 'trail.jsonl')
  const written = await exportTrail(database, { path: file, replace: false })
  expect(written).toEqual({ path: file, events: eventsBefore + labels + 1, head: chainHead(database)?.hash })
  // As docs/audit.md describes it, without any code of Lobule.
  let previous = '0'.repeat(64)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  for (const line of lines) {
    const event = line.slice('{"event":'.length, -',"hash":""}'.length - 64)
    const { hash } = JSON.parse(line) as { hash: string }
    previous = createHash('sha256')
      .update(previous + event)
      .digest('hex')
    expect(previous).toBe(hash)
  }
  expect(previous).toBe(written.head)
  const table = join(path, 'trail.csv')
  await exportTrail(database, { path: table, replace: false })
  const text = readFileSync(table, 'utf8')
  expect(text.split('\r\n')[0]).toBe('\uFEFFevent,at,kind,reader,object,id,name,before,after,reason,hash')
  expect(text).toContain(",'=cmd|x,image,1,1.png,")
  await expect(
    exportTrail(database, { path: join(path, 'trail.txt'), replace: false }),
  ).rejects.toMatchObject({
    code: 'path.not-writable',
  })
  await expect(exportTrail(database, { path: table, replace: false })).rejects.toMatchObject({
    code: 'path.exists',
  })
})
