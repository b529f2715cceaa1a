import { accessSync, constants, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { AppError, type ClassScheme } from '../contract/index.ts'
import { openDatabase, type OpenDatabase } from './connection.ts'
import type { Writable } from './database.ts'
import { lockWorkspace } from './lock.ts'
import { insertClasses } from './queries/classes.ts'
import { insertWorkspace } from './queries/workspace.ts'

const databaseName = 'workspace.sqlite'

/** Folders of derived and copied files, absolute; a folder is created with its first file. */
export interface WorkspaceFolders {
  readonly descriptors: string
  /** LightGBM model texts and likeness references, named by their sha256. */
  readonly boosters: string
  /** Copied image files, named by their sha256. */
  readonly images: string
  /** Files that a browser sent, until they are imported. */
  readonly dropped: string
  /** Heat maps. */
  readonly explanations: string
  readonly synthetic: string
}

/** A workspace, as it is passed to functions. */
export interface Workspace {
  readonly path: string
  readonly database: Writable
  readonly folders: WorkspaceFolders
}

export interface OpenWorkspace extends Workspace {
  close(): void
}

/** Where jobs and images are stored. */
export interface Store {
  /** null: a store in memory, for jobs without a workspace. */
  readonly path: string | null
  readonly database: Writable
  close(): void
}

export const workspaceFolders = (path: string): WorkspaceFolders => ({
  descriptors: join(path, 'descriptors'),
  boosters: join(path, 'boosters'),
  images: join(path, 'images'),
  dropped: join(path, 'dropped'),
  explanations: join(path, 'explanations'),
  synthetic: join(path, 'synthetic'),
})

export const isWorkspace = (path: string): boolean => existsSync(join(path, databaseName))

/**
 * Creates a workspace in a folder, and the folder if it does not exist.
 * @throws AppError `workspace.exists`, `path.not-writable`
 */
export function createWorkspace(path: string, classes: ClassScheme, program: string): OpenWorkspace {
  const root = resolve(path)
  if (isWorkspace(root)) throw new AppError('workspace.exists', { path: root })
  try {
    mkdirSync(root, { recursive: true })
    accessSync(root, constants.W_OK)
  } catch (error) {
    throw new AppError('path.not-writable', { path: root, reason: reasonOf(error) }, { cause: error })
  }
  // Completed under another name first, so that a crash never leaves half a workspace.
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
 * Opens a workspace for writing.
 * @throws AppError `workspace.not-found`, `workspace.locked`, `workspace.newer`, `workspace.corrupt`
 */
export function openWorkspace(path: string, program: string): OpenWorkspace {
  if (!isWorkspace(path)) throw new AppError('workspace.not-found', { path: resolve(path) })
  const root = realpathSync(path)
  const lock = lockWorkspace(root, program)
  let connection: OpenDatabase
  try {
    connection = openDatabase(join(root, databaseName), root, 'open')
  } catch (error) {
    lock.release()
    throw error
  }
  return {
    path: root,
    database: connection.database,
    folders: workspaceFolders(root),
    close: () => {
      connection.close()
      lock.release()
    },
  }
}

/** A store in memory, with the same tables. */
export function openScratchStore(): Store {
  return { path: null, ...openDatabase(':memory:', ':memory:', 'create') }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
