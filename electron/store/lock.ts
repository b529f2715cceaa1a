import { readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Sqlite, { type Database } from 'better-sqlite3'
import { AppError, hasCode } from '../contract/index.ts'
import { identityOf, isSameFile, type FileIdentity } from './file-identity.ts'
import { asStoreError } from './store-errors.ts'

export const lockFiles = ['lock.sqlite', 'lock-holder.txt'] as const
const [lockName, noteName] = lockFiles

interface Held {
  readonly connection: Database
  readonly identity: FileIdentity | null
}

/**
 * Makes this process the only writer of a workspace, or of another folder, until `release`. The lock is SQLite's own on a file
 * that nothing else uses, so the operating system releases it however the process ends. A text file next to it names
 * the holder for people.
 */
export class FolderLock {
  readonly #folder: string
  readonly #program: string
  #held: Held

  /** @throws AppError `workspace.locked` with the holder, `workspace.disk-full`, `workspace.read-only` */
  constructor(folder: string, program: string) {
    this.#folder = folder
    this.#program = program
    this.#held = this.#take()
  }

  /**
   * Makes sure that the lock still keeps others out. A lock whose file was deleted does not: another process creates the
   * file again and locks that one. Then the lock is taken again, or this process must not write any more.
   * @throws AppError `workspace.locked`
   */
  ensure(): void {
    if (isSameFile(this.#held.identity, identityOf(join(this.#folder, lockName)))) return
    const again = this.#take()
    this.#held.connection.close()
    this.#held = again
  }

  release(): void {
    this.#held.connection.close()
  }

  #take(): Held {
    const path = join(this.#folder, lockName)
    let connection: Database | undefined
    try {
      connection = new Sqlite(path, { timeout: 0 })
      connection.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      connection?.close()
      const known = asStoreError(error, this.#folder)
      if (!hasCode(known, 'workspace.locked')) throw known
      throw new AppError('workspace.locked', { path: this.#folder, holder: readHolder(this.#folder) })
    }
    this.#writeNote()
    return { connection, identity: identityOf(path) }
  }

  /** The note is only for people: the lock holds without it, for example on a full disk. */
  #writeNote(): void {
    try {
      const note = `${this.#program}, process ${process.pid} on ${hostname()}`
      writeFileSync(join(this.#folder, noteName), note)
    } catch {
      // An old note may remain: `readHolder` leaves out processes that do not live.
    }
  }
}

/** Who holds the lock, as the note says; a process of this computer that does not live is not named. */
function readHolder(folder: string): string {
  let note: string
  try {
    note = readFileSync(join(folder, noteName), 'utf8').trim()
  } catch {
    return 'another process'
  }
  const [, pid, host] = /, process (\d+) on (.+)$/.exec(note) ?? []
  if (note === '' || (host === hostname() && !isAlive(Number(pid)))) return 'another process'
  return note
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It lives, but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
