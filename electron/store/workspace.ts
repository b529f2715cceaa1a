import { accessSync, constants, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { AppError, type ClassScheme } from '../contract/index.ts'
import { openDatabase, type OpenDatabase } from './connection.ts'
import type { Writable } from './database.ts'
import { lockWorkspace } from './lock.ts'
import { insertClasses } from './queries/classes.ts'
import { interruptRunningJobs } from './queries/jobs.ts'
import { insertWorkspace } from './queries/workspace.ts'

const databaseName = 'workspace.sqlite'

/** An open workspace: its database and where its derived files lie. */
export interface Store {
  /** null: a store in memory, for work that belongs to no workspace. */
  readonly path: string | null
  readonly database: Writable
  close(): void
}

export const descriptorsDirectory = (workspacePath: string): string => join(workspacePath, 'descriptors')
export const boostersDirectory = (workspacePath: string): string => join(workspacePath, 'boosters')

export const isWorkspace = (path: string): boolean => existsSync(join(path, databaseName))

/**
 * Makes a workspace in a folder, which is created where it does not exist.
 * @throws AppError `workspace.exists`, `path.not-writable`
 */
export function createWorkspace(path: string, classes: ClassScheme, program: string): Store {
  const root = resolve(path)
  if (isWorkspace(root)) throw new AppError('workspace.exists', { path: root })
  try {
    mkdirSync(root, { recursive: true })
    accessSync(root, constants.W_OK)
  } catch (error) {
    throw new AppError('path.not-writable', { path: root, reason: reasonOf(error) }, { cause: error })
  }
  // Complete under another name first, so that a crash never leaves half a workspace behind.
  const draft = join(root, `${databaseName}.new`)
  rmSync(draft, { force: true })
  const connection = openDatabase(draft, root, 'create')
  const { database } = connection
  database.transaction(() => {
    insertWorkspace(database, basename(root))
    insertClasses(database, classes)
  })()
  connection.close()
  renameSync(draft, join(root, databaseName))
  return openWorkspace(root, program)
}

/**
 * Opens a workspace for writing. Jobs that were running when it was last closed become `interrupted`.
 * @throws AppError `workspace.not-found`, `workspace.locked`, `workspace.newer`, `workspace.corrupt`
 */
export function openWorkspace(path: string, program: string): Store {
  if (!isWorkspace(path)) throw new AppError('workspace.not-found', { path: resolve(path) })
  const root = realpathSync(path)
  const lock = lockWorkspace(root, program)
  let connection: OpenDatabase | undefined
  try {
    connection = openDatabase(join(root, databaseName), root, 'open')
    interruptRunningJobs(connection.database)
  } catch (error) {
    connection?.close()
    lock.release()
    throw error
  }
  const opened = connection
  return {
    path: root,
    database: opened.database,
    close: () => {
      opened.close()
      lock.release()
    },
  }
}

/** A store that lives in memory, with the same tables. */
export function openScratchStore(): Store {
  return { path: null, ...openDatabase(':memory:', ':memory:', 'create') }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
