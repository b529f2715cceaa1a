import { at } from '../../base/arrays.ts'
import type { BackendName, Effort, EffortMade, QualityFlag } from '../../contract/index.ts'
import { asMatrix, openStepwise, type EnsureRequest, type Matrix } from '../descriptors/index.ts'
import {
  EnsemblePredictor,
  type BoosterCache,
  type EnsemblePrediction,
  type StoredBooster,
} from './predict-ensemble.ts'
import { signatureOf } from './likeness.ts'
import { stoppingConfidence, StoppingRule } from './stopping-rule.ts'

export interface StepwiseRequest {
  /** The image, and how its descriptors are made. */
  readonly description: EnsureRequest
  /** The fold that held the image out of training; null for an image outside the training set. */
  readonly heldOutFold: number | null
  readonly boosters: readonly StoredBooster[]
  readonly cache: BoosterCache
  /** Whether each class counts as carcinoma. */
  readonly isPositive: readonly boolean[]
  /** Operating point: the threshold of the carcinoma score, 0..1. */
  readonly threshold: number
  readonly effort: Effort
  /** Number of augmentations that `signature` averages. Default 0: there is no signature. */
  readonly signatureAugmentations?: number | undefined
}

export interface StepwisePrediction {
  readonly prediction: EnsemblePrediction
  readonly effort: EffortMade
  /** The image as one vector (likeness.ts); null if fewer augmentations were used than it averages. */
  readonly signature: Float32Array | null
  /** null: not measured, because nothing had to be computed. */
  readonly flags: readonly QualityFlag[] | null
  readonly backends: readonly BackendName[]
}

/**
 * Predicts one image from its first augmentations, in seeded order. `effort` gives their number, or `StoppingRule` stops
 * when the remaining ones would change neither the class nor the side of the operating point. The augmentations used and
 * the result do not depend on which descriptors are stored already. Computed descriptors are stored, even if the
 * prediction is cancelled half way.
 * @throws AppError with the codes of StepwiseDescriptors and EnsemblePredictor; `job.cancelled`
 */
export async function predictStepwise(request: StepwiseRequest): Promise<StepwisePrediction> {
  const { description, heldOutFold, boosters, cache, isPositive, threshold, effort } = request
  const { encoders, crops, augmentation } = description.recipe
  const predictor = new EnsemblePredictor(boosters, {
    heldOutFold,
    constituentCount: encoders.length * crops.sets.length,
    classCount: isPositive.length,
    cache,
  })
  await predictor.load()
  const descriptors = await openStepwise(description)
  const { possible } = descriptors
  const rule = new StoppingRule({
    population: possible,
    isPositive,
    threshold,
    firstIsIdentity: augmentation.firstIsIdentity,
  })
  const wanted = typeof effort === 'number' ? Math.min(effort, possible) : possible
  // All augmentations go to the boosters together unless the number depends on the predictions.
  const batchSize = effort === 'adaptive' ? 1 : wanted
  const first: Float32Array[][] = []
  const { signatureAugmentations = 0 } = request
  let used = 0
  try {
    while (used < wanted && !(effort === 'adaptive' && rule.isSettled)) {
      const rows: Float32Array[][] = []
      while (rows.length < batchSize) rows.push(await descriptors.next())
      await predictor.predict(tablesOf(rows))
      used += rows.length
      first.push(...rows.slice(0, Math.max(0, signatureAugmentations - first.length)))
      for (const row of predictor.byAugmentation().slice(used - rows.length)) rule.add(row)
    }
  } finally {
    await descriptors.keep()
  }
  return {
    prediction: predictor.prediction(),
    effort: { asked: effort, possible, settledAt: used < wanted ? stoppingConfidence : null },
    signature:
      signatureAugmentations > 0 && first.length === signatureAugmentations
        ? signatureOf(tablesOf(first), signatureAugmentations)
        : null,
    flags: descriptors.flags,
    backends: descriptors.backends,
  }
}

/** One matrix per constituent, from its row in each augmentation. */
const tablesOf = (rows: readonly Float32Array[][]): Matrix[] =>
  (rows[0] ?? []).map((_, constituent) => asMatrix(rows.map((row) => at(row, constituent))))
