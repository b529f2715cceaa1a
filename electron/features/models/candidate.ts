import type { ModelComparison, ModelView, TrainReport } from '../../contract/index.ts'
import { comparePredictions } from '../../engine/evaluation/compare-predictions.ts'
import { betterThanGuessing } from '../../engine/evaluation/better-than-guessing.ts'
import {
  actingReaderOf,
  findModelKey,
  insertPromotion,
  lockedHashes,
  modelInUse,
  readEvaluation,
  readTrainingReport,
  type ModelKey,
  type Readable,
  type Writable,
} from '../../store/index.ts'

/** How a new model is put in use: `if-first` by itself where no model is in use, `always` as the user asked. */
export type UseRule = 'if-first' | 'always'

/**
 * Decides on a model that was just stored, in the caller's transaction: by itself only the first model goes into use,
 * and only if it is better than guessing. Any other stays a candidate, with a comparison for the person who decides.
 * @param model stored with its report
 */
export function decideOnCandidate(
  database: Writable,
  model: string,
  rule: UseRule,
): NonNullable<TrainReport['use']> {
  const key = findModelKey(database, model)
  const before = modelInUse(database)
  const training = readTrainingReport(database, key.id)
  const guessing = training === null ? null : betterThanGuessing(training.evaluation)
  const isUsed = rule === 'always' || (before === null && guessing?.isBetter === true)
  const comparison = before === null ? null : compareStored(database, before, key)
  if (isUsed) {
    const reason =
      rule === 'always' ? 'Put in use by the training, as requested.' : 'First model; better than guessing.'
    const reader = rule === 'always' ? actingReaderOf(database) : null
    insertPromotion(database, key.id, { reader, reason })
  }
  return { inUse: isUsed, guessing, comparison }
}

/** What the list of models shows of the figures of a stored model; null: it has no report. */
export function listedFigures(
  database: Readable,
  modelId: number,
): Pick<ModelView, 'accuracyInterval' | 'isBetterThanGuessing'> {
  const evaluation = readEvaluation(database, modelId)
  if (evaluation === null) return { accuracyInterval: null, isBetterThanGuessing: null }
  const { accuracy, over } = evaluation.bootstrap
  return {
    accuracyInterval: { ...accuracy, over },
    isBetterThanGuessing: betterThanGuessing(evaluation).isBetter,
  }
}

function compareStored(database: Writable, first: ModelKey, second: ModelKey): ModelComparison | null {
  const [a, b] = [first, second].map(({ id }) => readTrainingReport(database, id)?.predictions)
  if (a === undefined || b === undefined) return null
  const locked = lockedHashes(database)
  const [ofFirst, ofSecond] = [a, b].map((rows) => rows.filter(({ sha256 }) => !locked.has(sha256)))
  if (ofFirst === undefined || ofSecond === undefined) return null
  return { first: first.name, second: second.name, ...comparePredictions(ofFirst, ofSecond), flips: [] }
}
