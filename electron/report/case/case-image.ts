import {
  weightsMark,
  originOf,
  headlineOf,
  measuredSpread,
  qualityFlagWords,
  listedProbabilities,
  type ImageView,
  type QualityFlag,
  type ReadingView,
  type SlideAnalysis,
  type VerdictView,
} from '../../contract/index.ts'
import { counted, fileFormat } from '../format.ts'
import {
  noValue,
  paragraph,
  textColumn,
  type Block,
  type FileBlock,
  type Inline,
  type Row,
} from '../report-model.ts'
import { reportWords } from '../words.ts'
import { slideBlocks } from './slide-blocks.ts'
import { likenessWords } from './likeness-words.ts'

export interface ReportedImage extends ImageView {
  /** null: never measured. */
  flags: QualityFlag[] | null
  /** Its newest analysis as a slide; null: it was not analysed. */
  analysis: SlideAnalysis | null
}

const { probability: percent } = fileFormat
const decimals = (value: number | null): string => (value === null ? noValue : value.toFixed(3))

/**
 * One image: its picture, its labels, what is suggested and how sure that is.
 * @param scheme names of the classes, in display order
 */
export function imageArticle(image: ReportedImage, scheme: readonly string[]): FileBlock {
  const { id, fileName, page, widthPx, heightPx, pixelSizeUm, pixelSizeSource, sha256, verdict } = image
  const values =
    image.cameraBits === null || image.cameraBits === undefined
      ? ''
      : `, values of a camera of ${image.cameraBits} bits`
  const pixelSize =
    pixelSizeUm === null ? 'pixel size unknown' : `${pixelSizeUm} µm per pixel (${pixelSizeSource})`
  return {
    kind: 'article',
    key: String(id),
    fileName,
    title: page > 1 ? `${fileName}, page ${page}` : fileName,
    note: `image ${id}`,
    blocks: [
      ...marks(image),
      ...labels(image),
      ...(verdict === null ? [paragraph('No class was suggested yet.')] : suggestion(verdict, scheme)),
      flags(image),
      ...(image.analysis === null ? [] : slideBlocks(image.analysis)),
      {
        kind: 'paragraph',
        isNote: true,
        text: [
          `${widthPx} × ${heightPx} px${values}, ${pixelSize}; SHA-256 `,
          { kind: 'code', text: sha256 },
        ],
      },
    ],
  }
}

function marks({ synthetic, verdict, readings }: ReportedImage): Block[] {
  const words = [
    ...(verdict?.weights === 'untrained' || verdict?.weights === 'unverified'
      ? [weightsMark(verdict.weights)]
      : []),
    ...(verdict?.weights === 'unofficial' ? ['UNOFFICIAL WEIGHTS'] : []),
    ...(synthetic ? ['SYNTHETIC'] : []),
    ...(readings.isDisputed ? ['READERS DISAGREE'] : []),
  ]
  return words.length === 0
    ? []
    : [paragraph(words.flatMap((text): Inline[] => [{ kind: 'mark', text }, ' ']))]
}

function labels({ readings: { all, adjudication }, label }: ReportedImage): Block[] {
  if (all.length === 0 && adjudication === null) return [paragraph('No label.')]
  const row = (kind: string, reading: ReadingView): Row => ({
    cells: [
      kind,
      originOf(reading),
      reading.className ?? (reading.isUnsure ? 'unsure' : 'none'),
      `${reading.at.slice(0, 16).replace('T', ' ')}${reading.isBlind ? ', blind' : ''}`,
      reading.comment ?? '',
    ],
  })
  return [
    {
      kind: 'table',
      label: 'Labels',
      hasRowHeads: false,
      columns: ['Label', 'By', 'Class', 'At (UTC)', 'Comment'].map(textColumn),
      rows: [
        ...all.map((reading) => row(reading.reader === null ? 'imported' : 'reading', reading)),
        ...(adjudication === null ? [] : [row('adjudicated', adjudication)]),
      ],
    },
    paragraph(['Label that counts: ', { kind: 'strong', text: label?.className ?? 'none' }]),
  ]
}

function suggestion(verdict: VerdictView, scheme: readonly string[]): Block[] {
  const { details, suggested, probabilities, carcinomaScore } = verdict
  const { probability, classes } = headlineOf(verdict)
  const rows: [string, string][] = [
    ...(classes.length > 1 ? [['Result', reportWords.result(classes)] as [string, string]] : []),
    ['Suggested class', `${suggested}, ${percent(probability)}`],
    ...(details === null
      ? []
      : [['Raw output before calibration', percent(probabilities[suggested] ?? 0)] as [string, string]]),
    ['Two-class score', decimals(carcinomaScore)],
  ]
  if (details !== null) {
    const { operatingPoint, predictionSet, augmentations, likeness } = details
    const spread = measuredSpread(verdict)
    const spreadText = (value: number | null, count: number, what: string): string =>
      value === null
        ? reportWords.spread.tooFew(count, what)
        : reportWords.spread.text(value, fileFormat.setPoint)
    if (operatingPoint !== null) {
      const side = operatingPoint.isPositive ? 'positive' : 'negative'
      rows.push(['Operating point', `${operatingPoint.threshold}: ${side} side`])
    }
    rows.push(
      [
        `Prediction set at ${percent(predictionSet.level)}`,
        predictionSet.classes.join(', ') || 'none: no class is as probable as it should be',
      ],
      ['Spread over classifiers', spreadText(spread.boosters, verdict.boosters, 'classifiers')],
      ['Spread over stains', spreadText(spread.augmentations, augmentations, 'augmentations')],
      ['Augmentations', String(augmentations)],
      ['Likeness to the training images', likenessWords(likeness)],
    )
  }
  const asked = verdict.outOfFold
    ? 'the image took part in training; only classifiers that were not trained on it were used'
    : 'the image took no part in training'
  rows.push([
    'By model',
    `${verdict.modelName}, ${verdict.at.slice(0, 16).replace('T', ' ')} UTC (${counted(fileFormat, verdict.boosters, 'classifier')}; ${asked})`,
  ])
  return [
    {
      kind: 'bars',
      label: 'Probability of each class',
      bars: listedProbabilities(verdict, scheme).map(([name, share]) => ({
        name,
        share,
        text: percent(share),
        isStrong: name === suggested,
      })),
    },
    { kind: 'facts', facts: rows },
  ]
}

function flags({ flags: found }: ReportedImage): FileBlock {
  if (found === null) return paragraph('Quality was not measured yet.')
  if (found.length === 0) return paragraph('No flags.')
  return {
    kind: 'list',
    items: found.map(({ code, measured, threshold }) => {
      const numbers =
        code === 'pixel-size-unknown'
          ? ''
          : ` (measured ${fileFormat.number(measured)}, limit ${fileFormat.number(threshold)})`
      return `${qualityFlagWords[code]}${numbers}`
    }),
  }
}
