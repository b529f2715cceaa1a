import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { asPathError } from '../../base/path-errors.ts'
import { AppError } from '../../contract/errors.ts'

/** Larger files are refused unread: the official ones have up to 553 MB, with the layers that Lobule does not use. */
export const maxWeightBytes = 2 ** 30

/** The HDF5 and PyTorch files of a folder. Any other path, or a folder without such files, is returned as it is and refused later. */
export async function weightFilesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory() !== true) return [path]
  const files = (await readdir(path)).filter((file) => /\.(h5|hdf5|pth)$/i.test(file)).sort()
  return files.length === 0 ? [path] : files.map((file) => join(path, file))
}

/**
 * The first bytes of a file, fewer if it is shorter.
 * @throws AppError `path.not-found`, `path.unreadable` (a folder, a pipe, no permission), `encoder.invalid-file` (too large)
 */
export async function readHead(path: string, length: number): Promise<Buffer> {
  try {
    // Before opening, which would wait for the writer of a pipe.
    const found = await stat(path)
    if (found.isDirectory()) throw new AppError('path.unreadable', { path, reason: 'it is a folder' })
    if (!found.isFile()) throw new AppError('path.unreadable', { path, reason: 'it is not a regular file' })
    if (found.size > maxWeightBytes) {
      const reason = `it has ${found.size} bytes; at most ${maxWeightBytes} are read`
      throw new AppError('encoder.invalid-file', { path, reason })
    }
    const file = await open(path)
    try {
      const head = Buffer.alloc(length)
      const { bytesRead } = await file.read(head, 0, length, 0)
      return head.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw asPathError(error, path)
  }
}
