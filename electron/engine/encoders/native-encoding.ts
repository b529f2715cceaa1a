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

/** A convolution as a product: all inputs of a cell, and of the picture 3 x 3 of them. */
export interface NativeProduct {
  readonly outputs: number
  /** Outputs x inputs (of the picture: x 3 x 3). */
  readonly kernel: Float32Array
  readonly bias: Float32Array
}

/**
 * An inverted bottleneck (Sandler et al. 2018): expansion and depthwise convolution, each with ReLU6, and projection. The
 * first of a chain expands the picture with a 3 x 3 convolution of stride 2.
 */
export interface NativeBottleneck {
  readonly inputs: number
  readonly expand: NativeProduct
  /** Edge of the depthwise kernels: 3 or 5. */
  readonly size: number
  /** Of the depthwise convolution: 1 or 2. The padding is TensorFlow's SAME. */
  readonly stride: number
  readonly depthwise: { readonly kernel: Float32Array; readonly bias: Float32Array }
  readonly project: NativeProduct
  /** Whether the input is added to the output. */
  readonly sum: boolean
}

/** Some channels of a map of a graph: from `channel` on. Maps are counted from 0, which is the picture. */
export interface NativeMapPart {
  readonly map: number
  readonly channel: number
}

/** A layer of a graph: a convolution, or pooling, in which cells beyond the map do not count. */
export interface NativeGraphLayer {
  readonly from: NativeMapPart
  readonly to: NativeMapPart
  readonly inputs: number
  readonly outputs: number
  /** Of the kernel or the window. */
  readonly rows: number
  readonly columns: number
  readonly stride: number
  /** Cells beyond the map: above and below, and on both sides. */
  readonly marginRows: number
  readonly marginColumns: number
  /** Outputs x inputs x rows x columns; absent: pooling. */
  readonly kernel?: Float32Array
  readonly bias?: Float32Array
  readonly relu?: boolean
  /** What is added before the ReLU. */
  readonly sum?: NativeMapPart
  /** Of pooling: averages instead of the largest. */
  readonly average?: boolean
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
   * Loads a chain of inverted bottlenecks, then a product with ReLU6, the only tap. A byte of a pixel becomes
   * (byte - centre) * factor. Missing from an addon of an older build.
   */
  openBottlenecks?(
    bottlenecks: readonly NativeBottleneck[],
    head: NativeProduct,
    centreAndFactor: Float32Array,
    threads: number,
    instructions: string,
  ): Promise<unknown>
  /**
   * Loads a graph of layers, in an order in which each reads what those before it wrote; the first, and no other, reads the
   * picture. `channels` of each map; `taps` are maps. `values`: what each byte becomes in the network's three channels;
   * `blueFirst`: they are blue, green and red. Missing from an addon of an older build.
   */
  openGraph?(
    layers: readonly NativeGraphLayer[],
    channels: readonly number[],
    taps: readonly number[],
    values: Float32Array,
    blueFirst: boolean,
    threads: number,
    instructions: string,
  ): Promise<unknown>
  /**
   * Fills the descriptors of images of one size, whose pixels lie one after the other, and, if `maps` is not empty, the maps of
   * all taps of one image, channels x rows x columns. The arrays must not be read or changed until the promise is settled.
   */
  encode(
    handle: unknown,
    pixels: Uint8Array,
    rows: number,
    columns: number,
    descriptors: Float32Array,
    maps: readonly Float32Array[],
  ): Promise<void>
  /**
   * Fills the averages over windows of one image: for each window those of all taps, as in a descriptor. `windows`: those of each
   * tap, as numbers (`windowsInMap`). The arrays as in `encode`. Missing from an addon of an older build.
   */
  encodeWindows?(
    handle: unknown,
    pixels: Uint8Array,
    rows: number,
    columns: number,
    averages: Float32Array,
    windows: readonly Float64Array[],
  ): Promise<void>
  /** Frees the network after work in progress has ended. */
  close(handle: unknown): void
}

export const olderAddon = 'the native addon is from an older build; build it again'

/**
 * The native encoding functions.
 * @throws AppError `boosting.addon-missing`; Error if the addon is from an older build without them
 */
export function nativeEncoding(): NativeEncoding {
  const { encoding } = loadAddon() as { encoding?: NativeEncoding }
  if (encoding === undefined) throw new Error(olderAddon)
  return encoding
}
