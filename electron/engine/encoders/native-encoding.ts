import { loadAddon } from '../native/load-addon.ts'

/** One layer of a chain; without a kernel, the largest of each 2 x 2 cells. */
export interface NativeLayer {
  readonly inputs: number
  readonly outputs: number
  /** Whether the averages of its outputs belong to the descriptor. */
  readonly tap: boolean
  /** Outputs x inputs x 3 x 3. */
  readonly kernel?: Float32Array
  readonly bias?: Float32Array
}

/** What native/encoding/register.cc exports. What is wrong with an argument is an error, at once or by the promise. */
export interface NativeEncoding {
  /** Vector instructions that `open` takes on this machine, the fastest first. They all give the same bits. */
  instructions(): string[]
  /** A network in memory. Pixels become values by taking `means` from blue, green and red. */
  open(
    layers: readonly NativeLayer[],
    means: Float32Array,
    threads: number,
    instructions: string,
  ): Promise<unknown>
  /**
   * Fills the descriptor and, unless there are none, the maps of all taps, channels x rows x columns. No array may be
   * touched until the promise is settled.
   */
  encode(
    handle: unknown,
    pixels: Uint8Array,
    rows: number,
    columns: number,
    descriptor: Float32Array,
    maps: readonly Float32Array[],
  ): Promise<void>
  /** Work in progress ends first. */
  close(handle: unknown): void
}

/** boosting.addon-missing; an error where the addon is of a build before it had this part. */
export function nativeEncoding(): NativeEncoding {
  const { encoding } = loadAddon() as { encoding?: NativeEncoding }
  if (encoding === undefined) throw new Error('the native addon is of an older build')
  return encoding
}
