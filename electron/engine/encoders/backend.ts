import type { BackendName, EncoderName, WeightSource } from '../../contract/index.ts'
import type { Raster } from '../image/index.ts'
import type { Architecture } from './architecture.ts'
import type { Weights } from './weights.ts'

/** What a layer sees of one image: channels x rows x columns, row-major. */
export interface FeatureMap {
  readonly channels: number
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array
}

/** A network with weights, ready for a back-end. */
export interface EncoderModel {
  readonly name: EncoderName
  readonly architecture: Architecture
  readonly source: WeightSource
  /** Identifies the weights (`weightsFingerprint`). */
  readonly fingerprint: string
  /** The file that `emitOnnx` made of them, in the back-end's precision. */
  readonly onnxPath: string
  /** Reads or makes them anew: up to 94 MB. encoder.invalid-file. */
  readonly readWeights: () => Promise<Weights>
}

/**
 * An encoder in memory. The same picture gives the same bits, whatever came before and with whatever it is
 * encoded together.
 */
export interface OpenEncoder {
  readonly model: EncoderModel
  /** The back-end; it may be another one after a call (`openWithFallback`). */
  readonly backend: BackendName
  /**
   * The descriptors of crops of any sizes, each `architecture.descriptorLength` values >= 0, one new array a
   * crop. encoder.backend-failed, image.invalid-raster (also for a crop smaller than `minimumSizePx`),
   * job.cancelled.
   */
  encode(crops: readonly Raster[], signal?: AbortSignal): Promise<Float32Array[]>
  /** The maps that the encoder averages, one for each tap, of one image. Errors as `encode`. */
  encodeMaps(image: Raster, signal?: AbortSignal): Promise<FeatureMap[]>
  /** Frees its memory; a second call does nothing. */
  close(): Promise<void>
}

export interface EncoderBackend {
  readonly name: BackendName
  /** Which back-end does in full precision what this one does in half; without it, this one is in full. */
  readonly halfOf?: BackendName
  /** Whether it can run a network of this shape at all; without it, every one. */
  readonly canRun?: (architecture: Architecture) => boolean
  /** encoder.backend-failed. */
  open(model: EncoderModel): Promise<OpenEncoder>
}
