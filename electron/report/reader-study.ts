import {
  minReadingSeconds,
  readingPauseSeconds,
  type ReaderStudy,
  type ReadingTime,
  type StudyFigures,
  type StudyShare,
} from '../contract/index.ts'
import { counted, type ReportFormat } from './format.ts'
import {
  note,
  noValue,
  numberColumn,
  textColumn,
  type Block,
  type Section,
  type Table,
} from './report-model.ts'
import { reportWords } from './words.ts'

type Line = StudyFigures & { name: string }

/** What a reader study says, as the page and the command line show it. */
export function studySections(study: ReaderStudy, format: ReportFormat): Section[] {
  if (study.readers.length === 0) {
    return [{ title: 'Time per image', testId: 'study-times', blocks: [note('No reader has labelled yet.')] }]
  }
  return [timeSection(study, format), overrideSection(study, format), secondLookSection(study, format)]
}

/** The readers with rows of a table; of several, also all of them. */
function linesOf({ readers, all }: ReaderStudy, has: (figures: StudyFigures) => boolean): Line[] {
  const own = readers.filter(has)
  return own.length < 2 ? own : [...own, { name: 'All readers', ...all }]
}

/** A table of readers; of several, the last line is all of them. */
function tableOf(
  lines: readonly Line[],
  {
    label,
    columns,
    cells,
  }: Pick<Table, 'label'> & { columns: Table['columns']; cells: (line: Line) => string[] },
): Table {
  return {
    kind: 'table',
    label,
    hasRowHeads: true,
    columns: [textColumn('Reader'), ...columns],
    rows: lines.map((line, place) => ({
      cells: [line.name, ...cells(line)],
      isStrong: lines.length > 1 && place === lines.length - 1,
    })),
  }
}

function timeSection(study: ReaderStudy, format: ReportFormat): Section {
  const { all } = study
  const { first, pauses, together, short } = all.untimed
  const seconds = (value: number): string => `${format.oneDecimal(value)} s`
  const range = (of: { low: number; high: number } | null): string =>
    of === null ? noValue : reportWords.interval(seconds(of.low), seconds(of.high))
  const median = (time: ReadingTime): string => (time.median === null ? noValue : seconds(time.median))
  const withCount = (time: ReadingTime): string =>
    time.median === null ? noValue : `${median(time)} (${format.count(time.images)})`
  const untimed = first + pauses + together + short
  return {
    title: 'Time per image',
    testId: 'study-times',
    blocks: [
      note(
        `From the reader’s label of another image to the first label of this one, as the audit trail has it. Longer than ${readingPauseSeconds / 60} minutes is a pause and not counted.`,
      ),
      tableOf(
        linesOf(study, ({ readings }) => readings > 0),
        {
          label: 'Time per image by reader',
          columns: [
            numberColumn('Read'),
            numberColumn('Timed'),
            numberColumn('Median time'),
            numberColumn('Middle half'),
            numberColumn('95 % of the median'),
            numberColumn('Read blind'),
            numberColumn('Without suggestion'),
            numberColumn('Suggestion in view'),
          ],
          cells: ({ readings, times }) => [
            format.count(readings),
            format.count(times.all.images),
            median(times.all),
            range(times.all.quartiles),
            range(times.all.interval),
            withCount(times.blind),
            withCount(times.unaided),
            withCount(times.aided),
          ],
        },
      ),
      note(
        `Not timed: ${counted(format, untimed, 'reading')}. ${format.count(first)} began a session, ${format.count(pauses)} came after a pause, ${format.count(together)} were labelled together with other images, ${format.count(short)} took less than ${minReadingSeconds} s.`,
      ),
      {
        kind: 'details',
        summary: 'What the audit trail cannot tell',
        blocks: unknowns.map((text): Block => note(text)),
      },
    ],
  }
}

/** What a reader of these figures must know. */
const unknowns = [
  'When an image was opened. A time contains everything since the label before: images that were only looked at, drawn regions, waiting, and short interruptions.',
  'When a session began. The first image after another reader, an import or a pause has no time.',
  'Whether a reader looked at a suggestion that was in view, or looked at an image again without labelling it.',
  'Whether a label was given in the page or by a command. Times below half a second are left out for that reason.',
  'Why times differ. Images read blind and images read with suggestions are seldom the same ones, and readers become faster with practice.',
] as const

const partOf = ({ hits, images }: StudyShare, format: ReportFormat): string =>
  images === 0 ? noValue : `${format.count(hits)} of ${format.count(images)}`
const percentOf = ({ share }: StudyShare, format: ReportFormat): string =>
  share === null ? noValue : format.percent(share)
const rangeOf = ({ interval }: StudyShare, format: ReportFormat): string =>
  interval === null
    ? noValue
    : reportWords.interval(format.percent(interval.low), format.percent(interval.high))

function overrideSection(study: ReaderStudy, format: ReportFormat): Section {
  const lines = linesOf(study, ({ overrides }) => overrides.images > 0)
  return {
    title: 'Overrides',
    testId: 'study-overrides',
    blocks:
      lines.length === 0
        ? [note('No class was chosen with a suggestion in view.')]
        : [
            note(
              'Classes that were chosen with a suggestion in view and differ from it. Images that the reader first read blind are in the table below.',
            ),
            tableOf(lines, {
              label: 'Overrides by reader',
              columns: [
                numberColumn('Images'),
                numberColumn('Cases'),
                numberColumn('Overridden'),
                numberColumn('Override rate'),
                numberColumn('95 % by case'),
              ],
              cells: ({ overrides }) => [
                format.count(overrides.images),
                format.count(overrides.cases),
                format.count(overrides.hits),
                percentOf(overrides, format),
                rangeOf(overrides, format),
              ],
            }),
          ],
  }
}

function secondLookSection(study: ReaderStudy, format: ReportFormat): Section {
  const lines = linesOf(study, ({ secondLook }) => secondLook.before.images > 0)
  const { unsure } = study.all.secondLook
  const points = (value: number): string => `${value > 0 ? '+' : ''}${format.oneDecimal(100 * value)}`
  return {
    title: 'Before and after the suggestion',
    testId: 'study-second-look',
    blocks:
      lines.length === 0
        ? [note('No image was read blind and then shown with a suggestion.')]
        : [
            note(
              'The first blind label and the label of today of the same reader, each compared with the suggested class. Agreement with the suggestion is not accuracy: a suggestion may be wrong.',
            ),
            tableOf(lines, {
              label: 'Labels before and after the suggestion by reader',
              columns: [
                numberColumn('Images'),
                numberColumn('Cases'),
                numberColumn('Agreed before'),
                numberColumn('Agreed after'),
                numberColumn('Points'),
                numberColumn('95 % of the points'),
                numberColumn('Kept'),
                numberColumn('To the suggestion'),
                numberColumn('Away from it'),
                numberColumn('Between others'),
              ],
              cells: ({ secondLook: { before, after, difference, kept, towards, away, between } }) => [
                format.count(before.images),
                format.count(before.cases),
                percentOf(before, format),
                percentOf(after, format),
                difference === null ? noValue : points(difference.value),
                !difference?.interval
                  ? noValue
                  : reportWords.interval(points(difference.interval.low), points(difference.interval.high)),
                partOf(kept, format),
                format.count(towards),
                format.count(away),
                format.count(between),
              ],
            }),
            ...(unsure === 0
              ? []
              : [
                  note(
                    `Left out: ${counted(format, unsure, 'image')} about which the reader was unsure before or after.`,
                  ),
                ]),
          ],
  }
}
