import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { networkShareOf } from '../base/network-share.ts'
import { asNotWritable } from '../base/path-errors.ts'
import { patientlySync } from '../base/patient-files.ts'
import { makePrivateFolderSync, privateFileModeSync } from '../base/private-files.ts'
import type { Sliced } from '../base/slices.ts'
import { requireAllowedPath } from '../base/windows-names.ts'
import { AppError, hasCode, type ClassScheme } from '../contract/index.ts'
import { openDatabase, type OpenDatabase } from './connection.ts'
import type { Readable, Writable } from './database.ts'
import { identityOf, isSameFile, type FileIdentity } from './file-identity.ts'
import { FolderLock, lockFiles } from './lock.ts'
import { appendEvent } from './queries/audit.ts'
import { insertClasses } from './queries/classes.ts'
import { insertWorkspace } from './queries/workspace.ts'
import { openReadSnapshot, Reads } from './read-snapshot.ts'
import { hasPinnedRows, pinRows } from './row-pins.ts'
import { copyForReading, isWritable } from './read-only-copy.ts'
import { databaseFiles, snapshotDatabase, type SnapshotRun } from './snapshot.ts'
import { setStaleLogAside } from './stale-wal.ts'
import { asStoreError } from './store-errors.ts'

export const databaseName = 'workspace.sqlite'

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
  /** Maps of analysed slides, named by their sha256; below `drafts`, blocks of unfinished ones. */
  readonly slideMaps: string
}

/** A workspace, as it is passed to functions. */
export interface Workspace {
  readonly path: string
  readonly database: Writable
  readonly folders: WorkspaceFolders
  /** Names of files that were set aside at opening, since they did not belong to the database; usually none. */
  readonly setAside: readonly string[]
  /** The file of the database; of a workspace that is open for reading, its copy. */
  readonly databasePath: string
  /** Whether the database is still the file that was opened: false once it was deleted or replaced. */
  isInPlace(): boolean
  /**
   * Reads in slices, between which the event loop turns, from the database as it is when this begins: on a connection of
   * its own, inside one transaction. Of a file that was deleted or replaced it reads at once what is open.
   * @throws AppError `workspace.none-open` if the workspace is closed meanwhile
   */
  readonly read: <R>(work: (database: Readable) => Sliced<R>) => Promise<R>
  /** Writes the database as it is now into a new file, also if its own was deleted. @throws AppError as a write does */
  copyDatabaseInto(path: string): void
  /**
   * Writes the database as it is now into a new file, piece by piece, while others read and write it.
   * @throws AppError as a write does; `job.cancelled`
   */
  snapshotInto(path: string, run?: SnapshotRun): Promise<void>
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
  slideMaps: join(path, 'slide-maps'),
})

/** The entry of a workspace that makes it one. */
export const isWorkspace = (path: string): boolean => existsSync(join(path, databaseName))

/** Whether a file below a workspace's folder is one of those that Lobule keeps there; the user may have others. */
export function isOwnFile(workspacePath: string, file: string): boolean {
  // Some disks ignore case.
  const [first = ''] = relative(workspacePath, file).toLowerCase().split(sep)
  const folders = Object.values<string>({ ...workspaceFolders(workspacePath) }).map((folder) =>
    basename(folder),
  )
  return folders.includes(first) || /^(workspace\.sqlite|lock\.sqlite|lock-holder\.txt)/.test(first)
}

/**
 * Creates a workspace in a folder, and the folder if it does not exist. If anything fails, nothing is left behind.
 * @param shareOf the kind of network file system that a path is on; null: none
 * @throws AppError `workspace.exists`, `workspace.network-share`, `path.not-writable`, `workspace.disk-full`
 */
export function createWorkspace(
  path: string,
  classes: ClassScheme,
  program: string,
  shareOf = networkShareOf,
): OpenWorkspace {
  const root = resolve(path)
  if (isWorkspace(root)) throw new AppError('workspace.exists', { path: root })
  refuseNetworkShare(root, shareOf)
  requireAllowedPath(root)
  let madeFolder: string | undefined
  try {
    madeFolder = makePrivateFolderSync(root)
    accessSync(root, constants.W_OK)
  } catch (error) {
    throw asNotWritable(error, root)
  }
  // Completed under another name first, so that a crash never leaves half a workspace.
  const draft = join(root, `${databaseName}.new`)
  try {
    rmSync(draft, { force: true })
    // SQLite keeps the permissions of files that exist, and gives those of the database to its other files. A lock that
    // exists is not touched: closing it could release it.
    for (const file of [draft, ...lockFiles.map((name) => join(root, name))]) {
      if (!existsSync(file)) closeSync(openSync(file, 'wx', privateFileModeSync(root)))
    }
    const connection = openDatabase(draft, root, { mode: 'create' })
    try {
      const { database } = connection
      database.transaction(() => {
        insertWorkspace(database, basename(root))
        insertClasses(database, classes)
        const reason =
          'The workspace was created. Every later change has an event with the hash of what it wrote.'
        pinRows(database, reason, { classes, workspace: basename(root) })
      })()
    } finally {
      connection.close()
    }
    patientlySync(() => renameSync(draft, join(root, databaseName)))
    return openWorkspace(root, program, shareOf)
  } catch (error) {
    for (const file of [draft, join(root, databaseName)].flatMap(databaseFiles)) rmSync(file, { force: true })
    // Another process holds the lock of a workspace whose database was deleted.
    if (!hasCode(error, 'workspace.locked'))
      for (const file of lockFiles) rmSync(join(root, file), { force: true })
    if (madeFolder !== undefined) rmSync(madeFolder, { recursive: true, force: true })
    throw asStoreError(error, root)
  }
}

/**
 * Opens a workspace for writing, or for reading where its folder or its database cannot be written.
 * @param shareOf as in `createWorkspace`
 * @throws AppError `workspace.not-found`, `workspace.network-share`, `workspace.locked`, `workspace.newer`, `workspace.foreign-schema`,
 *   `workspace.corrupt`, `workspace.disk-full`, `workspace.disk-error`
 */
export function openWorkspace(path: string, program: string, shareOf = networkShareOf): OpenWorkspace {
  if (!isWorkspace(path)) throw new AppError('workspace.not-found', { path: resolve(path) })
  const root = realpathSync(path)
  refuseNetworkShare(root, shareOf)
  const own = [root, join(root, databaseName), join(root, lockFiles[0])].filter(existsSync)
  if (!own.every(isWritable)) return openForReading(root)
  try {
    return openForWriting(root, program)
  } catch (error) {
    const known = asStoreError(error, root)
    // Access rights say less than an attempt, for example on Windows and on network disks.
    if (hasCode(known, 'workspace.read-only')) return openForReading(root)
    throw known
  }
}

/** A copy for reading could be torn too, since another computer may write meanwhile. @throws AppError `workspace.network-share` */
function refuseNetworkShare(path: string, shareOf: typeof networkShareOf): void {
  const fileSystem = shareOf(path)
  if (fileSystem !== null) throw new AppError('workspace.network-share', { path, fileSystem })
}

const firstPin =
  'Earlier versions of Lobule recorded no hashes of images, models, regions and predictions. They are pinned as they are now.'

function openForWriting(root: string, program: string): OpenWorkspace {
  const path = join(root, databaseName)
  const lock = new FolderLock(root, program)
  let connection: OpenDatabase
  let setAside: string[]
  let identity: FileIdentity | null
  const isInPlace = (): boolean => isSameFile(identity, identityOf(path))
  try {
    setAside = setStaleLogAside(path)
    identity = identityOf(path)
    const beforeWrite = (): void => {
      if (!isInPlace()) throw new AppError('workspace.replaced', { path: root })
      lock.ensure()
    }
    connection = openDatabase(path, root, { mode: 'open', beforeWrite })
    if (setAside.length > 0) recordSetAside(connection.database, setAside)
    if (!hasPinnedRows(connection.database)) pinRows(connection.database, firstPin)
  } catch (error) {
    lock.release()
    throw error
  }
  const reads = new Reads(() => (isInPlace() ? openReadSnapshot(path, root) : null), connection.database)
  return {
    path: root,
    database: connection.database,
    folders: workspaceFolders(root),
    setAside,
    databasePath: path,
    isInPlace,
    read: (work) => reads.read(work),
    copyDatabaseInto: (target) => connection.copyInto(target),
    snapshotInto: async (target, run) => {
      if (!isInPlace()) throw new AppError('workspace.replaced', { path: root })
      await snapshotDatabase(path, target, run)
    },
    close: () => {
      reads.close()
      connection.close()
      lock.release()
    },
  }
}

function recordSetAside(database: Writable, files: readonly string[]): void {
  appendEvent(database, {
    kind: 'restore',
    object: { type: 'workspace', id: null, name: null },
    after: { setAside: files },
    reader: null,
    reason: 'The database had been put back from a backup beside a log that does not belong to it.',
  })
}

/** The state of this moment, from a copy of the database; writes are refused. No lock is needed, and none possible. */
function openForReading(root: string): OpenWorkspace {
  const copy = copyForReading(join(root, databaseName))
  try {
    const setAside = setStaleLogAside(copy.path)
    const connection = openDatabase(copy.path, root, { mode: 'open', isReadOnly: true })
    const reads = new Reads(() => openReadSnapshot(copy.path, root), connection.database)
    return {
      path: root,
      database: connection.database,
      folders: workspaceFolders(root),
      setAside,
      databasePath: copy.path,
      isInPlace: () => true,
      read: (work) => reads.read(work),
      copyDatabaseInto: (target) => connection.copyInto(target),
      snapshotInto: (target, run) => snapshotDatabase(copy.path, target, run),
      close: () => {
        reads.close()
        connection.close()
        copy.remove()
      },
    }
  } catch (error) {
    copy.remove()
    throw error
  }
}

/** A store in memory, with the same tables. */
export function openScratchStore(): Store {
  return { path: null, ...openDatabase(':memory:', ':memory:', { mode: 'create' }) }
}
