import { stat } from 'node:fs/promises'
import { asPathError } from '../../base/path-errors.ts'

/**
 * What tells a file from what it was before, as the key of a cache: a file that has changed is another one.
 * @throws AppError `path.not-found`, `path.unreadable`
 */
export async function fileState(path: string): Promise<{ key: string; byteCount: number }> {
  const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
    throw asPathError(error, path)
  })
  return { key: JSON.stringify([path, size, mtimeMs]), byteCount: size }
}
