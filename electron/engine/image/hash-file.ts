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
