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
  before: 'Before scaling',
  after: 'After temperature scaling',
}
const titles: Record<Calibration['of'], string> = {
  largest: 'Suggested class is correct',
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
      'Of the images predicted with a probability of 80 %, 80 % should be correct. The points then fall on the dashed line. The size of a point shows its number of images.',
    ),
    calibration.length === 0
      ? paragraph('This model has no out-of-fold probabilities.')
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
      label: `Reliability plot: ${title}. The table next to it contains the same values.`,
      across: words.across,
      up: words.up,
      tip: ({ predicted, observed, count }, isAfter) =>
        `${isAfter ? words.after : words.before}: predicted ${format.percent(predicted)}, observed ${format.percent(observed)} (${counted(format, count, 'image')})`,
    }),
    key: [`○ ${words.before}`, ...(calibration.after === null ? [] : [`◇ ${words.after}`]), '┄ Perfect'],
    blocks: [
      {
        kind: 'table',
        label: `Calibration: ${title}`,
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
          ? 'Testing a temperature needs at least two folds.'
          : `Temperature for new images: ${format.number(calibration.temperature)}; above 1 the probabilities were too extreme, below 1 too cautious. For the values after scaling, each fold is scaled with a temperature fitted on the other folds.`,
      ),
      {
        kind: 'details',
        summary: 'Show as table',
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

/** What acting on the two-class score is worth at each threshold; empty without a two-class score. */
export function decisionSections({ derived }: ModelReport, { format }: ReportContext): Section[] {
  const { decisionCurve, recalibration } = derived
  if (decisionCurve.length === 0) return []
  const title = 'Decision curve of the carcinoma score'
  return [
    {
      title,
      testId: 'decision-curve',
      blocks: [
        note(
          'Net benefit: true positives per image, minus false positives weighted by the odds of the threshold. The score is worth using where its net benefit is above that of acting on every image and above 0, which is that of acting on none.',
        ),
        {
          kind: 'table',
          label: title,
          hasRowHeads: true,
          columns: [
            numberColumn('Threshold'),
            numberColumn('Acting on the score'),
            numberColumn('Acting on every image'),
          ],
          rows: decisionCurve
            .filter((_, index) => index % 2 === 1)
            .map(({ threshold, model, all }) => ({
              cells: [format.setPoint(threshold), format.score(model), format.score(all)],
            })),
        },
        note(
          recalibration === null
            ? 'The calibration slope cannot be estimated: the score separates the outcomes, or one of them does not occur.'
            : `Calibration slope ${format.setPoint(recalibration.slope)} (ideal 1; below 1, scores are too extreme) and intercept ${format.setPoint(recalibration.intercept)} (ideal 0).`,
        ),
      ],
    },
  ]
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
        'A prediction set lists the classes that an image may belong to. It is made large enough to contain the true class at the chosen rate, within each class. Each fold is tested with thresholds from the other folds.',
      ),
      conformal.length === 0
        ? paragraph('Testing prediction sets needs at least two folds.')
        : {
            kind: 'table',
            label: title,
            hasRowHeads: true,
            columns: [
              textColumn('Target'),
              numberColumn('Observed'),
              ...classes.map((name) => ({
                title: { kind: 'class' as const, name },
                isNumber: true,
                figure: 'Coverage of a class',
              })),
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
