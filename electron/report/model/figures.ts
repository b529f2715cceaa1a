import { operatingPoint, type Figures, type ModelReport, type OperatingPoint } from '../../contract/index.ts'
import { counted, type ReportContext } from '../format.ts'
import {
  note,
  noValue,
  numberColumn,
  textColumn,
  type Row,
  type Section,
  type Text,
} from '../report-model.ts'
import { reportWords, shareColumns } from '../words.ts'

const { interval, wilsonNote } = reportWords

/** The paper's Table 1 for this model, with the folds of the fusion as bars. */
export function foldSection({ table }: ModelReport, { format, titleOf }: ReportContext): Section {
  const row = (name: string, { perFold, mean, std }: typeof table.fusion, isStrong = false): Row => ({
    cells: [name, ...[...perFold, mean, std].map(format.oneDecimal)],
    isStrong,
  })
  const cropSet = (sizePx: number, scale: number): string =>
    `${sizePx} px${scale === 0.5 ? '' : ` at scale ${scale}`}`
  const title = 'Accuracy by fold'
  return {
    title,
    blocks: [
      {
        kind: 'table',
        label: title,
        caption: 'Accuracy of each fold in percent, for each encoder and crop size and for all combined',
        testId: 'fold-table',
        hasRowHeads: true,
        columns: [
          textColumn('Encoder, crop size'),
          ...table.fusion.perFold.map((_, fold) => numberColumn(`Fold ${fold + 1}`)),
          numberColumn('Mean'),
          numberColumn('SD (population)'),
        ],
        rows: [
          ...table.rows.map((of) => row(`${titleOf(of.encoder)}, ${cropSet(of.sizePx, of.scale)}`, of)),
          row('Model fusion', table.fusion, true),
        ],
      },
      {
        kind: 'bars',
        label: 'Accuracy of the model fusion',
        bars: table.fusion.perFold.map((percent, fold) => ({
          name: `Fold ${fold + 1}`,
          share: percent / 100,
          text: format.percent(percent / 100),
          isStrong: true,
        })),
      },
    ],
  }
}

/** The figures by image and, where images name cases, by case. */
function countings({ evaluation }: ModelReport): { name: string; figures: Figures; count: number }[] {
  const byImage = { name: 'by image', figures: evaluation, count: evaluation.images }
  const { byCase } = evaluation
  if (byCase === null) return [byImage]
  const count = (evaluation.cases ?? 0) + evaluation.imagesWithoutCase
  return [byImage, { name: 'by case', figures: byCase, count }]
}

/** Accuracy and AUC over all folds, with their 95 % intervals. */
export function figuresSection(report: ModelReport, { format }: ReportContext): Section {
  const { bootstrap } = report.evaluation
  const range = ({ low, high }: { low: number; high: number }): string =>
    interval(format.percent(low), format.percent(high))
  const title = 'All folds combined'
  const auc =
    bootstrap.auc === null
      ? ''
      : ` AUC ${interval(format.score(bootstrap.auc.low), format.score(bootstrap.auc.high))}.`
  return {
    title,
    blocks: [
      {
        kind: 'table',
        label: title,
        hasRowHeads: true,
        columns: [
          textColumn('Basis'),
          numberColumn('Count'),
          numberColumn('Accuracy'),
          textColumn('95 % (Wilson)'),
          numberColumn('AUC'),
        ],
        rows: countings(report).map(({ name, figures, count }) => ({
          cells: [
            name,
            format.count(count),
            format.percent(figures.accuracy),
            range(figures.accuracyInterval),
            figures.auc === null ? noValue : format.score(figures.auc),
          ],
        })),
      },
      {
        kind: 'facts',
        facts: [
          ['Balanced accuracy', format.percent(report.derived.balancedAccuracy)],
          ['Matthews correlation', format.score(report.derived.mcc)],
        ],
      },
      note(
        `95 % from ${format.count(bootstrap.resamples)} resamples of ${bootstrap.over}s: accuracy ${range(bootstrap.accuracy)}.${auc}`,
      ),
      note(wilsonNote),
    ],
  }
}

/** The two-class answer at the model's own operating point, by image; null without scores. */
export function chosenPoint({
  predictions,
  evaluation,
  operatingPoint: threshold,
}: ModelReport): OperatingPoint | null {
  const scored = predictions.filter(({ carcinomaScore }) => carcinomaScore !== null)
  const scores = scored.flatMap(({ carcinomaScore }) => carcinomaScore ?? [])
  const isPositive = scored.map(({ truth }) => evaluation.positive.includes(truth))
  return scores.length === 0 ? null : operatingPoint(scores, isPositive, threshold)
}

/** Sensitivity and specificity at the chosen and the published operating points; empty without a two-class score. */
export function pointSections(report: ModelReport, { format }: ReportContext): Section[] {
  const chosen = chosenPoint(report)
  const share = (value: number | null): string => (value === null ? noValue : format.percent(value))
  const row = (point: OperatingPoint, counting: string, mark = ''): Row => ({
    cells: [
      `${format.threshold(point.threshold)}${mark}`,
      counting,
      ...[point.sensitivity, point.specificity, point.ppv, point.npv, point.accuracy].map(share),
    ],
  })
  const rows = countings(report).flatMap(({ name, figures }, index) => {
    const isByImage = index === 0
    const others = figures.operatingPoints.filter(
      ({ threshold }) => !isByImage || threshold !== chosen?.threshold,
    )
    return [
      ...(isByImage && chosen !== null ? [row(chosen, name, ' (chosen)')] : []),
      ...others.map((point) => row(point, name)),
    ]
  })
  if (rows.length === 0) return []
  const title = 'Carcinoma or not'
  return [
    {
      title,
      blocks: [
        {
          kind: 'table',
          label: title,
          hasRowHeads: true,
          columns: [
            textColumn('Score at least'),
            textColumn('Basis'),
            ...shareColumns.map((name) => numberColumn(name)),
          ],
          rows,
        },
      ],
    },
  ]
}

/** Cases that are called another class than theirs; empty where no image names a case. */
export function missedCaseSections(
  { evaluation: { byCase }, predictions }: ModelReport,
  { format }: ReportContext,
): Section[] {
  if (byCase === null) return []
  const cases = new Set(predictions.map(({ caseName }) => caseName))
  const nameOf = (name: string): Text => (cases.has(name) ? { kind: 'case', name } : name)
  const { misses, mixed } = byCase
  const title =
    misses.length === 0
      ? 'Every case is classified correctly'
      : `${counted(format, misses.length, 'case')} misclassified`
  const rule =
    'The probabilities of a case are the mean over its images; its label is the most severe class of its images.'
  return [
    {
      title,
      blocks: [
        note(
          mixed === 0
            ? rule
            : `${rule} ${counted(format, mixed, 'case')} contain images of different classes.`,
        ),
        ...(misses.length === 0
          ? []
          : [
              {
                kind: 'table' as const,
                label: title,
                hasRowHeads: true,
                columns: [
                  textColumn('Case'),
                  textColumn('Class'),
                  textColumn('Classified as'),
                  textColumn(''),
                ],
                rows: misses.map(({ name, truth, predicted, missedPositive }) => ({
                  cells: [
                    nameOf(name),
                    { kind: 'class' as const, name: truth },
                    { kind: 'class' as const, name: predicted },
                    missedPositive ? ({ kind: 'mark', text: 'carcinoma below 0.50' } as const) : '',
                  ],
                })),
              },
            ]),
      ],
    },
  ]
}
