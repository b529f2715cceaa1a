import { at } from '../../base/arrays.ts'
import { caseKeyOf, type Figures, type Miss } from '../../contract/index.ts'
import { argmax } from './accuracy.ts'
import { crossTable } from './agreement.ts'
import { wilsonInterval } from './intervals.ts'
import { areaUnderRoc, operatingPoint, rocCurve } from './roc.ts'

/** The true and the predicted class of one image or one case. */
export interface Outcome {
  name: string
  truth: number
  predicted: number
  score: number | null
}

/** The threshold of the two-class prediction in `missed`, `misses` and `twoClass`. */
export const evenThreshold = 0.5

/**
 * Accuracy, confusion, ROC, operating points and misses of at least one outcome. The two-class figures need a
 * positive class and a score for every outcome. Without scores, a missed positive is one whose predicted class is
 * negative.
 */
export function figuresOf(
  outcomes: readonly Outcome[],
  classes: readonly string[],
  isPositive: readonly boolean[],
  thresholds: readonly number[],
): Figures {
  const isRowPositive = outcomes.map(({ truth }) => at(isPositive, truth))
  const scores = outcomes.flatMap(({ score }) => score ?? [])
  const hasScore = scores.length === outcomes.length && isPositive.includes(true)
  const right = outcomes.filter(({ truth, predicted }) => truth === predicted).length
  const misses = outcomes.flatMap(({ name, truth, predicted, score }): Miss[] => {
    const isCalledPositive = hasScore && score !== null ? score >= evenThreshold : at(isPositive, predicted)
    const missedPositive = at(isPositive, truth) && !isCalledPositive
    return truth === predicted && !missedPositive
      ? []
      : [
          {
            name,
            truth: at(classes, truth),
            predicted: at(classes, predicted),
            score: hasScore ? score : null,
            missedPositive,
          },
        ]
  })
  const missedOf = (className: string): number =>
    misses.filter(({ truth, missedPositive }) => missedPositive && truth === className).length
  return {
    accuracy: right / outcomes.length,
    accuracyInterval: wilsonInterval(right, outcomes.length),
    confusion: crossTable(
      outcomes.map(({ truth }) => truth),
      outcomes.map(({ predicted }) => predicted),
      classes.length,
    ),
    auc: hasScore ? areaUnderRoc(scores, isRowPositive) : null,
    roc: hasScore ? rocCurve(scores, isRowPositive) : null,
    operatingPoints: hasScore
      ? thresholds.map((threshold) => operatingPoint(scores, isRowPositive, threshold))
      : [],
    missed: isPositive.includes(true)
      ? Object.fromEntries(
          classes.flatMap((className, c) =>
            at(isPositive, c) ? [[className, missedOf(className)] as const] : [],
          ),
        )
      : null,
    misses,
  }
}

export interface ImageOutcome extends Outcome, InCase {
  probabilities: readonly number[] | null
}

/**
 * One outcome per case, in order of first appearance. An image without a case is a case of its own, with its regions.
 *
 * Score and probabilities of a case are the means over its images, like the fusion of one image's augmentations
 * (docs/pipeline.md, section 11). All images have the same weight, and unlike the maximum, the mean does not grow with the
 * number of images. The predicted class is the one with the largest mean probability; without probabilities, the most
 * frequent predicted class, the first of equal ones. The truth is the class of the worst image: a positive class before
 * a negative one, then the later in the order of classes, which schemes list from harmless to worst.
 * @returns the outcomes, and the number of cases with images of different classes (`mixed`)
 */
export function caseOutcomes(
  images: readonly ImageOutcome[],
  isPositive: readonly boolean[],
): { outcomes: Outcome[]; mixed: number } {
  const { members } = groupByCase(images)
  const severity = (c: number): number => (at(isPositive, c) ? isPositive.length : 0) + c
  const outcomes = members.map((own): Outcome => {
    const worst = own.reduce((found, image) =>
      severity(image.truth) > severity(found.truth) ? image : found,
    )
    return {
      name: worst.caseName ?? worst.name,
      truth: worst.truth,
      predicted: argmax(
        isPositive.map((_, c) =>
          own.reduce(
            (sum, { probabilities, predicted }) =>
              sum + (probabilities === null ? Number(predicted === c) : at(probabilities, c)),
            0,
          ),
        ),
      ),
      score: worst.score === null ? null : own.reduce((sum, { score }) => sum + (score ?? 0), 0) / own.length,
    }
  })
  const mixed = members.filter((own) => own.some(({ truth }) => truth !== own[0]?.truth)).length
  return { outcomes, mixed }
}

/** What a row is grouped by. */
export interface InCase {
  caseName: string | null
  /** Content hash of its image, which may have several rows; absent: it has this one. */
  sha256?: string
}

/** Groups rows by case, in order of first appearance. An image without a case is a group of its own, with its regions. */
export function groupByCase<T extends InCase>(rows: readonly T[]): { members: T[][]; caseOfRow: number[] } {
  const members: T[][] = []
  const indexOf = new Map<string, number>()
  const caseOfRow = rows.map((row) => {
    const { caseName, sha256 = null } = row
    const key = caseName === null && sha256 === null ? null : caseKeyOf({ caseName, sha256: sha256 ?? '' })
    const known = key === null ? undefined : indexOf.get(key)
    const index = known ?? members.length
    if (known === undefined) {
      members.push([])
      if (key !== null) indexOf.set(key, index)
    }
    at(members, index).push(row)
    return index
  })
  return { members, caseOfRow }
}
