import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { asPathError } from '../../base/path-errors.ts'

/** What the system knows of a file. @throws AppError `path.not-found`, `path.unreadable` */
export const fileStats = (path: string): Promise<Stats> =>
  stat(path).catch((error: unknown) => {
    throw asPathError(error, path)
  })

/**
 * What tells an image's file from what it was before, as the key of a cache: a file that has changed is another one, also if another file
 * of the same image has.
 * @throws AppError `path.not-found`, `path.unreadable`
 */
export async function fileState(path: string): Promise<string> {
  const { size, mtimeMs } = await fileStats(path)
  const others = await Promise.all((await filesBeside(path)).map(describe))
  return JSON.stringify([path, size, mtimeMs, ...others])
}

/**
 * Files that may belong to the same image: those in the folder of a MIRAX slide, and all DICOM files beside one. Which of these are of
 * its series (image-parts.ts) is not asked, since a viewer asks for each tile.
 */
async function filesBeside(path: string): Promise<string[]> {
  const ending = extname(path).toLowerCase()
  if (ending !== '.mrxs' && ending !== '.dcm') return []
  const folder = ending === '.mrxs' ? path.slice(0, -ending.length) : dirname(path)
  // Without its folder, the image is refused where it is opened.
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => ending === '.mrxs' || extname(name).toLowerCase() === ending)
    .toSorted()
    .map((name) => join(folder, name))
}

/** Of a file that is gone by now: its name. */
const describe = (path: string): Promise<unknown[]> =>
  stat(path).then(
    ({ size, mtimeMs }) => [basename(path), size, mtimeMs],
    () => [basename(path)],
  )
