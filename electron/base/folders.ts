import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Creates a folder, and missing ones above it; one that exists stays as it is. */
export const makeFolders = (path: string): void => makeEach(missingFolders(path)[1])

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** The nearest thing that exists, and what is missing down to the path, the outermost first. */
export function missingFolders(path: string): [above: string, missing: string[]] {
  let above = resolve(path)
  if (isFolder(above)) return [above, []]
  const missing: string[] = []
  do {
    missing.unshift(above)
    above = dirname(above)
  } while (!existsSync(above) && dirname(above) !== above)
  return [above, missing]
}

/**
 * One by one: where the system says that a folder is missing above though it is there, as in /proc and below automatic
 * mounts, Node's recursive `mkdir` never ends.
 * @param mode of new folders; default: as the process makes them
 */
export function makeEach(folders: readonly string[], mode?: number): void {
  for (const folder of folders) {
    try {
      mkdirSync(folder, { mode })
    } catch (error) {
      // Another process may have made it meanwhile.
      if (!isFolder(folder)) throw error
    }
  }
}
