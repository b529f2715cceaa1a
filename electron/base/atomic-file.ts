import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { moveFile, patientlySync, removeFile } from './patient-files.ts'
import { asNotWritable } from './path-errors.ts'
import { makePrivateFolder, makePrivateFolderSync, privateFile, privateFileMode } from './private-files.ts'

/** How the name of a draft ends. A draft that a killed program left behind can be removed. */
export const draftEnding = '.tmp'
/** The same for copies of image files, as earlier versions named them. */
export const copyDraftEnding = '.part'

const draftOf = (path: string): string => `${path}.${randomUUID()}${draftEnding}`

interface DraftOptions {
  /** The path of the draft, on the same disk as the file; by default beside it. */
  draft?: string
  /** Whether the content is on the disk before the file appears, so that it survives a power cut. Default true. */
  flush?: boolean
  /** Whether the file is one of Lobule's own, for the user alone (private-files.ts). Default true. */
  isPrivate?: boolean
  /** Puts the finished draft at `path`, whatever is there; by default renames it. */
  publish?: (draft: string) => Promise<void>
}

/**
 * Writes a file through a draft: at `path` there is either the previous file or the whole new one, also after a
 * crash. `fill` writes the draft; after that it is flushed and renamed. If anything fails, the draft is removed.
 * The folder must exist.
 * @returns what `fill` returns
 * @throws AppError `path.not-writable`; an AppError of `fill` as it is
 */
export async function writeThroughDraft<T>(
  path: string,
  fill: (file: FileHandle) => Promise<T>,
  {
    draft = draftOf(path),
    flush = true,
    isPrivate = true,
    publish = () => moveFile(draft, path),
  }: DraftOptions = {},
): Promise<T> {
  try {
    const file = await open(draft, 'wx', isPrivate ? await privateFileMode(dirname(draft)) : undefined)
    let result: T
    try {
      result = await fill(file)
      if (flush) await file.sync()
    } finally {
      await file.close()
    }
    await publish(draft)
    return result
  } catch (error) {
    await removeFile(draft).catch(() => undefined)
    throw asNotWritable(error, path)
  }
}

/**
 * Writes a whole file of Lobule's own as `writeThroughDraft` does, and creates missing folders.
 * @throws AppError `path.not-writable`
 */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  await makePrivateFolder(dirname(path)).catch((error: unknown) => {
    throw asNotWritable(error, path)
  })
  await writeThroughDraft(path, (file) => file.writeFile(content))
}

/**
 * As `writeAtomically`, before it returns and without the flush: for small files of settings that can be made
 * again.
 * @throws AppError `path.not-writable`
 */
export function writeAtomicallySync(path: string, content: string): void {
  const draft = draftOf(path)
  try {
    makePrivateFolderSync(dirname(path))
    try {
      writeFileSync(draft, content, { mode: privateFile })
      patientlySync(() => renameSync(draft, path))
    } finally {
      patientlySync(() => rmSync(draft, { force: true }))
    }
  } catch (error) {
    throw asNotWritable(error, path)
  }
}
