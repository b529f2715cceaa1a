import {
  caseKeyOf,
  wilsonInterval,
  type GuessingTest,
  type ModelComparison,
  type ModelReport,
} from '../../contract/index.ts'
import { counted, type ReportFormat } from '../format.ts'
import { modelLeakAnswer } from '../leaks.ts'
import { openedAccuracy, openedSentence } from './test-sets.ts'

/** One question that decides how far a model can be trusted, with its answer in words. */
export interface TrustItem {
  question: string
  answer: string
  /** `warning`: a reason not to rely on the model. */
  tone: 'good' | 'warning'
}

/** Answers are based on probabilities above this. */
const sureAbove = 0.95
/** An interval wider than this, in accuracy, says little about new cases. */
const wideInterval = 0.25

/** "Can I trust this model?": every question with its answer, from out-of-fold predictions. */
export const trustItems = (report: ModelReport, format: ReportFormat): TrustItem[] => [
  guessingItem(report, format),
  casesItem(report, format),
  foldItem(report, format),
  ...sureItem(report, format),
  ...setItem(report, format),
  groupingItem(report, format),
  ...leakItem(report, format),
  ...testItems(report, format),
]

/** Whether the model is better than guessing, with the figures that decide it. */
export function guessingSentence(
  { isBetter, largestShare, accuracy, accuracyLow, auc, aucLow, cases }: GuessingTest,
  format: ReportFormat,
): string {
  const byAccuracy = `accuracy ${format.percent(accuracy)}, at least ${format.percent(accuracyLow)} on such cases; always choosing the largest class is correct in ${format.percent(largestShare)}`
  const byAuc =
    auc === null || aucLow === null
      ? ''
      : `. AUC ${format.score(auc)}, at least ${format.score(aucLow)}; guessing gives 0.5`
  const head = isBetter ? 'Better than guessing' : 'Not shown to be better than guessing'
  return `${head}: ${byAccuracy}${byAuc} (lower ends of 95 % intervals over ${counted(format, cases, 'case')}, widened for few cases).`
}

/** How a candidate compares with another model on the images that both predicted out of fold. */
export function comparisonSentence(
  { first, images, relabelled, onlyFirstRight, onlySecondRight, difference, pValue }: ModelComparison,
  format: ReportFormat,
): string {
  const compared = images - relabelled
  if (compared === 0) return `It shares no image with "${first}", so the two cannot be compared.`
  const head = `On ${counted(format, compared, 'image')} that both models predicted out of fold, it is correct where "${first}" is not in ${format.count(onlySecondRight)}, and the reverse in ${format.count(onlyFirstRight)}`
  const points = (share: number): string => format.oneDecimal(100 * share)
  const byCase =
    difference === null
      ? ''
      : `; difference in accuracy ${points(difference.value)} points (95 % over ${counted(format, difference.cases, 'case')}: ${points(difference.low)} to ${points(difference.high)})`
  return `${head}${byCase}. ${
    difference !== null && (difference.low > 0 || difference.high < 0)
      ? difference.low > 0
        ? 'It is better by more than chance.'
        : 'It is worse by more than chance.'
      : 'The difference may be chance.'
  } McNemar's test: p = ${format.number(pValue)}.`
}

function guessingItem({ derived: { guessing } }: ModelReport, format: ReportFormat): TrustItem {
  return {
    question: 'Better than guessing?',
    answer: guessingSentence(guessing, format),
    tone: guessing.isBetter ? 'good' : 'warning',
  }
}

function casesItem({ evaluation, predictions }: ModelReport, format: ReportFormat): TrustItem {
  const { low, high } = evaluation.bootstrap.accuracy
  const casesOf = new Map(evaluation.classes.map((name) => [name, new Set<string>()]))
  for (const row of predictions) casesOf.get(row.truth)?.add(caseKeyOf(row))
  const counts = [...casesOf].map(([name, cases]) => ({ name, cases: cases.size }))
  const fewest = counts.reduce((least, next) => (next.cases < least.cases ? next : least), {
    name: '',
    cases: Infinity,
  })
  const least =
    predictions.length === 0 ? '' : ` Fewest: ${fewest.name}, ${counted(format, fewest.cases, 'case')}.`
  const isWide = high - low > wideInterval
  return {
    question: 'Enough cases?',
    answer: `On new cases like these, accuracy may be anywhere from ${format.percent(low)} to ${format.percent(high)}${isWide ? ': too wide to rely on' : ''}.${least}`,
    tone: isWide ? 'warning' : 'good',
  }
}

function foldItem(
  { table, predictions, derived: { guessing } }: ModelReport,
  format: ReportFormat,
): TrustItem {
  const { perFold } = table.fusion
  const percent = Math.min(...perFold)
  const worst = percent / 100
  const place = perFold.indexOf(percent)
  const images = predictions.filter(({ fold }) => fold === place).length
  const isBad = worst <= guessing.largestShare
  // A fold is small: what is barely above guessing is not shown to be better.
  const mayBeBad =
    images > 0 && wilsonInterval(Math.round(worst * images), images).low <= guessing.largestShare
  const largest = `always choosing the largest class (${format.percent(guessing.largestShare)})`
  const remark = isBad
    ? `, no better than ${largest}`
    : mayBeBad
      ? `, not clearly better than ${largest}`
      : ''
  return {
    question: 'Worst fold?',
    answer: `${format.percent(worst)}${remark}.`,
    tone: isBad || mayBeBad ? 'warning' : 'good',
  }
}

/** Whether high probabilities came true; nothing if none was given. */
function sureItem({ predictions }: ModelReport, format: ReportFormat): TrustItem[] {
  const sure = predictions.filter(
    ({ probabilities, predicted }) => (probabilities[predicted] ?? 0) > sureAbove,
  )
  if (sure.length === 0) return []
  const right = sure.filter(({ predicted, truth }) => predicted === truth).length
  // The mean of what was promised is above `sureAbove`; a measured share that cannot reach it is overconfident.
  const isOverconfident = wilsonInterval(right, sure.length).high < sureAbove
  return [
    {
      question: 'Are high probabilities true?',
      answer: `Of ${counted(format, sure.length, 'image')} with more than ${format.wholePercent(sureAbove)} before calibration, ${format.count(right)} (${format.percent(right / sure.length)}) were correct.`,
      tone: isOverconfident ? 'warning' : 'good',
    },
  ]
}

/** Whether prediction sets hold the label as often as they are made to; nothing without sets. */
function setItem({ evaluation: { conformal, images } }: ModelReport, format: ReportFormat): TrustItem[] {
  const [set] = conformal
  if (set === undefined) return []
  const isBroken = wilsonInterval(Math.round(set.coverage * images), images).high < set.level
  const isLess = set.coverage < set.level
  const remark = isBroken ? ': less than they promise' : isLess ? '; the difference may be chance' : ''
  return [
    {
      question: 'Do prediction sets hold?',
      answer: `Sets made for ${format.wholePercent(set.level)} contained the label in ${format.percent(set.coverage)} of the images${remark}.`,
      tone: isBroken ? 'warning' : 'good',
    },
  ]
}

/** Whether leaks are suspected; nothing in a report that was written without looking. */
function leakItem({ leaks }: ModelReport, format: ReportFormat): TrustItem[] {
  return leaks === undefined ? [] : [{ question: 'Leaks suspected?', ...modelLeakAnswer(leaks, format) }]
}

function groupingItem(
  { groupedBy, imagesWithoutCase, evaluation: { casesAcrossFolds } }: ModelReport,
  format: ReportFormat,
): TrustItem {
  const question = 'Kept apart by case?'
  if (groupedBy === 'image' || casesAcrossFolds > 0) {
    return {
      question,
      answer:
        'No: images of one patient may be in both training and test folds, so all figures may be too high.',
      tone: 'warning',
    }
  }
  return imagesWithoutCase > 0
    ? {
        question,
        answer: `Only in part: ${counted(format, imagesWithoutCase, 'image')} without a case may belong to the same patients as others.`,
        tone: 'warning',
      }
    : { question, answer: 'Yes: all images of a case were in one fold.', tone: 'good' }
}

/** What locked test sets found; the first opening of each, since later ones may have been chosen by it. */
function testItems({ testSets }: ModelReport, format: ReportFormat): TrustItem[] {
  return testSets.flatMap((set): TrustItem[] => {
    const [first] = set.openings
    if (first === undefined) return []
    const { accuracy, interval } = first.promised
    // The two intervals do not even touch.
    const isBroken = first.interval.high < interval.low
    const missed = isBroken ? ' That is less than it promised.' : ''
    return [
      {
        question: 'Tested on locked images?',
        answer: `"${set.name}" (${openedSentence(set, format)}): accuracy ${openedAccuracy(first, format)} on ${counted(format, first.images, 'image')} of ${counted(format, first.cases, 'case')} that never trained it; ${format.percent(accuracy)} was promised.${missed}`,
        tone: isBroken || first.number > 1 || set.openings.length > 1 ? 'warning' : 'good',
      },
    ]
  })
}
