import { labelsMissing, type AccuracyInUse, type ShareInUse } from '../../contract/index.ts'
import { counted, type ReportContext, type ReportFormat } from '../format.ts'
import { note, noValue, numberColumn, textColumn, type Section } from '../report-model.ts'
import { reportWords } from '../words.ts'

const rangeOf = ({ interval }: ShareInUse, format: ReportFormat): string =>
  interval === null
    ? noValue
    : reportWords.interval(format.percent(interval.low), format.percent(interval.high))

const partOf = ({ right, images }: ShareInUse, format: ReportFormat): string =>
  `${format.count(right)} of ${format.count(images)}`

/** The short form, such as for the worklist: "11 of 40 agreed since 12 Oct, promised 75 %". */
export function inUseChip(inUse: AccuracyInUse, format: ReportFormat): string {
  const { all, since, promised } = inUse
  const missing = labelsMissing(inUse)
  if (missing > 0 || since === null) return `${counted(format, missing, 'more label')} until it is shown`
  const promise = promised === null ? '' : `, promised ${format.wholePercent(promised.accuracy)}`
  return `${partOf(all, format)} agreed since ${format.date(since)}${promise}`
}

/** Less than promised, but not shown to be broken: with few cases the interval is wide. */
const isBelowPromise = ({ all: { share }, promised }: AccuracyInUse): boolean =>
  share !== null && promised !== null && share < promised.low

/** Accuracy in use in a sentence or two: the first line of a model's report. */
export function inUseSentence(inUse: AccuracyInUse, format: ReportFormat): string {
  const { all, blind, seen, since, promised, isBroken, areSetsBroken, sets, leftOut } = inUse
  const missing = labelsMissing(inUse)
  // A model must not seem to improve because images that it got wrong were removed.
  const removed =
    leftOut.removed === 0
      ? ''
      : ` Not counted: ${counted(format, leftOut.removed, 'removed image')}; the suggestion disagreed with the label of ${format.count(leftOut.removedWrong)}.`
  if (missing > 0 || since === null) {
    return `Accuracy in use: ${counted(format, all.images, 'label')} so far given after a suggestion on new images; ${format.count(missing)} more ${missing === 1 ? 'is' : 'are'} needed until it is shown.${removed}`
  }
  const range =
    all.interval === null
      ? `${counted(format, all.cases, 'case')}, too few for an interval`
      : `95 % over ${counted(format, all.cases, 'case')}: ${rangeOf(all, format)}`
  const promise =
    promised === null
      ? ''
      : ` Promised: ${format.percent(promised.accuracy)} (${reportWords.interval(format.percent(promised.low), format.percent(promised.high))}).`
  const kinds =
    blind.images === 0
      ? 'All labels could be given with the suggestion in view, which favours agreement.'
      : `Of labels given blind, ${partOf(blind, format)}; with the suggestion in view, ${partOf(seen, format)}.`
  const verdict = isBroken
    ? ' The model does not keep its promise: do not rely on it.'
    : isBelowPromise(inUse)
      ? ' This is less than promised; with so few cases it may be chance. Label more cases before you rely on it.'
      : ''
  const coverage =
    areSetsBroken && sets !== null
      ? ` Sets made for ${format.wholePercent(sets.level)} contained the label in only ${partOf(sets, format)}.`
      : ''
  return `Accuracy in use: since ${format.date(since)}, ${partOf(all, format)} suggestions agreed with the label given after them (${format.percent(all.share ?? 0)}; ${range}).${promise}${verdict} ${kinds}${coverage}${removed}`
}

/** The same in figures, by kind of label and by week. */
export function inUseSections(inUse: AccuracyInUse, { format }: ReportContext): Section[] {
  if (labelsMissing(inUse) > 0) return []
  const { all, blind, seen, sets, weeks, leftOut } = inUse
  const cellsOf = (name: string, share: ShareInUse): string[] => [
    name,
    format.count(share.images),
    format.count(share.cases),
    format.count(share.right),
    share.share === null ? noValue : format.percent(share.share),
    rangeOf(share, format),
  ]
  const columns = (first: string): ReturnType<typeof textColumn>[] => [
    textColumn(first),
    numberColumn('Images'),
    numberColumn('Cases'),
    numberColumn('Agreed'),
    numberColumn('Share'),
    numberColumn('95 % by case'),
  ]
  const { imported, disputed } = leftOut
  return [
    {
      title: 'Accuracy in use',
      testId: 'in-use-section',
      blocks: [
        note(
          'Suggestions on images that the model was not trained on, made before the first label, compared with the label given after them. Labels given with the suggestion in view tend to agree with it.',
        ),
        {
          kind: 'table',
          label: 'Accuracy in use by kind of label',
          hasRowHeads: true,
          columns: columns('Label'),
          rows: [
            { cells: cellsOf('Given blind', blind) },
            { cells: cellsOf('Given with the suggestion in view', seen) },
            { cells: cellsOf('All', all), isStrong: true },
            ...(sets === null
              ? []
              : [{ cells: cellsOf(`In the ${format.wholePercent(sets.level)} prediction set`, sets) }]),
          ],
        },
        {
          kind: 'table',
          label: 'Accuracy in use by week',
          hasRowHeads: true,
          columns: columns('Week from'),
          rows: weeks.map((week) => ({ cells: cellsOf(format.date(week.monday), week) })),
        },
        ...(imported + disputed === 0
          ? []
          : [
              note(
                `Not counted: ${counted(format, imported, 'image')} with an imported label, or one from another workspace, where it is not known what was in view, and ${format.count(disputed)} on which readers disagree.`,
              ),
            ]),
      ],
    },
  ]
}
