import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { AppError } from '../../contract/index.ts'

/** Of every command that writes a file. */
export const replaceFlag = ['--replace', 'replace an existing file'] as const

/**
 * Before long work whose result goes into a file.
 * @throws AppError `path.exists`
 */
export function refuseExisting(path: string | undefined, replace = false): void {
  if (path === undefined || replace || !existsSync(path)) return
  throw new AppError('path.exists', { path: resolve(path) })
}
