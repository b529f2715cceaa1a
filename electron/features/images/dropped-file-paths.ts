import { readdir, rmdir, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { removeFile, removeFolder } from '../../base/patient-files.ts'
import type { Workspace } from '../../store/index.ts'

type Folders = Pick<Workspace, 'folders'>

/** The folder of one drop's files until they are imported. */
export const dropDirectory = ({ folders }: Folders, dropId: string): string => join(folders.dropped, dropId)

/**
 * For a dropped file, its path within what was dropped (`Benign/case 1.png`) and the folder that holds the drop; null
 * for any other file.
 */
export function droppedPath(workspace: Folders, path: string): { root: string; path: string } | null {
  const [dropId = '', ...names] = relative(workspace.folders.dropped, path).split(sep)
  if (!/^[0-9a-f]{16}$/.test(dropId) || names.length === 0) return null
  return { root: dropDirectory(workspace, dropId), path: names.join('/') }
}

/** Removes a dropped file after its import, and the folders that this leaves empty. */
export async function removeDropped(workspace: Folders, path: string): Promise<void> {
  await removeFile(path)
  const top = workspace.folders.dropped
  for (let folder = dirname(path); folder.startsWith(top); folder = dirname(folder)) {
    try {
      if ((await readdir(folder)).length > 0) return
      await rmdir(folder)
    } catch {
      return
    }
  }
}

/** Drops are kept this long, since their import may have been interrupted. */
const maxAgeMs = 7 * 24 * 3600 * 1000

/** Removes drops that were not imported within a week. Only for the process that holds the workspace's lock. */
export async function removeOldDrops(workspace: Folders): Promise<void> {
  for (const dropId of await readdir(workspace.folders.dropped).catch(() => [])) {
    const directory = dropDirectory(workspace, dropId)
    const { mtimeMs } = await stat(directory)
    if (Date.now() - mtimeMs > maxAgeMs) await removeFolder(directory)
  }
}

/** Removes all dropped files. Only for the process that holds the workspace's lock. */
export async function removeAllDrops(workspace: Folders): Promise<void> {
  await removeFolder(workspace.folders.dropped)
}
