import type { BuiltInEncoder, EncoderName, WeightsSource } from '../../contract/index.ts'

/** What a store knows about an encoder; of built-in ones also where none is installed. */
export interface EncoderEntry<Name extends EncoderName = BuiltInEncoder> {
  readonly name: Name
  readonly title: string
  /** `missing`: not installed, or damaged. */
  readonly source: WeightsSource | 'missing'
  /** Identifies the weights; null if missing. */
  readonly fingerprint: string | null
  readonly licence: string
  readonly attribution: string
  /** The ONNX file; null if missing. */
  readonly path: string | null
  /** What is wrong with an installed encoder; null if nothing is, or if none is installed. */
  readonly problem: string | null
}
