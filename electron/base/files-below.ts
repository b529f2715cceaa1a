import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** The files of a folder and its subfolders whose name has this ending, sorted; none if the folder does not exist. */
export async function filesBelow(directory: string, ending = ''): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}
