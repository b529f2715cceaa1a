import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../../base/atomic-file.ts'
import { decodeChecked, encodeChecked } from './checked-file.ts'

/** Raise its number with every change of what a block holds. */
const kind = 'slide block 2'

/** What was computed of the places of a block. */
export interface BlockResult {
  /** Places x classes. */
  readonly probabilities: Float32Array
  /** null: not measured. */
  readonly likeness: Float32Array | null
  /** How many each place was predicted with, the one without augmentation included; null: no place was predicted again. */
  readonly augmentations: Int32Array | null
}

/** The finished blocks of one analysis, as files of a folder. */
export class BlockFiles {
  readonly #folder: string
  readonly #classCount: number

  /** @param folder named by everything that the blocks depend on */
  constructor(folder: string, classCount: number) {
    this.#folder = folder
    this.#classCount = classCount
  }

  /** A block with so many places; null: it is not there, or damaged, and is made again. */
  async read(index: number, places: number): Promise<BlockResult | null> {
    const bytes = await readFile(this.#path(index)).catch(() => null)
    if (bytes === null) return null
    try {
      const { arrays } = decodeChecked(kind, bytes)
      const { probabilities, likeness = null, augmentations = null } = arrays
      const isWhole =
        probabilities instanceof Float32Array &&
        probabilities.length === places * this.#classCount &&
        (likeness === null || (likeness instanceof Float32Array && likeness.length === places)) &&
        (augmentations === null || (augmentations instanceof Int32Array && augmentations.length === places))
      return isWhole ? { probabilities, likeness, augmentations } : null
    } catch (error) {
      if (error instanceof RangeError) return null
      throw error
    }
  }

  /** @throws AppError `path.not-writable` */
  async write(index: number, { probabilities, likeness, augmentations }: BlockResult): Promise<void> {
    const arrays = {
      probabilities,
      ...(likeness === null ? {} : { likeness }),
      ...(augmentations === null ? {} : { augmentations }),
    }
    await writeAtomically(this.#path(index), encodeChecked(kind, {}, arrays))
  }

  #path(index: number): string {
    return join(this.#folder, `${index}.block`)
  }
}
