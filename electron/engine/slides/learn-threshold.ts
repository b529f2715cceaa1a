import { at } from '../../base/arrays.ts'
import { operatingPoint, thresholdBetween, type SlideThreshold } from '../../contract/index.ts'
import { wilsonInterval } from '../evaluation/intervals.ts'

/** A slide with the label of its readers. */
export interface LabelledSlide {
  readonly caseName: string
  /** Of its analysed tissue, at places with a suggested class that counts as carcinoma, 0 to 1. */
  readonly share: number
  /** Whether its label counts as carcinoma. */
  readonly isPositive: boolean
}

/**
 * The threshold of the share with the largest sum of sensitivity and specificity: Youden, "Index for rating diagnostic tests",
 * Cancer 3 (1950). Among equal ones it is the lowest, since a carcinoma that is missed costs more than a second look. It is
 * between two neighbouring shares, with as few decimals as fit (`thresholdBetween`).
 *
 * The sum is compared as an integer, so the order of the slides changes nothing.
 * @param slides at least one of each kind
 * @returns `youden` is sensitivity + specificity - 1; 0 if no threshold is better than calling every slide positive
 */
export function learnThreshold(slides: readonly LabelledSlide[]): { threshold: number; youden: number } {
  const ascending = slides.toSorted((a, b) => a.share - b.share)
  const positives = slides.filter(({ isPositive }) => isPositive).length
  const negatives = slides.length - positives
  let truePositives = positives
  let trueNegatives = 0
  let best = { sum: positives * negatives, threshold: at(ascending, 0).share }
  ascending.forEach(({ share, isPositive }, rank) => {
    if (isPositive) truePositives -= 1
    else trueNegatives += 1
    const next = ascending[rank + 1]?.share
    if (next === undefined || next === share) return
    const sum = truePositives * negatives + trueNegatives * positives
    if (sum > best.sum) best = { sum, threshold: thresholdBetween(share, next) }
  })
  return { threshold: best.threshold, youden: best.sum / (positives * negatives) - 1 }
}

/** What a threshold is good for on slides that it was not learned on. */
export interface HeldOutThresholds {
  /** For each case, the threshold that all other cases give. */
  readonly thresholds: ReadonlyMap<string, number>
  readonly outOfFold: SlideThreshold['outOfFold']
}

/**
 * Judges the slides of each case by the threshold that the other cases give (leave one case out).
 * @param slides from at least two cases with slides of each kind
 */
export function leaveCasesOut(slides: readonly LabelledSlide[]): HeldOutThresholds {
  const caseNames = [...new Set(slides.map(({ caseName }) => caseName))]
  const thresholds = new Map(
    caseNames.map((held) => [
      held,
      learnThreshold(slides.filter(({ caseName }) => caseName !== held)).threshold,
    ]),
  )
  const isCalledPositive = slides.map(({ caseName, share }) => share >= (thresholds.get(caseName) ?? 0))
  const counts = operatingPoint(
    isCalledPositive.map(Number),
    slides.map(({ isPositive }) => isPositive),
    1,
  )
  const { truePositives, falseNegatives, trueNegatives, falsePositives, sensitivity, specificity } = counts
  const ofCases = (
    value: number | null,
    isPositive: boolean,
  ): SlideThreshold['outOfFold']['sensitivity'] => ({
    value: value ?? 0,
    ...wilsonInterval((value ?? 0) * countCases(slides, isPositive), countCases(slides, isPositive)),
  })
  return {
    thresholds,
    outOfFold: {
      truePositives,
      falseNegatives,
      trueNegatives,
      falsePositives,
      sensitivity: ofCases(sensitivity, true),
      specificity: ofCases(specificity, false),
    },
  }
}

/** Cases with slides of a kind. */
export const countCases = (slides: readonly LabelledSlide[], isPositive: boolean): number =>
  new Set(slides.filter((slide) => slide.isPositive === isPositive).map(({ caseName }) => caseName)).size
