import type { BackendName, EncoderManifest, EncoderName, WeightsSource } from '../../contract/index.ts'
import type { PixelWindow, Raster } from '../image/index.ts'
import type { Architecture } from './architecture.ts'
import type { Weights } from './weights.ts'

/** The output of a layer for one image: channels x rows x columns, row-major. */
export interface FeatureMap {
  readonly channels: number
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array
  /** Values may be below 0; default: they come from a ReLU. */
  readonly isSigned?: boolean
  /** The pixels that the map covers, if the image was extended to the right and downwards; default: the image. */
  readonly covers?: { readonly widthPx: number; readonly heightPx: number }
}

/** An encoder that is installed. */
interface InstalledModel {
  readonly name: EncoderName
  readonly source: WeightsSource
  /** Identifies what its descriptors depend on: the weights (`weightsFingerprint`), or the manifest of one's own. */
  readonly fingerprint: string
  /** The data folder, with the back-ends that a person installed; absent: there are none. */
  readonly homeDir?: string
}

/** An encoder of one's own (docs/own-encoder.md). */
export interface OwnModel extends InstalledModel {
  readonly manifest: EncoderManifest
  /** The network's file, in the folder of its external data. */
  readonly onnxPath: string
}

/** One of Lobule's networks with weights, ready for a back-end. */
export interface EncoderModel extends InstalledModel {
  readonly architecture: Architecture
  /** The ONNX file made from the weights by `emitOnnx`, in the back-end's precision. */
  readonly onnxPath: string
  /**
   * Reads the weights, or makes untrained ones again: up to 94 MB.
   * @throws AppError `encoder.invalid-file`
   */
  readonly readWeights: () => Promise<Weights>
}

/**
 * An encoder in memory. The same image gives the same bits, independently of earlier images and of the images that are
 * encoded with it.
 */
export interface OpenEncoder {
  readonly model: EncoderModel | OwnModel
  /** The current back-end. It can change during a call (`openWithFallback`). */
  readonly backend: BackendName
  /**
   * The descriptors of crops that the network takes (`factsOf`): one new array per crop, of its length.
   * @throws AppError `encoder.backend-failed`, `image.invalid-raster` (also for a crop smaller than `minimumSizePx`),
   *   `job.cancelled`
   */
  encode(crops: readonly Raster[], signal?: AbortSignal): Promise<Float32Array[]>
  /** The feature maps of one image, one per tap; their averages are its descriptor. Errors as in `encode`. */
  encodeMaps(image: Raster, signal?: AbortSignal): Promise<FeatureMap[]>
  /**
   * The averages of the maps over windows of the image (`averageWindows`), one descriptor per window, to the same bits as from
   * `encodeMaps`. Absent: `encodeWindows` makes them from the maps. Errors as in `encode`; RangeError if a window is empty or
   * not inside the image.
   */
  readonly encodeWindows?: (
    image: Raster,
    windows: readonly PixelWindow[],
    signal?: AbortSignal,
  ) => Promise<Float32Array[]>
  /** Frees its memory; a second call does nothing. */
  close(): Promise<void>
}

export interface EncoderBackend {
  readonly name: BackendName
  /** For a half-precision back-end: the same back-end in full precision. */
  readonly halfOf?: BackendName
  /** Whether it can run this network. Default: it can run every network. */
  readonly canRun?: (architecture: Architecture) => boolean
  /** @throws AppError `encoder.backend-failed` */
  open(model: EncoderModel): Promise<OpenEncoder>
  /** Opens an encoder of one's own; absent: it runs Lobule's networks alone. @throws AppError `encoder.backend-failed` */
  readonly openOwn?: (model: OwnModel) => Promise<OpenEncoder>
}
