import type { Figures, Miss } from '../../contract/index.ts'
import { argmax } from './accuracy.ts'
import { crossTable } from './agreement.ts'
import { wilsonInterval } from './intervals.ts'
import { areaUnderRoc, operatingPoint, rocCurve } from './roc.ts'

/** What was said of one image, or of one case. */
export interface Answer {
  name: string
  truth: number
  predicted: number
  score: number | null
}

/** The threshold of the two-class answer in words: `missed`, `misses`, `twoClass`. */
export const evenThreshold = 0.5

/**
 * Accuracy, confusion, ROC, operating points and misses of a list of answers, at least one. The two-class
 * figures need a positive class and a score for each answer; without scores, a miss is a positive whose
 * predicted class is negative.
 */
export function figuresOf(
  answers: readonly Answer[],
  classes: readonly string[],
  isPositive: readonly boolean[],
  thresholds: readonly number[],
): Figures {
  const isRowPositive = answers.map(({ truth }) => isPositive[truth] === true)
  const scores = answers.flatMap(({ score }) => score ?? [])
  const hasScore = scores.length === answers.length && isPositive.includes(true)
  const right = answers.filter(({ truth, predicted }) => truth === predicted).length
  const misses = answers.flatMap(({ name, truth, predicted, score }): Miss[] => {
    const isCalledPositive =
      hasScore && score !== null ? score >= evenThreshold : isPositive[predicted] === true
    const missedPositive = isPositive[truth] === true && !isCalledPositive
    return truth === predicted && !missedPositive
      ? []
      : [
          {
            name,
            truth: classes[truth] ?? '',
            predicted: classes[predicted] ?? '',
            score: hasScore ? score : null,
            missedPositive,
          },
        ]
  })
  const missedOf = (className: string): number =>
    misses.filter(({ truth, missedPositive }) => missedPositive && truth === className).length
  return {
    accuracy: right / answers.length,
    accuracyInterval: wilsonInterval(right, answers.length),
    confusion: crossTable(
      answers.map(({ truth }) => truth),
      answers.map(({ predicted }) => predicted),
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
            isPositive[c] === true ? [[className, missedOf(className)] as const] : [],
          ),
        )
      : null,
    misses,
  }
}

export interface ImageAnswer extends Answer {
  caseName: string | null
  probabilities: readonly number[] | null
}

/**
 * One answer for each case, in order of first appearance; an image without a case is one of its own.
 *
 * The score and the probabilities of a case are the mean of its images', as the fusion of one image's
 * augmentations is (docs/pipeline.md, section 11): each image counts alike, and, other than the largest would, the
 * mean does not grow with the number of images. The predicted class is the largest of the mean
 * probabilities; without probabilities, the one that most images have, the first of equal ones. The truth is
 * the class of the worst image: a positive one before a negative one, then the later in the order of
 * classes, which schemes list from harmless to worst.
 * @returns the answers, and how many cases have images of different classes
 */
export function caseAnswers(
  images: readonly ImageAnswer[],
  isPositive: readonly boolean[],
): { answers: Answer[]; mixed: number } {
  const { members } = groupByCase(images)
  const severity = (c: number): number => (isPositive[c] === true ? isPositive.length : 0) + c
  const answers = members.map((own): Answer => {
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
              sum + (probabilities === null ? Number(predicted === c) : (probabilities[c] ?? 0)),
            0,
          ),
        ),
      ),
      score: worst.score === null ? null : own.reduce((sum, { score }) => sum + (score ?? 0), 0) / own.length,
    }
  })
  const mixed = members.filter((own) => own.some(({ truth }) => truth !== own[0]?.truth)).length
  return { answers, mixed }
}

/** Rows by case, in order of first appearance; a row without a case is a group of its own. */
export function groupByCase<T extends { caseName: string | null }>(
  rows: readonly T[],
): { members: T[][]; caseOfRow: number[] } {
  const members: T[][] = []
  const indexOf = new Map<string, number>()
  const caseOfRow = rows.map((row) => {
    const known = row.caseName === null ? undefined : indexOf.get(row.caseName)
    const index = known ?? members.length
    if (known === undefined) {
      members.push([])
      if (row.caseName !== null) indexOf.set(row.caseName, index)
    }
    members[index]?.push(row)
    return index
  })
  return { members, caseOfRow }
}
