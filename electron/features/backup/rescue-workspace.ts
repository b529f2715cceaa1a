import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { moveFile, removeFolder } from '../../base/patient-files.ts'
import { asNotWritable, isMissing } from '../../base/path-errors.ts'
import type { CallOutput } from '../../contract/index.ts'
import { databaseName, examineDatabase, type Workspace } from '../../store/index.ts'
import { copyLostDatabase } from './lost-database.ts'
import { makeFolder, requireNothingAt } from './restore-backup.ts'
import { findLosses, listWorkspaceFiles } from './workspace-files.ts'

/**
 * Writes what this process knows of a workspace into a new folder, as a workspace: the database from the open
 * connection, which has it even if its file was deleted, and the other files, as far as they are there.
 * @throws AppError `backup.folder-exists`, `path.not-writable`, `workspace.disk-full`
 */
export const rescueWorkspace = (
  workspace: Workspace,
  directory: string,
): Promise<CallOutput<'backup.rescue'>> =>
  writeRescue(workspace.path, directory, (copy) => {
    workspace.copyDatabaseInto(copy)
    return Promise.resolve()
  })

/**
 * The same for a workspace that another process has open.
 * @throws AppError also `backup.nothing-to-rescue`
 */
export const rescueElsewhere = (path: string, directory: string): Promise<CallOutput<'backup.rescue'>> =>
  writeRescue(resolve(path), directory, (copy) => copyLostDatabase(path, copy))

async function writeRescue(
  path: string,
  directory: string,
  copyDatabase: (copy: string) => Promise<void>,
): Promise<CallOutput<'backup.rescue'>> {
  const target = resolve(directory)
  await requireNothingAt(target)
  const draft = `${target}.rescuing`
  try {
    await removeFolder(draft)
    await makeFolder(draft)
    const copy = join(draft, databaseName)
    await copyDatabase(copy)
    const facts = await examineDatabase(copy)
    const { files } = await listWorkspaceFiles(path, facts, true)
    const copied = []
    for (const { name, file } of files) {
      const to = join(draft, name)
      try {
        await mkdir(dirname(to), { recursive: true })
        await copyFile(file, to)
        copied.push(name)
      } catch (error) {
        if (!isMissing(error)) throw asNotWritable(error, to)
      }
    }
    await moveFile(draft, target)
    const contents = copied.map((name) => ({ path: name, sha256: null }))
    const missing = findLosses(facts, contents)
    return { directory: target, files: copied.length + 1, missing }
  } catch (error) {
    await removeFolder(draft).catch(() => undefined)
    throw error
  }
}
