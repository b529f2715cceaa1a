import { loadAddon } from '../native/load-addon.ts'

/** One layer of a chain: a convolution with ReLU, or without a kernel, 2 x 2 max pooling. */
export interface NativeLayer {
  readonly inputs: number
  readonly outputs: number
  /** Whether the averages of its outputs are part of the descriptor. */
  readonly tap: boolean
  /** Outputs x inputs x 3 x 3. */
  readonly kernel?: Float32Array
  readonly bias?: Float32Array
}

/** The exports of native/encoding/register.cc. Invalid arguments throw an error or reject the promise. */
export interface NativeEncoding {
  /** Vector instructions that `open` supports on this machine, fastest first. All give the same bits. */
  instructions(): string[]
  /** Loads a network. `means` are subtracted from blue, green and red. */
  open(
    layers: readonly NativeLayer[],
    means: Float32Array,
    threads: number,
    instructions: string,
  ): Promise<unknown>
  /**
   * Fills the descriptor and, if `maps` is not empty, the maps of all taps, channels x rows x columns. The arrays must not
   * be read or changed until the promise is settled.
   */
  encode(
    handle: unknown,
    pixels: Uint8Array,
    rows: number,
    columns: number,
    descriptor: Float32Array,
    maps: readonly Float32Array[],
  ): Promise<void>
  /** Frees the network after work in progress has ended. */
  close(handle: unknown): void
}

/**
 * The native encoding functions.
 * @throws AppError `boosting.addon-missing`; Error if the addon is from an older build without them
 */
export function nativeEncoding(): NativeEncoding {
  const { encoding } = loadAddon() as { encoding?: NativeEncoding }
  if (encoding === undefined) throw new Error('the native addon is from an older build; build it again')
  return encoding
}
