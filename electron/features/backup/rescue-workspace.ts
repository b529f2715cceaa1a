import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { asNotWritable, isMissing } from '../../base/path-errors.ts'
import type { CallOutput } from '../../contract/index.ts'
import { databaseName, examineDatabase, type Workspace } from '../../store/index.ts'
import { makeFolder, requireNothingAt } from './restore-backup.ts'
import { findLosses, listWorkspaceFiles } from './workspace-files.ts'

/**
 * Writes what this process knows of a workspace into a new folder, as a workspace: the database from the open
 * connection, which has it even if its file was deleted, and the other files, as far as they are there.
 * @throws AppError `backup.folder-exists`, `path.not-writable`, `workspace.disk-full`
 */
export async function rescueWorkspace(
  workspace: Workspace,
  directory: string,
): Promise<CallOutput<'backup.rescue'>> {
  const target = resolve(directory)
  await requireNothingAt(target)
  const draft = `${target}.rescuing`
  try {
    await rm(draft, { recursive: true, force: true })
    await makeFolder(draft)
    const copy = join(draft, databaseName)
    workspace.copyDatabaseInto(copy)
    const facts = await examineDatabase(copy)
    const { files } = await listWorkspaceFiles(workspace.path, facts, true)
    const copied = []
    for (const { name, file } of files) {
      const path = join(draft, name)
      try {
        await mkdir(dirname(path), { recursive: true })
        await copyFile(file, path)
        copied.push(name)
      } catch (error) {
        if (!isMissing(error)) throw asNotWritable(error, path)
      }
    }
    await rename(draft, target)
    const contents = copied.map((path) => ({ path, sha256: null }))
    const missing = findLosses(facts, contents)
    return { directory: target, files: copied.length + 1, missing }
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined)
    throw error
  }
}
