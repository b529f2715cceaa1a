import type { FileHandle } from 'node:fs/promises'
import { csvFile, csvText } from '../../base/csv.ts'
import { exportEnding, writeExport, type ExportKind } from '../../base/export-file.ts'
import {
  canonicalEvent,
  chainHead,
  eventView,
  readEvents,
  type HashedEvent,
  type Readable,
} from '../../store/index.ts'

export const auditTrail: ExportKind = { what: 'an audit trail', endings: ['.jsonl', '.csv'] }

const eventsPerBatch = 2000
const columns = ['event', 'at', 'kind', 'reader', 'object', 'id', 'name', 'before', 'after', 'reason', 'hash']

/**
 * Writes the whole current trail, oldest event first. `.jsonl`: one line for each event,
 * `{"event":<its canonical JSON>,"hash":"<64 hex digits>"}`, so that anyone can verify it with sha256 alone
 * (docs/audit.md). `.csv`: RFC 4180, for spreadsheets.
 * @throws AppError `path.exists` unless `replace` is set, `path.not-writable`
 */
export async function exportTrail(
  database: Readable,
  { path, replace }: { path: string; replace: boolean },
): Promise<{ path: string; events: number; head: string }> {
  const format = formatOf(path)
  const { id: lastId, hash: head } = chainHead(database) ?? { id: 0, hash: '' }
  const write = async (file: FileHandle): Promise<number> => {
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
  }
  const events = await writeExport(path, write, { replace })
  return { path, events, head }
}

const formatOf = (path: string): { header: string; line: (event: HashedEvent) => string } =>
  exportEnding(path, auditTrail) === '.csv'
    ? { header: csvFile([columns]), line: (event) => csvText([cellsOf(event)]) }
    : { header: '', line: (event) => `{"event":${canonicalEvent(event)},"hash":"${event.hash}"}\n` }

function cellsOf(event: HashedEvent): (string | number)[] {
  const { object } = eventView(event)
  const { id, at, kind, reader, before, after, reason, hash } = event
  const about = [object.type, object.id ?? '', object.name ?? '']
  return [id, at, kind, reader ?? '', ...about, before, after, reason ?? '', hash]
}
