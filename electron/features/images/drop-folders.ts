import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { Workspace } from '../../store/index.ts'

type Folders = Pick<Workspace, 'folders'>

/** Where the files of one drop lie until they are imported. */
export const dropDirectory = ({ folders }: Folders, dropId: string): string => join(folders.dropped, dropId)

/**
 * The path that a dropped file had where it was dropped (`Benign/case 1.png`), and the folder that stands for the
 * place it was dropped from; null for any other file.
 */
export function droppedPath(workspace: Folders, path: string): { root: string; path: string } | null {
  const [dropId = '', ...names] = relative(workspace.folders.dropped, path).split(sep)
  if (!/^[0-9a-f]{16}$/.test(dropId) || names.length === 0) return null
  return { root: dropDirectory(workspace, dropId), path: names.join('/') }
}

/** Removes a dropped file that is not needed any more, and the folders that it leaves empty. */
export async function removeDropped(workspace: Folders, path: string): Promise<void> {
  await rm(path, { force: true })
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

/** So long a drop waits for its import, which may have been interrupted. */
const longestWaitMs = 7 * 24 * 3600 * 1000

/** Removes the drops that nobody imported for a week. Only the process that holds the workspace may ask. */
export async function sweepDropped(workspace: Folders): Promise<void> {
  for (const dropId of await readdir(workspace.folders.dropped).catch(() => [])) {
    const directory = dropDirectory(workspace, dropId)
    const { mtimeMs } = await stat(directory)
    if (Date.now() - mtimeMs > longestWaitMs) await rm(directory, { recursive: true, force: true })
  }
}

/** Removes all dropped files. Only the process that holds the workspace may ask. */
export async function removeDrops(workspace: Folders): Promise<void> {
  await rm(workspace.folders.dropped, { recursive: true, force: true })
}
