import { sha256OfFile } from '../../base/sha256.ts'
import { appendEvent, type Writable } from '../../store/index.ts'

/**
 * The event of a file that was written for people: where, what, and the sha256 of its content. A file cannot be
 * part of a transaction; its event follows at once.
 */
export async function recordFile(
  database: Writable,
  kind: 'export' | 'report',
  path: string,
  about: Record<string, unknown>,
): Promise<void> {
  const sha256 = await sha256OfFile(path)
  appendEvent(database, { kind, object: { type: 'file', id: null, name: path }, after: { ...about, sha256 } })
}
