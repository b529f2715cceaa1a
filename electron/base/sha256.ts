import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../contract/errors.ts'
import { asPathError } from './path-errors.ts'

/**
 * The SHA-256 of a text (as UTF-8) or of bytes, 64 lowercase hexadecimal digits. Of a typed array it is taken
 * over the bytes as they are in memory (little-endian on every supported machine).
 */
export const sha256 = (content: string | NodeJS.ArrayBufferView): string =>
  createHash('sha256').update(content).digest('hex')

/**
 * The SHA-256 of a file's bytes, 64 lowercase hexadecimal digits; the file is streamed.
 * @throws AppError `path.not-found`, `path.unreadable`
 */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    // Checked before opening: opening a pipe would wait for a writer.
    if (!(await stat(path)).isFile()) {
      throw new AppError('path.unreadable', { path, reason: 'it is not a regular file' })
    }
    await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash)
  } catch (error) {
    throw asPathError(error, path)
  }
  return hash.digest('hex')
}
