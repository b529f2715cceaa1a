import {
  comparisonLevel,
  minComparedCases,
  type ClassifierChoice,
  type EncoderComparison,
  type EncoderPair,
} from '../contract/index.ts'
import { counted, type ReportFormat } from './format.ts'
import {
  note,
  noValue,
  numberColumn,
  paragraph,
  textColumn,
  type Section,
  type Text,
} from './report-model.ts'
import { reportWords } from './words.ts'

const classifierNames: Readonly<Record<ClassifierChoice, string>> = {
  lightgbm: 'boosted trees',
  logistic: 'logistic regression',
  both: 'both classifiers',
}

/** "EfficientNet-Lite0, logistic regression". */
export const pairName = ({ title, classifier }: Pick<EncoderPair, 'title' | 'classifier'>): string =>
  `${title}, ${classifierNames[classifier]}`

const isWorse = ({ toBest }: EncoderPair): boolean =>
  toBest !== null && toBest.adjustedPValue < comparisonLevel

/** What the comparison comes to, in one sentence, and whether any pair is better than guessing, in another. */
export function conclusionSentences(
  { pairs, cases, groupedBy }: EncoderComparison,
  format: ReportFormat,
): string[] {
  const [best, ...others] = pairs
  const noun = counted(format, cases, groupedBy)
  const worse = others.filter(isWorse)
  const name = best === undefined ? '' : pairName(best)
  const difference =
    others.length === 0
      ? `Only one was measured: ${name}.`
      : cases < minComparedCases
        ? `${noun} cannot tell any of these apart: that needs at least ${minComparedCases}.`
        : worse.length === 0
          ? `Nothing here differs from the best by more than chance (${noun}, all ${format.count(pairs.length)} considered at once), so licence and speed may decide.`
          : `By more than chance (${noun}, all ${format.count(pairs.length)} considered at once), ${worse.length === 1 ? 'one does' : `${format.count(worse.length)} do`} worse than ${name}: ${worse.map(pairName).join('; ')}.${worse.length === others.length ? '' : ' The rest differ from it by no more than chance.'}`
  const known = pairs.filter(({ isBetterThanGuessing }) => isBetterThanGuessing).length
  const guessing =
    known === pairs.length
      ? []
      : [
          known === 0
            ? 'None is shown to be better than guessing.'
            : `${format.count(known)} of ${format.count(pairs.length)} ${known === 1 ? 'is' : 'are'} shown to be better than guessing.`,
        ]
  return [difference, ...guessing]
}

/** How chance is judged. */
export const comparisonMethod = (groupedBy: 'case' | 'image'): string =>
  `All use the same images and folds. The differences of whole ${groupedBy}s change their signs in every way, or at random 5,000 times, for all pairs at once; the adjusted p says how often the largest difference of any pair is then at least as large. So it counts that many were compared, and that the best was chosen by the same data. Below ${comparisonLevel} is more than chance. The figures of the best are too high by the choice.`

export function comparisonSection(comparison: EncoderComparison, format: ReportFormat): Section {
  const { pairs, images, cases, folds, groupedBy, leftOut, warnings } = comparison
  const title = 'Encoders and classifiers'
  const range = (interval: { low: number; high: number }, text: (value: number) => string): string =>
    reportWords.interval(text(interval.low), text(interval.high))
  const points = (share: number): string => format.oneDecimal(100 * share)
  const seconds = (milliseconds: number): string => format.setPoint(milliseconds / 1000)
  const nameOf = (pair: EncoderPair): Text => [
    pairName(pair),
    ...(pair.weights === 'official' || pair.weights === 'own'
      ? []
      : [' ', { kind: 'mark' as const, text: pair.weights.toUpperCase() }]),
  ]
  return {
    title,
    testId: 'encoder-comparison',
    blocks: [
      ...conclusionSentences(comparison, format).map((sentence) =>
        paragraph({ kind: 'strong', text: sentence }),
      ),
      ...[...warnings, ...leftOut.map(({ message }) => message)].map(paragraph),
      {
        kind: 'table',
        label: title,
        caption: `Out of fold: ${counted(format, images, 'image')}, ${counted(format, cases, groupedBy)}, ${counted(format, folds, 'fold')}; the best first`,
        testId: 'encoder-pairs',
        hasRowHeads: true,
        columns: [
          textColumn('Encoder and classifier'),
          numberColumn('Accuracy'),
          textColumn('95 % by case'),
          numberColumn('AUC'),
          textColumn('95 % of the AUC'),
          numberColumn('AUC by case'),
          numberColumn('Points to the best'),
          textColumn('95 % of the points'),
          numberColumn('Adjusted p'),
          numberColumn('Seconds an image'),
          numberColumn('Training seconds'),
          textColumn('Licence'),
        ],
        rows: pairs.map((pair, place) => {
          const { auc, aucInterval, aucByCase, toBest } = pair
          const difference = toBest?.comparison.difference ?? null
          return {
            isStrong: place === 0,
            cells: [
              nameOf(pair),
              format.percent(pair.accuracy),
              range(pair.accuracyInterval, format.percent),
              auc === null ? noValue : format.score(auc),
              aucInterval === null ? noValue : range(aucInterval, format.score),
              aucByCase === null ? noValue : format.score(aucByCase),
              difference === null ? noValue : points(difference.value),
              difference === null ? noValue : range(difference, points),
              toBest === null ? noValue : format.score(toBest.adjustedPValue),
              seconds(pair.encodingMs),
              seconds(pair.trainingMs),
              pair.licence,
            ],
          }
        }),
      },
      note(comparisonMethod(groupedBy)),
    ],
  }
}
