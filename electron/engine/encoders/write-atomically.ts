import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../contract/errors.ts'

/** How the name of a half-written file ends. One that a killed program left belongs to nobody. */
export const draftEnding = '.tmp'

/**
 * Writes a file so that at `path` there is either what was there before or all of `bytes`, also after a
 * crash: into a temporary file beside it, flushed to the disk, then renamed. Makes missing folders.
 * path.not-writable.
 */
export async function writeAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID()}${draftEnding}`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('path.not-writable', { path, reason }, { cause: error })
  }
}
