import { basename, dirname, extname, join } from 'node:path'
import { asPathError, isMissing } from '../../base/path-errors.ts'
import { readFolder } from '../../base/read-folder.ts'
import { sha256, sha256OfFile } from '../../base/sha256.ts'
import { AppError } from '../../contract/errors.ts'
import { dicomSeries } from './dicom-series.ts'

/**
 * All files of an image, sorted; most have one. A MIRAX slide has a folder beside it, and a DICOM slide is all files of its
 * series in the same folder, whichever of them was named.
 * @throws AppError `path.*`; `image.truncated` if the folder of a MIRAX slide is missing
 */
async function filesOfImage(path: string): Promise<string[]> {
  const ending = extname(path).toLowerCase()
  if (ending === '.mrxs') return [path, ...(await folderBeside(path))]
  if (ending === '.dcm') return seriesBeside(path)
  return [path]
}

/**
 * The SHA-256 that identifies the file, or files, of an image. Of several files it is taken over the sorted list of their
 * hashes, so that it depends neither on their names nor on which of them was named.
 * @throws AppError as filesOfImage
 */
export async function sha256OfImage(path: string): Promise<string> {
  const files = await filesOfImage(path)
  const hashes: string[] = []
  for (const file of files) hashes.push(await sha256OfFile(file))
  const [first = ''] = hashes
  return hashes.length === 1 ? first : sha256(hashes.sort().join('\n'))
}

/** Whether an image is more than its one file. @throws AppError as filesOfImage */
export const isSeveralFiles = async (path: string): Promise<boolean> => (await filesOfImage(path)).length > 1

/** Files without the further ones of a DICOM series in the same folder, which are the same image. An unreadable file stays. */
export async function oneOfEachSeries({ files }: { files: readonly string[] }): Promise<string[]> {
  const seen = new Set<string>()
  const kept: string[] = []
  for (const path of files) {
    const series = await dicomSeries(path).catch(() => null)
    const key = JSON.stringify([dirname(path), series])
    if (series === null || !seen.has(key)) kept.push(path)
    seen.add(key)
  }
  return kept
}

async function folderBeside(path: string): Promise<string[]> {
  const folder = path.slice(0, -extname(path).length)
  try {
    const entries = await readFolder(folder)
    const files = entries.filter(({ name, isFile, isUtf8 }) => isFile && isUtf8 && !name.startsWith('.'))
    return files.map(({ name }) => join(folder, name))
  } catch (error) {
    if (!isMissing(error)) throw asPathError(error, folder)
    const reason = `its folder ${basename(folder)}, which holds the slide's pixels, is missing`
    throw new AppError('image.truncated', { path, reason })
  }
}

async function seriesBeside(path: string): Promise<string[]> {
  const series = await dicomSeries(path)
  if (series === null) return [path]
  const files: string[] = []
  const entries = await readFolder(dirname(path)).catch((error: unknown) => {
    throw asPathError(error, dirname(path))
  })
  for (const { name, isUtf8 } of entries) {
    const other = join(dirname(path), name)
    if (extname(name).toLowerCase() !== '.dcm') continue
    // It may belong to the series, which would then lack a level.
    if (!isUtf8) throw new AppError('path.not-utf8', { path: other })
    // A damaged neighbour is no part of this slide.
    if ((await dicomSeries(other).catch(() => null)) === series) files.push(other)
  }
  return files.sort()
}
