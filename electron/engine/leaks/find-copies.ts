import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { compareAligned, type SharedTissue } from './compare-prints.ts'
import { HashIndex } from './hash-index.ts'
import { minAgreeing } from './align.ts'
import { fromBytes, type PicturePrint } from './picture-print.ts'

/** Two images that show the same tissue, by their indices, `first` below `second`; turn and scale from second to first. */
export interface CopyPair extends SharedTissue {
  first: number
  second: number
}

interface Run {
  signal?: AbortSignal
  onProgress?: (done: number, total: number) => void
}

/**
 * The pairs of images that show the same tissue: copies that were saved again, resized, cropped, turned or mirrored, and
 * fields that overlap. All pairs are compared through an index of hashes, so the time grows little faster than the number
 * of images.
 * @throws AppError `job.cancelled`
 */
export async function findCopies(
  prints: readonly PicturePrint[],
  { signal, onProgress }: Run = {},
): Promise<CopyPair[]> {
  const index = new HashIndex(prints)
  const pairs: CopyPair[] = []
  for (const [second, print] of prints.entries()) {
    // A cancel arrives between two images.
    await setImmediate()
    throwIfCancelled(signal)
    onProgress?.(second, prints.length)
    for (const [first, matches] of index.matchesOf(second)) {
      const other = prints[first]
      if (other === undefined || matches.length < minAgreeing) continue
      const shared = compareAligned(print, other, matches)
      if (shared !== null) pairs.push({ first, second, ...shared })
    }
    index.add(second)
  }
  onProgress?.(prints.length, prints.length)
  return pairs.toSorted((a, b) => a.first - b.first || a.second - b.second)
}

/**
 * The same for stored prints (`PrintStore`), by the indices of the files.
 * @throws AppError `job.cancelled`
 */
export async function findCopiesInFiles(files: readonly string[], run: Run): Promise<CopyPair[]> {
  const prints: PicturePrint[] = []
  for (const file of files) {
    throwIfCancelled(run.signal)
    const print = fromBytes(await readFile(file))
    if (print === null) throw new Error(`${file} was changed while it was read`)
    prints.push(print)
  }
  return findCopies(prints, run)
}
