import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { asPathError } from './byte-source.ts'

/** The SHA-256 of a file's bytes, 64 hexadecimal digits; streamed. path.not-found, path.unreadable. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (error) {
    throw asPathError(error, path)
  }
  return hash.digest('hex')
}

/**
 * What names a picture by its content: the SHA-256 of its file and, for a further page (from 2) of a file that
 * holds several, the SHA-256 of `<of the file>:page <number>`.
 */
export const contentHash = (fileSha256: string, page: number): string =>
  page === 1 ? fileSha256 : createHash('sha256').update(`${fileSha256}:page ${page}`).digest('hex')
