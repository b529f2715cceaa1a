import type { Effort, VerdictLikeness } from '../contract/index.ts'
import type { WrittenExplanation } from '../engine/verdict/heat-map-picture.ts'
import type { HeatMap, HeatMapRequest } from '../engine/verdict/heat-map.ts'
import type {
  MadeReference,
  ReferenceRequest,
  StoredReference,
} from '../engine/verdict/likeness-reference.ts'
import type { StoredBooster } from '../engine/verdict/predict-ensemble.ts'
import type { StepwisePrediction } from '../engine/verdict/predict-stepwise.ts'
import type { DescribeTask } from './compute-protocol.ts'

export interface PredictTask {
  image: DescribeTask
  /** The fold that held the image out, where it took part in training; null for a new image. */
  heldOutFold: number | null
  boosters: StoredBooster[]
  isPositive: boolean[]
  threshold: number
  effort: Effort
  /** What likeness to the training images is measured by; null: the model has none, or the image trained it. */
  reference: StoredReference | null
}

export type HeatMapTask = Omit<
  HeatMapRequest,
  'boosters' | 'cache' | 'encoders' | 'onProgress' | 'signal'
> & {
  homeDirectory: string
  boosters: StoredBooster[]
}

/** What a trained model says of an image. */
export interface VerdictTasks {
  /** Describes the image as far as the effort asks, predicts it, and says how like the training images it is. */
  predict: {
    input: PredictTask
    output: Omit<StepwisePrediction, 'signature'> & { likeness: VerdictLikeness }
  }
  /** Makes what likeness to the training images will be measured by; null: there are too few of different cases. */
  makeReference: { input: ReferenceRequest; output: MadeReference | null }
  heatMap: { input: HeatMapTask; output: HeatMap }
  /** The map of one class as PNG, from its rows of probabilities. */
  heatMapOverlay: {
    input: { plane: number[][]; widthPx: number; heightPx: number }
    output: Uint8Array
  }
  writeExplanation: { input: WrittenExplanation; output: Record<string, never> }
}
