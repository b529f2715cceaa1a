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

const eventsPerBatch = 2000
const columns = ['event', 'at', 'kind', 'reader', 'object', 'id', 'name', 'before', 'after', 'reason', 'hash']

/**
 * Writes the whole current trail, oldest event first. `.jsonl`: one line for each event,
 * `{"event":<its canonical JSON>,"hash":"<64 hex digits>"}`, so that anyone can verify it with sha256 alone
 * (docs/audit.md). `.csv`: RFC 4180, for spreadsheets.
 * @throws AppError `path.not-writable`
 */
export async function exportTrail(
  database: Readable,
  path: string,
): Promise<{ path: string; events: number; head: string }> {
  const format = formatOf(path)
  const { id: lastId, hash: head } = chainHead(database) ?? { id: 0, hash: '' }
  const events = await writeThroughDraft(path, async (file) => {
    await file.writeFile(format.header)
    let written = 0
    for (let afterId = 0; ;) {
      const read = readEvents(database, afterId, eventsPerBatch).filter(({ id }) => id <= lastId)
      await file.writeFile(read.map(format.line).join(''))
      written += read.length
      const last = read.at(-1)
      if (last === undefined) return written
      afterId = last.id
    }
  })
  return { path, events, head }
}

function formatOf(path: string): { header: string; line: (event: HashedEvent) => string } {
  switch (extname(path).toLowerCase()) {
    case '.jsonl':
      return { header: '', line: (event) => `{"event":${canonicalEvent(event)},"hash":"${event.hash}"}\n` }
    case '.csv':
      return {
        header: csvText([columns], { formulas: 'neutralise' }),
        line: (event) => csvText([cellsOf(event)], { formulas: 'neutralise' }),
      }
    default:
      throw new AppError('path.not-writable', {
        path,
        reason: 'the file name of an audit trail must end in .jsonl or .csv',
      })
  }
}

function cellsOf(event: HashedEvent): (string | number)[] {
  const { object } = eventView(event)
  const { id, at, kind, reader, before, after, reason, hash } = event
  const about = [object.type, object.id ?? '', object.name ?? '']
  return [id, at, kind, reader ?? '', ...about, before, after, reason ?? '', hash]
}
