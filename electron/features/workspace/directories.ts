import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, extname, join, resolve } from 'node:path'
import { asNotWritable, asPathError } from '../../base/path-errors.ts'
import { readFolder } from '../../base/read-folder.ts'
import {
  backupEndings,
  readingsEnding,
  imageExtensions,
  packageEndings,
  type CallOutput,
  type DirectoryEntry,
} from '../../contract/index.ts'
import { isWorkspace } from '../../store/index.ts'

/**
 * The entries of a folder that Lobule can use: folders, workspaces, images, weight files, tables, packages. For entry
 * points without the system's file dialog.
 * @param path null: the user's home folder
 * @throws AppError `path.not-found`, `path.unreadable`
 */
export async function listDirectory(path: string | null): Promise<CallOutput<'directory.list'>> {
  const directory = resolve(path ?? homedir())
  const found = await readFolder(directory).catch((error: unknown) => {
    throw asPathError(error, directory)
  })
  const shown = found.filter(({ name }) => !name.startsWith('.'))
  const entries = shown
    .filter(({ isUtf8 }) => isUtf8)
    .flatMap((entry): DirectoryEntry[] => {
      const entryPath = join(directory, entry.name)
      if (entry.isFolder) {
        return [{ name: entry.name, path: entryPath, kind: isWorkspace(entryPath) ? 'workspace' : 'folder' }]
      }
      const extension = extname(entry.name).toLowerCase()
      if (imageExtensions.includes(extension)) return [{ name: entry.name, path: entryPath, kind: 'image' }]
      if (extension === '.csv') return [{ name: entry.name, path: entryPath, kind: 'table' }]
      if (packageEndings.includes(extension)) return [{ name: entry.name, path: entryPath, kind: 'package' }]
      if (backupEndings.includes(extension)) return [{ name: entry.name, path: entryPath, kind: 'backup' }]
      if (extension === readingsEnding) return [{ name: entry.name, path: entryPath, kind: 'readings' }]
      if (['.h5', '.hdf5', '.pth'].includes(extension))
        return [{ name: entry.name, path: entryPath, kind: 'weights' }]
      return []
    })
    .toSorted((a, b) => a.name.localeCompare(b.name))
  const parent = dirname(directory)
  const unreadable = shown.filter(({ isUtf8 }) => !isUtf8).map(({ name }) => name)
  return { path: directory, parent: parent === directory ? null : parent, entries, unreadable }
}

/**
 * Makes a folder that only this user can read, as a workspace may be made in it.
 * @throws AppError `path.not-writable`, also if something is there already or the folder around it is missing
 */
export async function createDirectory(given: string): Promise<CallOutput<'directory.create'>> {
  const path = resolve(given)
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    throw asNotWritable(error, path)
  })
  return { path }
}
