import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '../contract/index.ts'

/** Free bytes of the disk that a path lies on, or would. */
export async function freeBytesAt(path: string): Promise<number> {
  let existing = resolve(path)
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing)
  const { bavail, bsize } = await statfs(existing)
  return bavail * bsize
}

/**
 * Asked before long work, so that nobody learns of a full disk after hours.
 * @throws AppError `disk.full` with both numbers
 */
export async function requireSpace(path: string, neededBytes: number): Promise<void> {
  const freeBytes = await freeBytesAt(path)
  if (freeBytes < neededBytes) throw new AppError('disk.full', { path, neededBytes, freeBytes })
}
