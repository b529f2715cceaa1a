import { join } from 'node:path'
import { writeAtomically } from '../../base/atomic-file.ts'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { hasCode } from '../../contract/index.ts'
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

/** `made`: what the writer told. */
export type FoundBlock =
  { readonly made: unknown; readonly result: BlockResult } | { readonly problem: 'missing' | 'damaged' }

/** Of 1024 places, with as many classes as a scheme may have. */
const maxBytes = 2 ** 22

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
    const found = await this.find(index, places).catch(() => null)
    return found !== null && 'result' in found ? found.result : null
  }

  /** The same, with what made it. @throws AppError `path.unreadable` */
  async find(index: number, places: number): Promise<FoundBlock> {
    const refuse = (reason: string): never => {
      throw new RangeError(reason)
    }
    try {
      const { content, arrays } = decodeChecked(
        kind,
        await readBoundedFile(this.path(index), maxBytes, refuse),
      )
      const { probabilities, likeness = null, augmentations = null } = arrays
      const isWhole =
        probabilities instanceof Float32Array &&
        probabilities.length === places * this.#classCount &&
        probabilities.every((p) => Number.isFinite(p)) &&
        (likeness === null || (likeness instanceof Float32Array && likeness.length === places)) &&
        (augmentations === null || (augmentations instanceof Int32Array && augmentations.length === places))
      return isWhole
        ? { made: content, result: { probabilities, likeness, augmentations } }
        : { problem: 'damaged' }
    } catch (error) {
      if (hasCode(error, 'path.not-found')) return { problem: 'missing' }
      if (error instanceof RangeError) return { problem: 'damaged' }
      throw error
    }
  }

  /**
   * @param made what made it, for those who collect blocks of other machines
   * @throws AppError `path.not-writable`
   */
  async write(
    index: number,
    { probabilities, likeness, augmentations }: BlockResult,
    made: object = {},
  ): Promise<void> {
    const arrays = {
      probabilities,
      ...(likeness === null ? {} : { likeness }),
      ...(augmentations === null ? {} : { augmentations }),
    }
    await writeAtomically(this.path(index), encodeChecked(kind, made, arrays))
  }

  path(index: number): string {
    return join(this.#folder, `${index}.block`)
  }
}
