import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../contract/errors.ts'
import { asPathError } from './byte-source.ts'

/** The SHA-256 of a file's bytes, 64 hexadecimal digits; streamed. path.not-found, path.unreadable. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    // Asked before opening: opening a pipe would wait for a writer.
    if (!(await stat(path)).isFile()) {
      throw new AppError('path.unreadable', { path, reason: 'it is not a regular file' })
    }
    await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash)
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
