import { at, zip } from '../../base/arrays.ts'
import {
  encoderComparisonSchema,
  researchUseSentence,
  type ClassifierChoice,
  type ClassScheme,
  type EncoderComparison,
  type EncoderName,
  type EncoderPair,
  type EncoderView,
  type ImageView,
  type TrainingReport,
  type WeightsSource,
} from '../../contract/index.ts'
import { betterThanGuessing } from '../../engine/evaluation/better-than-guessing.ts'
import { adjustedPValues } from '../../engine/evaluation/compare-many.ts'
import { comparePredictions } from '../../engine/evaluation/compare-predictions.ts'
import { evaluatePredictions } from '../../engine/evaluation/training-report.ts'
import { pairName } from '../../report/encoder-comparison.ts'
import { findNewestReport, type Readable } from '../../store/index.ts'
import { uniqueNames } from '../images/unique-names.ts'
import { groupsByCase } from './assign-folds.ts'
import type { PairResult } from './stored-pairs.ts'

/** An encoder with a classifier, measured. */
export interface MeasuredPair extends PairResult {
  encoder: EncoderName
  classifier: ClassifierChoice
  weights: WeightsSource
}

interface ComparisonData extends Pick<
  EncoderComparison,
  'recipe' | 'changes' | 'folds' | 'groupedBy' | 'leftOut' | 'failed' | 'warnings'
> {
  classes: ClassScheme
  rows: readonly { image: ImageView; truth: number; fold: number }[]
  encoders: readonly EncoderView[]
}

/** The report of a comparison: figures of each pair, and its difference to the best. */
export function comparisonOf(
  measured: readonly MeasuredPair[],
  { classes, rows, encoders, ...data }: ComparisonData,
): EncoderComparison {
  const images = rows.map(({ image }) => image)
  const trained = zip(rows, uniqueNames(images)).map(([{ image, truth, fold }, name]) => ({
    name,
    sha256: image.sha256,
    caseName: image.caseName,
    fold,
    truth,
  }))
  const found = measured.map(({ outOfFold, ...pair }) => {
    const { evaluation, predictions } = evaluatePredictions(trained, outOfFold, classes)
    const view = encoders.find(({ name }) => name === pair.encoder)
    return { pair, evaluation, predictions, title: view?.title ?? pair.encoder, licence: view?.licence ?? '' }
  })
  const sorted = found.toSorted(
    (a, b) =>
      b.evaluation.accuracy - a.evaluation.accuracy || (b.evaluation.auc ?? 0) - (a.evaluation.auc ?? 0),
  )
  const groups = groupsByCase(images)
  const index = new Map([...new Set(groups)].map((group, i) => [group, i]))
  const adjusted = adjustedPValues(
    sorted.map(({ predictions }) => predictions.map((row) => (row.predicted === row.truth ? 1 : 0))),
    groups.map((group) => index.get(group) ?? 0),
    index.size,
    0,
  )
  const best = at(sorted, 0)
  const pairs = zip(sorted, adjusted).map(
    ([{ pair, evaluation, predictions, title, licence }, adjustedPValue], place): EncoderPair => {
      const { bootstrap, byCase, accuracy, auc } = evaluation
      const names = {
        first: pairName({ ...best.pair, title: best.title }),
        second: pairName({ ...pair, title }),
      }
      const isBest = place === 0
      return {
        ...pair,
        title,
        licence,
        accuracy,
        accuracyInterval: bootstrap.accuracy,
        auc,
        aucInterval: bootstrap.auc,
        aucByCase: byCase?.auc ?? null,
        isBetterThanGuessing: betterThanGuessing(evaluation).isBetter,
        toBest: isBest ? null : { comparison: toBest(best.predictions, predictions, names), adjustedPValue },
      }
    },
  )
  return { ...data, images: images.length, cases: index.size, pairs, researchUse: researchUseSentence }
}

type Predictions = TrainingReport['predictions']

/** The images on which two differ are those of two models; here they would be very many. */
const toBest = (
  first: Predictions,
  second: Predictions,
  names: { first: string; second: string },
): NonNullable<EncoderPair['toBest']>['comparison'] => ({
  ...names,
  ...comparePredictions(first, second),
  flips: [],
})

/** The newest comparison of the workspace; null: none was made. */
export function readEncoderComparison(
  database: Readable,
): { at: string; comparison: EncoderComparison } | null {
  const newest = findNewestReport(database, 'compare-encoders')
  const known = encoderComparisonSchema.safeParse(newest?.report)
  return newest === null || !known.success ? null : { at: newest.endedAt, comparison: known.data }
}
