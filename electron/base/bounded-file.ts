import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { AppError } from '../contract/errors.ts'
import { asPathError } from './path-errors.ts'

/**
 * A whole file in memory, if it is a regular file (or a link to one) of at most `maxBytes`. Pipes and devices are refused
 * unopened: a pipe would wait for a writer, and a device may never end.
 * @param refuse throws; its argument is the reason
 * @throws AppError `path.not-found`, `path.unreadable`
 */
export async function readBoundedFile(
  path: string,
  maxBytes: number,
  refuse: (reason: string) => never,
): Promise<Buffer> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw new AppError('path.unreadable', { path, reason: 'it is a folder' })
    if (!found.isFile()) throw new AppError('path.unreadable', { path, reason: 'it is not a regular file' })
    // Not waiting, in case a pipe has taken its place in the meantime. Windows has no such flag.
    const handle = await open(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0))
    try {
      const { size } = await handle.stat()
      if (size > maxBytes) refuse(`it has ${size} bytes; at most ${maxBytes} are read`)
      const bytes = Buffer.alloc(size)
      let length = 0
      while (length < size) {
        const { bytesRead } = await handle.read(bytes, length, size - length, length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      return bytes.subarray(0, length)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw asPathError(error, path)
  }
}
