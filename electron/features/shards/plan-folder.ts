import { constants, existsSync } from 'node:fs'
import { copyFile, link, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { removeFolder } from '../../base/patient-files.ts'
import { makeFolders } from '../../base/folders.ts'
import { asNotWritable, asPathError, isMissing } from '../../base/path-errors.ts'
import { AppError } from '../../contract/index.ts'

/** A hard link shares the file, so it needs no space; where the disk is another one, the file is copied. */
export async function placeFile(from: string, to: string, how: 'copy' | 'link'): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true })
    if (
      how === 'link' &&
      (await link(from, to).then(
        () => true,
        () => false,
      ))
    )
      return
    await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  } catch (error) {
    throw asNotWritable(error, to)
  }
}

/** @throws AppError `shard.folder-in-use`, `path.*` */
export async function requireEmpty(directory: string): Promise<void> {
  const names = await readdir(directory).catch((error: unknown): string[] => {
    if (isMissing(error)) return []
    throw asPathError(error, directory)
  })
  if (names.length > 0) throw new AppError('shard.folder-in-use', { path: directory })
}

/**
 * Fills a folder that is empty or not there. If `fill` fails, nothing of it is left.
 * @param names what `fill` writes into it
 * @throws AppError `path.not-writable`; what `fill` throws
 */
export async function inPlanFolder(
  directory: string,
  names: readonly string[],
  fill: () => Promise<void>,
): Promise<void> {
  const isNew = !existsSync(directory)
  try {
    makeFolders(directory)
  } catch (error) {
    throw asNotWritable(error, directory)
  }
  try {
    await fill()
  } catch (error) {
    const own = isNew ? [directory] : names.map((name) => join(directory, name))
    for (const path of own) await removeFolder(path).catch(() => undefined)
    throw error
  }
}
