import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { patientlySync } from '../base/patient-files.ts'
import { privateFile } from '../base/private-files.ts'

/** Whether a file or folder may be written; false also if it is on a disk that may only be read. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * A copy of a database and its log in a temporary folder of this user. SQLite cannot read a database with a log
 * where it may not write, and an older format must be brought to the newest before queries can read it.
 */
export function copyForReading(database: string): { path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'lobule-reading-'))
  const remove = (): void => patientlySync(() => rmSync(folder, { recursive: true, force: true }))
  try {
    const path = join(folder, basename(database))
    const log = `${database}-wal`
    const files = [[database, path] as const, [log, `${path}-wal`] as const]
    for (const [from, to] of files.filter(([original]) => existsSync(original))) {
      copyFileSync(from, to, constants.COPYFILE_FICLONE)
      // A copy has the rights of its original, which may not be written.
      chmodSync(to, privateFile)
    }
    return { path, remove }
  } catch (error) {
    remove()
    throw error
  }
}
