import { copyFile, readdir, readlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { asNotWritable } from '../../base/path-errors.ts'
import { AppError } from '../../contract/index.ts'
import { databaseName } from '../../store/index.ts'

/** What Linux adds to the name of an open file that was deleted. */
const deleted = ' (deleted)'

/**
 * Copies the database of a workspace, with its log, from the process that has it open although it was deleted or
 * replaced. That process does not write any more (`isInPlace`), so the two belong together. Linux alone gives access to
 * such files, and only to those of processes of the same user.
 * @throws AppError `backup.nothing-to-rescue`, `path.not-writable`
 */
export async function copyLostDatabase(workspace: string, target: string): Promise<void> {
  const database = join(resolve(workspace), databaseName)
  for (const process of await namesIn('/proc')) {
    if (!/^\d+$/.test(process)) continue
    const open = await openFiles(join('/proc', process, 'fd'))
    const file = open.get(`${database}${deleted}`)
    if (file === undefined) continue
    const log = open.get(`${database}-wal${deleted}`)
    try {
      await copyFile(file, target)
      if (log !== undefined) await copyFile(log, `${target}-wal`)
    } catch (error) {
      throw asNotWritable(error, target)
    }
    return
  }
  throw new AppError('backup.nothing-to-rescue', { path: resolve(workspace) })
}

/** The files that a process has open, by name; empty if they may not be read. */
async function openFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const name of await namesIn(folder)) {
    const path = join(folder, name)
    const target = await readlink(path).catch(() => null)
    if (target !== null) files.set(target, path)
  }
  return files
}

/** Empty if there is no such folder, it may not be read, or its process has ended. */
const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])
