import { statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { makeEach, missingFolders } from './folders.ts'

/**
 * Permissions of the files and folders of workspaces and of the data folder: for the user alone, since they hold labels.
 * Only in a folder that its group may write into, as one that is set up for several accounts, the group may use them too. Windows ignores these numbers; there, permissions are inherited from the folder above.
 */
export const privateFile = 0o600
export const privateFolder = 0o700

const groupMayWrite = 0o020
const forGroup = (mode: number): number => mode | ((mode & privateFolder) >> 3)

const sharedOr = (mode: number, folderMode: number): number =>
  (folderMode & groupMayWrite) === 0 ? mode : forGroup(mode)

/** Permissions of a new file of Lobule's own in this folder, which exists. */
export const privateFileMode = async (folder: string): Promise<number> =>
  sharedOr(privateFile, (await stat(folder)).mode)

/** The same, before it returns. */
export const privateFileModeSync = (folder: string): number => sharedOr(privateFile, statSync(folder).mode)

/** Creates a folder of Lobule's own, and missing ones above it; one that exists stays as it is. */
export async function makePrivateFolder(path: string): Promise<void> {
  const [above, missing] = missingFolders(path)
  makeEach(missing, sharedOr(privateFolder, (await stat(above)).mode))
}

/**
 * The same, before it returns and for the user alone.
 * @returns the outermost folder that it made
 */
export function makePrivateFolderSync(path: string): string | undefined {
  const [, missing] = missingFolders(path)
  makeEach(missing, privateFolder)
  return missing[0]
}
