import type { CurveOutlook, LearningCurve } from '../../contract/index.ts'
import { counted, type ReportFormat } from '../format.ts'
import { note, numberColumn, paragraph, textColumn, type Section } from '../report-model.ts'
import { reportWords } from '../words.ts'

const unknown: Record<Extract<CurveOutlook, { kind: 'unknown' }>['reason'], string> = {
  'too-few-sizes': 'there are too few cases to measure the accuracy at five sizes',
  'too-few-cases': 'fewer than 20 cases were tested',
  'no-law': 'the accuracy does not rise as learning curves usually do',
  'too-wide': 'the interval would be wider than 25 points',
}

/** Whether the last step helped, and what more cases may bring, no further than the data carry it. */
export function outlookSentences(
  { gain, outlook, groupedBy }: Pick<LearningCurve, 'gain' | 'outlook' | 'groupedBy'>,
  format: ReportFormat,
): string[] {
  const noun = groupedBy
  const cases = (value: number): string => counted(format, Math.round(value), noun)
  const points = (share: number): string => format.oneDecimal(100 * share)
  const step =
    gain === null
      ? ''
      : `From ${cases(gain.fromCases)} to ${cases(gain.toCases)} accuracy changed by ${points(gain.value)} points (95 %: ${points(gain.low)} to ${points(gain.high)}): ${
          gain.low > 0
            ? 'it was still rising, by more than chance.'
            : gain.high < 0
              ? 'it fell; look for labels or images that do not fit.'
              : 'that may be chance, so whether it still rises is unknown.'
        }`
  const more =
    outlook.kind === 'law'
      ? `If it goes on like this, ${cases(outlook.cases)} of the same kind would give about ${format.percent(outlook.accuracy)} (95 %: ${format.percent(outlook.low)} to ${format.percent(outlook.high)}). This is an extrapolation, not a measurement.`
      : `What more ${noun}s would bring is unknown: ${unknown[outlook.reason]}.`
  return [step, more].filter((sentence) => sentence !== '')
}

export function curveSection(curve: LearningCurve, { format }: { format: ReportFormat }): Section {
  const title = 'Learning curve'
  const { points, groupedBy, folds, repeats } = curve
  return {
    title,
    testId: 'learning-curve',
    blocks: [
      note(
        `Accuracy of classifiers that were trained on parts of the ${groupedBy}s of the other folds, drawn at random by class, on the ${counted(format, curve.images, 'image')} of the ${counted(format, folds, 'fold')}. Each size is the mean over ${counted(format, repeats, 'draw')}. The intervals resample the tested ${groupedBy}s.`,
      ),
      {
        kind: 'table',
        label: title,
        hasRowHeads: true,
        columns: [
          textColumn(groupedBy === 'case' ? 'Training cases' : 'Training images'),
          numberColumn('Accuracy'),
          textColumn('95 % interval'),
        ],
        rows: points.map(({ cases, accuracy, low, high }) => ({
          cells: [
            format.count(Math.round(cases)),
            format.percent(accuracy),
            reportWords.interval(format.percent(low), format.percent(high)),
          ],
        })),
      },
      {
        kind: 'bars',
        label: 'Accuracy by number of training cases',
        bars: points.map(({ cases, accuracy }, index) => ({
          name: format.count(Math.round(cases)),
          share: accuracy,
          text: format.percent(accuracy),
          isStrong: index === points.length - 1,
        })),
      },
      ...outlookSentences(curve, format).map(paragraph),
    ],
  }
}
