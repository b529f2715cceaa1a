import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { asPathError } from '../../base/path-errors.ts'
import { AppError } from '../../contract/errors.ts'

/** Bytes with random access: a file, or a block of metadata inside a file. */
export interface ByteSource {
  readonly byteCount: number
  /** The bytes from `offset` on; fewer than `length` at the end of the source. */
  read(offset: number, length: number): Promise<Buffer>
}

export const bytesOf = (bytes: Buffer): ByteSource => ({
  byteCount: bytes.length,
  read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
})

/**
 * Opens a file for reading, runs `use`, and closes the file.
 * @throws AppError `path.not-found`, `path.unreadable` (a folder, a pipe, no permission, a failing disk),
 *   `image.empty-file`
 */
export async function withFile<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const { handle, byteCount } = await openFile(path)
  try {
    return await use({
      byteCount,
      read: async (offset, length) => {
        const wanted = Math.max(0, Math.min(length, byteCount - offset))
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(wanted), 0, wanted, offset)
        return buffer.subarray(0, bytesRead)
      },
    })
  } catch (error) {
    throw asPathError(error, path)
  } finally {
    await handle.close()
  }
}

async function openFile(path: string) {
  try {
    // Check before opening, because opening a pipe would wait for a writer.
    const found = await stat(path)
    if (found.isDirectory()) throw new AppError('path.unreadable', { path, reason: 'it is a folder' })
    if (!found.isFile()) throw new AppError('path.unreadable', { path, reason: 'it is not a regular file' })
    if (found.size === 0) throw new AppError('image.empty-file', { path })
    return { handle: await open(path, constants.O_RDONLY), byteCount: found.size }
  } catch (error) {
    throw asPathError(error, path)
  }
}
