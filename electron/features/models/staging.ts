import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFolder } from '../../base/patient-files.ts'

/** Removes what killed jobs left in a folder: the folders whose names start with the prefix. */
export async function removeStaging(folder: string, prefix: string): Promise<void> {
  for (const entry of await readdir(folder).catch((): string[] => []))
    if (entry.startsWith(prefix)) await removeFolder(join(folder, entry))
}
