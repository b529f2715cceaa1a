import { sha256OfFile } from '../../base/sha256.ts'
import { appendEvent, type Writable } from '../../store/index.ts'

/**
 * Appends the audit event of a file that was written for the user: its path, what it holds, and the SHA-256 of its
 * content. A file cannot be part of a transaction, so call this right after writing it.
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
