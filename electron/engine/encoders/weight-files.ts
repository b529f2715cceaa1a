import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Larger files are refused unread: the official ones have up to 553 MB, with the layers that Lobule does not use. */
export const maxWeightBytes = 2 ** 30

/** The HDF5 files of a folder. Any other path, or a folder without such files, is returned as it is and refused later. */
export async function weightFilesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory() !== true) return [path]
  const files = (await readdir(path)).filter((file) => /\.(h5|hdf5)$/i.test(file)).sort()
  return files.length === 0 ? [path] : files.map((file) => join(path, file))
}
