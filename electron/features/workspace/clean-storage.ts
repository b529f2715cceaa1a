import { stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { removeFile } from '../../base/patient-files.ts'
import { filesBelow } from '../../base/files-below.ts'
import { externalFolder } from '../../engine/descriptors/external-set.ts'
import type { CleanablePart } from '../../contract/index.ts'
import { slideMapFile } from '../../engine/slides/map-file.ts'
import { listCopies, listSlideMaps, type Workspace } from '../../store/index.ts'

/**
 * Files that no row refers to: copies without an image, incomplete copies, dropped files that were not imported, blocks of
 * slide maps that were not finished.
 */
export async function listLeftovers({ database, folders }: Workspace): Promise<string[]> {
  const referenced = new Set(listCopies(database))
  const copies = await filesBelow(folders.images)
  const dropped = await filesBelow(folders.dropped)
  const maps = new Set(listSlideMaps(database).map(({ sha256 }) => slideMapFile(folders.slideMaps, sha256)))
  const loose = (await filesBelow(folders.slideMaps)).filter((path) => !maps.has(path))
  return [...copies.filter((path) => !referenced.has(path)), ...dropped, ...loose]
}

/** Removes files that can be computed again or are leftovers. No job may be running. */
export async function cleanStorage(
  workspace: Workspace,
  parts: Readonly<Record<CleanablePart, boolean>>,
): Promise<{ removedFiles: number; removedBytes: number }> {
  const descriptors = workspace.folders.descriptors
  const external = join(descriptors, externalFolder, sep)
  const canBeComputed = (path: string): boolean => !path.startsWith(external)
  const files = [
    ...(parts.descriptors ? await filesBelow(descriptors).then((all) => all.filter(canBeComputed)) : []),
    ...(parts.explanations ? await filesBelow(workspace.folders.explanations) : []),
    ...(parts.leftovers ? await listLeftovers(workspace) : []),
  ]
  const removedBytes = await sizeOf(files)
  for (const file of files) await removeFile(file)
  return { removedFiles: files.length, removedBytes }
}

/** Total size in bytes. A missing file counts as 0. */
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
