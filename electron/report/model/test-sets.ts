import type { ModelTestSet, TestSetOpening } from '../../contract/index.ts'
import { counted, type ReportContext, type ReportFormat } from '../format.ts'
import {
  note,
  noValue,
  numberColumn,
  paragraph,
  textColumn,
  type Section,
  type Table,
} from '../report-model.ts'
import { reportWords } from '../words.ts'

const title = 'Locked test sets'

/** "71.0 % (95 % over cases: 60.2 % to 81.0 %)". */
export const openedAccuracy = (
  { accuracy, interval: { low, high }, over }: TestSetOpening,
  format: ReportFormat,
): string =>
  `${format.percent(accuracy)} (95 % over ${over}s: ${format.percent(low)} to ${format.percent(high)})`

/** "opened once", "opened 3 times, for 2 models". */
export const openedSentence = (
  { openedTimes, openedForModels }: Pick<ModelTestSet, 'openedTimes' | 'openedForModels'>,
  { count }: ReportFormat,
): string => {
  if (openedTimes === 0) return 'never opened'
  if (openedTimes === 1) return 'opened once'
  return `opened ${count(openedTimes)} times${openedForModels > 1 ? `, for ${count(openedForModels)} models` : ''}`
}

/** What an opening could not count, in words; empty if it counted every image. */
export function leftOutSentence({ leftOut }: Pick<TestSetOpening, 'leftOut'>, format: ReportFormat): string {
  const { unlabelled, trained, sameCase, failed } = leftOut
  const parts = [
    unlabelled > 0 && `${format.count(unlabelled)} without a label on which the readers agree`,
    trained > 0 && `${format.count(trained)} that trained the model`,
    sameCase > 0 && `${format.count(sameCase)} of cases that trained the model`,
    failed > 0 && `${format.count(failed)} that could not be read`,
  ].filter((part) => part !== false)
  return parts.length === 0 ? '' : `Left out: ${parts.join(', ')}.`
}

/** Openings with the figures that they gave, each with its number; the first column names the model or the test set. */
export function openingsTable(
  openings: readonly TestSetOpening[],
  first: 'model' | 'testSet',
  { format }: Pick<ReportContext, 'format'>,
): Table {
  return {
    kind: 'table',
    label: 'Openings',
    testId: 'test-set-openings',
    hasRowHeads: true,
    columns: [
      textColumn(first === 'model' ? 'Model' : 'Test set'),
      numberColumn('Opening'),
      textColumn('When, by, reason'),
      numberColumn('Images'),
      numberColumn('Cases'),
      numberColumn('Accuracy'),
      textColumn('95 % interval'),
      numberColumn('AUC'),
      numberColumn('Promised'),
    ],
    rows: openings.map((opening) => ({
      cells: [
        opening[first],
        format.count(opening.number),
        `${format.time(opening.at)}, ${opening.reader ?? 'unknown'}: ${opening.reason}`,
        format.count(opening.images),
        format.count(opening.cases),
        format.percent(opening.accuracy),
        reportWords.interval(format.percent(opening.interval.low), format.percent(opening.interval.high)),
        opening.auc === null ? noValue : format.score(opening.auc),
        format.percent(opening.promised.accuracy),
      ],
    })),
  }
}

/** What locked test sets found about a model; nothing if none was opened for it and none trained it. */
export function testSetSections(testSets: readonly ModelTestSet[], context: ReportContext): Section[] {
  if (testSets.length === 0) return []
  const { format } = context
  const openings = testSets.flatMap((set) => set.openings)
  return [
    {
      title,
      testId: 'test-sets',
      blocks: [
        ...(openings.length === 0
          ? []
          : [
              note(
                'Images that never trained this model, tested after everything was chosen. Promised: the accuracy out of fold in the report. Intervals resample cases.',
              ),
              openingsTable(openings, 'testSet', context),
            ]),
        ...testSets.map((set) => paragraph(testSetSentence(set, format))),
      ],
    },
  ]
}

/** How far a test set still is a test, in words. */
function testSetSentence(set: ModelTestSet, format: ReportFormat): string {
  const { name, isReleased, trainedImages, openings } = set
  const last = openings.at(-1)
  const parts = [
    `"${name}": ${openedSentence(set, format)}.`,
    set.openedTimes > 1
      ? 'Each further opening makes it less of a test, above all if models were chosen by it: the first counts most.'
      : '',
    trainedImages > 0
      ? `${counted(format, trainedImages, 'image')} of it, or of its cases, trained this model before it was locked.`
      : '',
    last === undefined ? '' : leftOutSentence(last, format),
    isReleased ? 'It was released since and is a test set no more.' : '',
  ]
  return parts.filter((part) => part !== '').join(' ')
}
