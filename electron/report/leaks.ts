import type { LeakReport, ModelLeaks, PictureCopy } from '../contract/index.ts'
import { counted, type ReportFormat } from './format.ts'

/** One finding, or one thing that a person must know. */
interface LeakLine {
  text: string
  /** `leak`: a model may have seen its test images. `note`: no leak by itself. */
  tone: 'leak' | 'note' | 'good'
}

/** An overlap from which the smaller image counts as wholly in the other. */
const wholeOverlap = 0.97
const namedCases = 4

/** What was found about leaks, one sentence for each finding; the copies are counted here and listed by `copyText`. */
export function leakLines(report: LeakReport, format: ReportFormat): LeakLine[] {
  const { compared, copies, publicSets, magnifications, models } = report
  const found = suspicions({ ...report, copies: copies.length }, format).map((text) => ({
    text,
    tone: 'leak' as const,
  }))
  const lines: LeakLine[] = [...found]
  if (compared === null) lines.push({ text: notCompared, tone: 'note' })
  else {
    if (found.length === 0) {
      const text = `No leak found: ${counted(format, compared.images, 'image')} compared, case names and file names checked.`
      lines.push({ text, tone: 'good' })
    }
    if (compared.notCompared > 0) {
      const text = `${counted(format, compared.notCompared, 'image')} not compared: imported since, or not readable. Look for leaks again.`
      lines.push({ text, tone: 'note' })
    }
    if (compared.withoutDetail > 0) {
      const text = `${counted(format, compared.withoutDetail, 'image')} with too little detail to find copies of.`
      lines.push({ text, tone: 'note' })
    }
    if (compared.withinCases > 0) {
      const text = `${counted(format, compared.withinCases, 'pair')} of images of one case ${compared.withinCases === 1 ? 'overlaps' : 'overlap'}. This does no harm if folds are by case.`
      lines.push({ text, tone: 'note' })
    }
  }
  for (const { set, images, withoutPatient, note } of publicSets) {
    const without =
      withoutPatient === 0 ? '' : ` ${counted(format, withoutPatient, 'image')} without a known patient.`
    lines.push({
      text: `${counted(format, images, 'image')} of the public set ${set}.${without} ${note}`,
      tone: 'note',
    })
  }
  if (magnifications.length > 0) {
    const text = `${counted(format, magnifications.length, 'slide')} with images at several magnifications, which may show the same fields: ${nameSome(magnifications.map(({ slide }) => slide))}.`
    lines.push({ text, tone: 'note' })
  }
  const most = Math.max(0, ...models.map(({ earlier }) => earlier))
  if (most > 0) lines.push({ text: triedSentence(most + 1, format), tone: 'note' })
  return lines
}

const notCompared = 'The images were not compared with each other yet.'

/** How two images show the same tissue: "100 % of the smaller image, mirrored, at 0.5 times the size". */
export function copyText({ overlap, scale, turn, isMirrored }: PictureCopy, format: ReportFormat): string {
  const turned = Math.round(Math.abs(turn) / 90) * 90
  const ratio = Math.max(scale, 1 / scale)
  return [
    overlap >= wholeOverlap
      ? 'the whole smaller image is in the other'
      : `${format.wholePercent(overlap)} of the smaller image is in the other`,
    ...(isMirrored ? ['mirrored'] : []),
    ...(turned > 0 && !isMirrored ? [`turned by ${format.count(turned)} degrees`] : []),
    ...(ratio > 1.15 ? [`${format.oneDecimal(ratio)} times the size`] : []),
  ].join(', ')
}

/** Whether leaks are suspected among the training images of a model. */
export function modelLeakAnswer(
  leaks: ModelLeaks,
  format: ReportFormat,
): { answer: string; tone: 'good' | 'warning' } {
  const found = suspicions({ ...leaks, similarCases: leaks.similarCases.map((cases) => ({ cases })) }, format)
  const tried = leaks.earlierModels === 0 ? [] : [triedSentence(leaks.earlierModels + 1, format)]
  const compared = leaks.compared === null ? [`${notCompared} Look for leaks to know.`] : []
  if (found.length > 0) {
    const answer = ['Yes, so all figures may be too high.', ...found, ...compared, ...tried].join(' ')
    return { answer, tone: 'warning' }
  }
  if (leaks.compared === null) return { answer: [...compared, ...tried].join(' '), tone: 'warning' }
  const { images, notCompared: without } = leaks.compared
  const rest = without === 0 ? [] : [`${counted(format, without, 'image')} not compared.`]
  const answer = [`None found among ${counted(format, images, 'training image')}.`, ...rest, ...tried].join(
    ' ',
  )
  return { answer, tone: without === 0 ? 'good' : 'warning' }
}

const triedSentence = (models: number, format: ReportFormat): string =>
  `${counted(format, models, 'model')} were trained on mostly the same images; the best of several looks better than it is.`

/** One sentence for each kind of leak that was found. */
function suspicions(
  {
    copies,
    similarCases,
    siblings,
    encoders,
  }: Pick<ModelLeaks, 'copies' | 'siblings' | 'encoders'> & {
    similarCases: readonly { cases: readonly string[] }[]
  },
  format: ReportFormat,
): string[] {
  return [
    ...(copies === 0
      ? []
      : [
          `${counted(format, copies, 'pair')} of images of different cases ${copies === 1 ? 'shows' : 'show'} the same tissue.`,
        ]),
    ...siblings.map(({ set, patient, cases, withoutCase }) => {
      const parts = [
        ...(cases.length === 0 ? [] : [counted(format, cases.length, 'case') + ` (${nameSome(cases)})`]),
        ...(withoutCase === 0 ? [] : [`${counted(format, withoutCase, 'image')} without a case`]),
      ]
      return `Patient ${patient} of ${set} is in ${parts.join(' and ')}.`
    }),
    ...similarCases.map(({ cases }) => `The cases ${nameSome(cases)} may be one patient.`),
    ...encoders.map(({ encoder, set }) => `The encoder ${encoder} was trained on ${set}.`),
  ]
}

const nameSome = (names: readonly string[]): string =>
  names.length <= namedCases
    ? names.join(', ')
    : `${names.slice(0, namedCases).join(', ')} and ${names.length - namedCases} more`
