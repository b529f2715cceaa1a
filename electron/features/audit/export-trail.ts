import { extname } from 'node:path'
import { writeThroughDraft } from '../../base/atomic-file.ts'
import { csvText } from '../../base/csv.ts'
import { AppError } from '../../contract/index.ts'
import {
  canonicalEvent,
  chainHead,
  eventView,
  readEvents,
  type HashedEvent,
  type Readable,
} from '../../store/index.ts'

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
  const events = await writeThroughDraft(path, async (file) => {
    await file.writeFile(write.first)
    let written = 0
    for (let afterId = 0; ;) {
      const read = readEvents(database, afterId, eventsAtOnce).filter(({ id }) => id <= lastId)
      await file.writeFile(read.map(write.line).join(''))
      written += read.length
      const last = read.at(-1)
      if (last === undefined) return written
      afterId = last.id
    }
  })
  return { path, events, head }
}

function writerOf(path: string): { first: string; line: (event: HashedEvent) => string } {
  switch (extname(path).toLowerCase()) {
    case '.jsonl':
      return { first: '', line: (event) => `{"event":${canonicalEvent(event)},"hash":"${event.hash}"}\n` }
    case '.csv':
      return {
        first: csvText([columns], { formulas: 'neutralise' }),
        line: (event) => csvText([cellsOf(event)], { formulas: 'neutralise' }),
      }
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
