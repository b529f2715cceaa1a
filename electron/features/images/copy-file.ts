import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { link, open, type FileHandle } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { copyDraftEnding, writeThroughDraft } from '../../base/atomic-file.ts'
import { makePrivateFolder } from '../../base/private-files.ts'
import { AppError } from '../../contract/index.ts'
import type { Workspace } from '../../store/index.ts'

/** The folder of the workspace that holds copied image files. */
const copiesFolder = 'images'

/**
 * Copies a file into the workspace, named by its content hash, and returns the path relative to the workspace. The
 * copy is complete and flushed to disk, or there is none. An existing copy is used again.
 * @param sha256 expected hash of the file
 * @throws AppError `image.file-changed` if the hash differs, `path.not-writable`
 */
export async function copyIntoWorkspace(workspace: Workspace, path: string, sha256: string): Promise<string> {
  const relative = copyPath(path, sha256)
  const target = join(workspace.path, relative)
  if (existsSync(target)) return relative
  await makePrivateFolder(workspace.folders.images)
  const copy = async (file: FileHandle): Promise<void> => {
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      hash.update(chunk as Buffer)
      await file.write(chunk as Buffer)
    }
    if (hash.digest('hex') !== sha256) throw new AppError('image.file-changed', { path })
  }
  await writeThroughDraft(target, copy, { draft: `${target}.${randomUUID()}${copyDraftEnding}` })
  return relative
}

/**
 * As copyIntoWorkspace, for a file that is in the workspace already and that no other process writes: it is linked
 * rather than copied if the file system allows. The file itself stays.
 * @param sha256 hash of the file
 * @throws AppError as copyIntoWorkspace
 */
export async function linkIntoWorkspace(workspace: Workspace, path: string, sha256: string): Promise<string> {
  const relative = copyPath(path, sha256)
  const target = join(workspace.path, relative)
  if (existsSync(target)) return relative
  try {
    await makePrivateFolder(workspace.folders.images)
    const file = await open(path, 'r+')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
    await link(path, target)
    return relative
  } catch {
    return copyIntoWorkspace(workspace, path, sha256)
  }
}

/** Path of a file's copy, relative to the workspace. Forward slashes, since a workspace may move between systems. */
const copyPath = (path: string, sha256: string): string =>
  `${copiesFolder}/${sha256}${extname(path).toLowerCase()}`
