import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '../contract/index.ts'

/** Free bytes on the disk that holds a path, or would hold it once it exists. */
export async function freeBytesAt(path: string): Promise<number> {
  let existing = resolve(path)
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing)
  const { bavail, bsize } = await statfs(existing)
  return bavail * bsize
}

/**
 * Checks before long work, so that a full disk is not discovered after hours.
 * @throws AppError `disk.full` with both numbers
 */
export async function requireSpace(path: string, neededBytes: number): Promise<void> {
  const freeBytes = await freeBytesAt(path)
  if (freeBytes < neededBytes) throw new AppError('disk.full', { path, neededBytes, freeBytes })
}
