import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { link, mkdir, open, type FileHandle } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { copyDraftEnding, writeThroughDraft } from '../../base/atomic-file.ts'
import { AppError } from '../../contract/index.ts'
import type { Workspace } from '../../store/index.ts'

/** The folder of the workspace that holds copied image files. */
const copiesFolder = 'images'

/**
 * Copies a file into the workspace, named by its content, and answers where, relative to the workspace. The
 * copy is there whole and on the disk, or not at all; one that is there already is used again.
 * @param sha256 what the file must hold
 * @throws AppError `image.file-changed` where it holds something else by now, `path.not-writable`
 */
export async function copyIntoWorkspace(workspace: Workspace, path: string, sha256: string): Promise<string> {
  const relative = copyOf(path, sha256)
  const target = join(workspace.path, relative)
  if (existsSync(target)) return relative
  await mkdir(workspace.folders.images, { recursive: true })
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
 * Takes a file that lies in the workspace already, and that nobody else writes, in among the copies without
 * copying it where the disk allows; the file itself stays. Answers where, relative to the workspace.
 * @param sha256 what the file holds
 * @throws AppError as copyIntoWorkspace
 */
export async function linkIntoWorkspace(workspace: Workspace, path: string, sha256: string): Promise<string> {
  const relative = copyOf(path, sha256)
  const target = join(workspace.path, relative)
  if (existsSync(target)) return relative
  try {
    await mkdir(workspace.folders.images, { recursive: true })
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

/** Where the copy of a file lies. Forward slashes: a workspace may travel between systems. */
const copyOf = (path: string, sha256: string): string =>
  `${copiesFolder}/${sha256}${extname(path).toLowerCase()}`
