import { readFile } from 'node:fs/promises'
import { removeFile } from '../../base/patient-files.ts'
import { writeAtomically } from '../../base/atomic-file.ts'
import { asPathError } from '../../base/path-errors.ts'
import { hasCode, type SlideDraft, type SlideGrid } from '../../contract/index.ts'
import { decodeChecked, encodeChecked } from './checked-file.ts'

/** Raise its number with every change of what follows. */
const kind = 'slide draft 1'
/** A large map takes a moment to write, and a page asks for it every few seconds. */
const minPauseMs = 2000

type Head = Pick<SlideDraft, 'classes' | 'isPositive' | 'total'> & { readonly grid: SlideGrid }

/** What is known of a slide while it is analysed, as a file that is replaced from time to time. */
export class DraftMap {
  readonly #path: string
  readonly #head: Head
  readonly #cells: number[] = []
  readonly #spans: number[] = []
  readonly #probabilities: number[] = []
  #done = 0
  #writtenAt = -Infinity

  constructor(path: string, head: Head) {
    this.#path = path
    this.#head = head
  }

  /**
   * Adds places; later ones are drawn over earlier ones.
   * @param span edge of the square that each represents, in cells of the grid; 1: they are finished
   */
  add(cells: readonly number[], probabilities: Float32Array, span = 1): void {
    for (const cell of cells) {
      this.#cells.push(cell)
      this.#spans.push(span)
    }
    for (const p of probabilities) this.#probabilities.push(p)
    if (span === 1) this.#done += cells.length
  }

  /**
   * Writes what was added, unless it was just written. Nothing depends on the file, so where it cannot be written, as on a full disk,
   * the analysis goes on without it.
   */
  async write(): Promise<void> {
    const now = performance.now()
    if (this.#cells.length === 0 || now - this.#writtenAt < minPauseMs) return
    this.#writtenAt = now
    const arrays = {
      cells: Int32Array.from(this.#cells),
      spans: Int32Array.from(this.#spans),
      probabilities: Float32Array.from(this.#probabilities),
    }
    const content = encodeChecked(kind, { ...this.#head, done: this.#done }, arrays)
    await writeAtomically(this.#path, content).catch((error: unknown) => {
      if (!hasCode(error, 'path.not-writable')) throw error
    })
  }
}

/** What cannot be removed, as a file that a virus scanner holds, stays until the workspace is opened again. */
export const removeDraftMap = (path: string): Promise<void> =>
  removeFile(path).catch((error: unknown) => {
    if (asPathError(error, path) === error) throw error
  })

/** null: there is none yet, or none that can be read. */
export async function readDraftMap(path: string): Promise<SlideDraft | null> {
  const bytes = await readFile(path).catch(() => null)
  if (bytes === null) return null
  try {
    const { content, arrays } = decodeChecked(kind, bytes)
    const { cells = [], spans = [], probabilities = [] } = arrays
    return {
      ...(content as Head & { done: number }),
      cells: [...cells],
      spans: [...spans],
      probabilities: Array.from(probabilities, (p) => Math.min(1, Math.round(p * 1e4) / 1e4)),
    }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
