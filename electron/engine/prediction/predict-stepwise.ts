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
  /** The fold that held the image out, where it took part in training; null for a new image. */
  readonly heldOutFold: number | null
  readonly boosters: readonly StoredBooster[]
  readonly cache: BoosterCache
  /** Whether each class counts as carcinoma. */
  readonly isPositive: readonly boolean[]
  /** Operating point of the two-class score. */
  readonly threshold: number
  readonly effort: Effort
  /** How many augmentations `signature` averages; none by default: it is not made. */
  readonly signatureAugmentations?: number | undefined
}

export interface StepwisePrediction {
  readonly prediction: EnsemblePrediction
  readonly effort: EffortMade
  /** The image as one vector (likeness.ts); null where fewer augmentations were asked for than it takes. */
  readonly signature: Float32Array | null
  /** null: not measured, since nothing had to be computed. */
  readonly flags: readonly QualityFlag[] | null
  readonly backends: readonly BackendName[]
}

/**
 * Class probabilities of one image from its first augmentations, in seeded order: so many as `effort` says, or until
 * `StoppingRule` says that the rest would change neither class nor side. Which ones are used, and what comes of them, does
 * not depend on what is stored. What was computed is kept, also when it is stopped half way. Codes of StepwiseDescriptors
 * and EnsemblePredictor.ask; job.cancelled.
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
  // Boosters are asked at once where nothing depends on their answer.
  const atOnce = effort === 'adaptive' ? 1 : wanted
  const first: Float32Array[][] = []
  const { signatureAugmentations = 0 } = request
  let used = 0
  try {
    while (used < wanted && !(effort === 'adaptive' && rule.isSettled)) {
      const rows: Float32Array[][] = []
      while (rows.length < atOnce) rows.push(await descriptors.next())
      await predictor.predict(tablesOf(rows))
      used += rows.length
      first.push(...rows.slice(0, Math.max(0, signatureAugmentations - first.length)))
      for (const said of predictor.byAugmentation().slice(used - rows.length)) rule.add(said)
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

/** For each constituent one matrix, from its row in each augmentation. */
const tablesOf = (rows: readonly Float32Array[][]): Matrix[] =>
  (rows[0] ?? []).map((_, constituent) => asMatrix(rows.flatMap((ofAll) => ofAll[constituent] ?? [])))
