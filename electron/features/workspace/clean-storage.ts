import { rm, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { filesBelow } from '../../base/files-below.ts'
import { externalFolder } from '../../engine/descriptors/external-set.ts'
import type { CleanablePart } from '../../contract/index.ts'
import { listImages, type Workspace } from '../../store/index.ts'

/** Files of the workspace that nothing names: copies of no image, halves of a copy, drops that were not imported. */
export async function listLeftovers({ database, folders }: Workspace): Promise<string[]> {
  const named = new Set(listImages(database).flatMap(({ path, copied }) => (copied ? [path] : [])))
  const copies = await filesBelow(folders.images)
  const dropped = await filesBelow(folders.dropped)
  return [...copies.filter((path) => !named.has(path)), ...dropped]
}

/** Removes what can be made again or belongs to nothing; answers how much that was. No job may run. */
export async function cleanStorage(
  workspace: Workspace,
  what: Readonly<Record<CleanablePart, boolean>>,
): Promise<{ removedFiles: number; removedBytes: number }> {
  const descriptors = workspace.folders.descriptors
  const external = join(descriptors, externalFolder, sep)
  const canBeMade = (path: string): boolean => !path.startsWith(external)
  const files = [
    ...(what.descriptors ? await filesBelow(descriptors).then((all) => all.filter(canBeMade)) : []),
    ...(what.explanations ? await filesBelow(workspace.folders.explanations) : []),
    ...(what.leftovers ? await listLeftovers(workspace) : []),
  ]
  const removedBytes = await sizeOf(files)
  for (const file of files) await rm(file, { force: true })
  return { removedFiles: files.length, removedBytes }
}

/** Bytes of files; one that is gone has none. */
export async function sizeOf(files: readonly string[]): Promise<number> {
  let sum = 0
  for (const file of files) {
    sum += await stat(file).then(
      ({ size }) => size,
      () => 0,
    )
  }
  return sum
}
