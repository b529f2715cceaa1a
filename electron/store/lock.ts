import { readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { AppError } from '../contract/index.ts'

/**
 * Makes this process the only writer of a workspace until `release`. The lock is SQLite's own on a file
 * that nothing else uses, so the operating system releases it however the process ends. A text file next to it names
 * the holder for people.
 * @throws AppError `workspace.locked` with the holder
 */
export function lockWorkspace(workspacePath: string, program: string): { release(): void } {
  const notePath = join(workspacePath, 'lock-holder.txt')
  const lock = new Sqlite(join(workspacePath, 'lock.sqlite'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch {
    lock.close()
    throw new AppError('workspace.locked', { path: workspacePath, holder: readNote(notePath) })
  }
  writeFileSync(notePath, `${program}, process ${process.pid} on ${hostname()}`)
  return {
    release: () => {
      lock.close()
    },
  }
}

function readNote(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return 'another process'
  }
}
