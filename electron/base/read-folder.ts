import { isUtf8 } from 'node:buffer'
import { readdir } from 'node:fs/promises'

/** One thing in a folder. */
export interface FolderEntry {
  /** What is no UTF-8 in it is written as its bytes, as in `Caf<E9>`; such names stay different from each other. */
  name: string
  /** Nothing with another name can be opened: Node's paths are texts. */
  isUtf8: boolean
  isFolder: boolean
  /** Whether it is a regular file; a link is none. */
  isFile: boolean
}

/**
 * The entries of a folder, in the order of their names. Names of a Linux disk may be any bytes; Node's own list merges those that
 * differ only in what is no UTF-8.
 * @throws what the file system reports
 */
export async function readFolder(path: string): Promise<FolderEntry[]> {
  const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' })
  return entries
    .map((entry) => ({
      name: shownName(entry.name),
      isUtf8: isUtf8(entry.name),
      isFolder: entry.isDirectory(),
      isFile: entry.isFile(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function shownName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString()
  let shown = ''
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find(
      (count) => at + count <= bytes.length && isUtf8(bytes.subarray(at, at + count)),
    )
    const byte = bytes.toString('hex', at, at + 1).toUpperCase()
    shown += length === undefined ? `<${byte}>` : bytes.toString('utf8', at, at + length)
    at += length ?? 1
  }
  return shown
}
