import { randomUUID } from 'node:crypto'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { extname } from 'node:path'
import { AppError } from '../../contract/index.ts'
import { asNotWritable } from '../../engine/image/index.ts'
import {
  canonicalEvent,
  chainHead,
  eventView,
  readEvents,
  type HashedEvent,
  type Readable,
} from '../../store/index.ts'
import { csvText } from '../report/csv.ts'

const eventsAtOnce = 2000
const columns = ['event', 'at', 'kind', 'reader', 'object', 'id', 'name', 'before', 'after', 'reason', 'hash']

/**
 * Writes the whole trail as it stands now, oldest first. `.jsonl`: a line an event,
 * `{"event":<its canonical JSON>,"hash":"<64 hex digits>"}`, so that anyone can verify it with sha256 alone
 * (docs/audit.md). `.csv`: RFC 4180, for spreadsheets.
 * @throws AppError `path.not-writable`
 */
export async function exportTrail(
  database: Readable,
  path: string,
): Promise<{ path: string; events: number; head: string }> {
  const write = writerOf(path)
  const { id: lastId, hash: head } = chainHead(database) ?? { id: 0, hash: '' }
  const draft = `${path}.${randomUUID()}.tmp`
  let file: FileHandle | undefined
  let events = 0
  try {
    file = await open(draft, 'wx')
    await file.write(write.first)
    for (let afterId = 0; ;) {
      const read = readEvents(database, afterId, eventsAtOnce).filter(({ id }) => id <= lastId)
      await file.write(read.map(write.line).join(''))
      events += read.length
      const last = read.at(-1)
      if (last === undefined) break
      afterId = last.id
    }
    await file.sync()
    await file.close()
    await rename(draft, path)
  } catch (error) {
    await file?.close().catch(() => undefined)
    await rm(draft, { force: true }).catch(() => undefined)
    throw asNotWritable(error, path)
  }
  return { path, events, head }
}

function writerOf(path: string): { first: string; line: (event: HashedEvent) => string } {
  switch (extname(path).toLowerCase()) {
    case '.jsonl':
      return { first: '', line: (event) => `{"event":${canonicalEvent(event)},"hash":"${event.hash}"}\n` }
    case '.csv':
      return { first: csvText([columns]), line: (event) => csvText([cellsOf(event)]) }
    default:
      throw new AppError('path.not-writable', { path, reason: 'an audit trail ends in .jsonl or .csv' })
  }
}

function cellsOf(event: HashedEvent): (string | number)[] {
  const { object } = eventView(event)
  const { id, at, kind, reader, before, after, reason, hash } = event
  const what = [object.type, object.id ?? '', object.name ?? '']
  return [id, at, kind, reader ?? '', ...what, before, after, reason ?? '', hash]
}
