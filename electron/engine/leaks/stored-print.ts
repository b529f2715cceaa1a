import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../../base/atomic-file.ts'
import type { ImageFile } from '../image/image-file.ts'
import { fromBytes, makePrint, printVersion, toBytes } from './picture-print.ts'

/** Fewer places are too few to find a copy by: a blank or blurred image. */
const minPlaces = 12

export interface StoredPrint {
  file: string
  /** Whether the image has enough detail to be compared. */
  hasDetail: boolean
}

/**
 * The print of an image as a file, named by its content hash; made if there is none, or a damaged one.
 * @throws AppError the codes of inspectImage; `path.not-writable`
 */
export async function storedPrint(
  { path, page, sha256 }: ImageFile,
  directory: string,
): Promise<StoredPrint> {
  const file = join(directory, `prints-${printVersion}`, `${sha256}.print`)
  const bytes = await readFile(file).catch(() => new Uint8Array())
  let print = fromBytes(bytes)
  if (print === null) {
    print = await makePrint(path, page)
    await writeAtomically(file, toBytes(print))
  }
  return { file, hasDetail: print.hashes.length / 2 >= minPlaces }
}
