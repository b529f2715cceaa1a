import type { Calibration, CalibrationFigures, ModelReport } from '../../contract/index.ts'
import { counted, type ReportContext } from '../format.ts'
import { reliabilityPlot } from '../plots/model-plots.ts'
import {
  note,
  noValue,
  numberColumn,
  paragraph,
  textColumn,
  type Block,
  type PlotFigure,
  type Section,
} from '../report-model.ts'
import { reportWords } from '../words.ts'

const words = {
  across: 'Predicted probability',
  up: 'Observed frequency',
  before: 'As published',
  after: 'After temperature scaling',
}
const titles: Record<Calibration['of'], string> = {
  largest: 'Suggested class being right',
  positive: 'Carcinoma (two-class score)',
}

/** Reliability before and after temperature scaling, of the suggested class and of the two-class score. */
export const reliabilitySection = (
  { evaluation: { calibration } }: ModelReport,
  context: ReportContext,
): Section => ({
  title: 'Reliability',
  blocks: [
    note(
      'Of the images with a predicted probability of 80 %, 80 % should have that class: the marks are then on the dashed line. A larger mark stands for more images.',
    ),
    calibration.length === 0
      ? paragraph('The training kept no probabilities.')
      : { kind: 'plots', plots: calibration.map((of) => reliabilityFigure(of, context)) },
  ],
})

function reliabilityFigure(calibration: Calibration, { format }: ReportContext): PlotFigure {
  const title = titles[calibration.of]
  const states = [
    { name: words.before, figures: calibration.before },
    ...(calibration.after === null ? [] : [{ name: words.after, figures: calibration.after }]),
  ]
  return {
    title,
    plot: reliabilityPlot(calibration, {
      label: `Reliability of: ${title}. The table beside it has the same figures in words.`,
      across: words.across,
      up: words.up,
      tip: ({ predicted, observed, count }, isAfter) =>
        `${isAfter ? words.after : words.before}: predicted ${format.percent(predicted)}, observed ${format.percent(observed)} (${counted(format, count, 'image')})`,
    }),
    key: [`○ ${words.before}`, ...(calibration.after === null ? [] : [`◇ ${words.after}`]), '┄ Perfect'],
    blocks: [
      {
        kind: 'table',
        label: `Calibration figures of: ${title}`,
        hasRowHeads: true,
        columns: [
          textColumn(''),
          numberColumn('Brier score'),
          numberColumn('Expected calibration error'),
          numberColumn('Log loss'),
        ],
        rows: states.map(({ name, figures }) => ({
          cells: [
            name,
            ...[figures.brier, figures.expectedCalibrationError, figures.logLoss].map(format.score),
          ],
        })),
      },
      note(
        calibration.after === null
          ? 'With fewer than two folds, no temperature can be tested.'
          : `Temperature for new images: ${format.number(calibration.temperature)}. The figures after scaling have each fold scaled by a temperature fitted on the others.`,
      ),
      {
        kind: 'details',
        summary: 'As a table',
        blocks: states.map(({ name, figures }) => binTable(`${title}, ${name}`, name, figures)),
      },
    ],
  }

  function binTable(label: string, caption: string, { reliability }: CalibrationFigures): Block {
    return {
      kind: 'table',
      label,
      caption,
      hasRowHeads: true,
      columns: [
        textColumn('Probability'),
        numberColumn('Images'),
        numberColumn(words.across),
        numberColumn(words.up),
      ],
      rows: reliability.map(({ low, high, count, predicted, observed }) => ({
        cells: [
          reportWords.interval(format.setPoint(low), format.setPoint(high)),
          format.count(count),
          ...[predicted, observed].map((share) => (count === 0 ? noValue : format.percent(share))),
        ],
      })),
    }
  }
}

/** Coverage and size of the prediction sets. */
export function conformalSection({ evaluation }: ModelReport, { format }: ReportContext): Section {
  const { conformal, classes, images } = evaluation
  const title = 'Prediction sets'
  const meanSize = (setSizes: readonly number[]): number =>
    setSizes.reduce((sum, count, size) => sum + count * size, 0) / Math.max(1, images)
  return {
    title,
    testId: 'conformal',
    blocks: [
      note(
        'Classes that an image may be of, so many that the label is among them as often as requested, in each class. Each fold is tested with limits from the others.',
      ),
      conformal.length === 0
        ? paragraph('With fewer than two folds, no prediction sets can be tested.')
        : {
            kind: 'table',
            label: title,
            hasRowHeads: true,
            columns: [
              textColumn('Requested'),
              numberColumn('Measured'),
              ...classes.map((name) => numberColumn({ kind: 'class', name })),
              numberColumn('Mean size'),
              ...(conformal[0]?.setSizes ?? []).map((_, size) => numberColumn(`Sets of ${size}`)),
            ],
            rows: conformal.map(({ level, coverage, coveragePerClass, setSizes }) => ({
              cells: [
                format.wholePercent(level),
                { kind: 'strong', text: format.percent(coverage) },
                ...coveragePerClass.map((share) => (share === null ? noValue : format.percent(share))),
                format.score(meanSize(setSizes)),
                ...setSizes.map(format.count),
              ],
            })),
          },
    ],
  }
}
