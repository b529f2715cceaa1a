import {
  isUnlike,
  licenceSentence,
  unlikeLevel,
  type ModelReport,
  type WeightsSource,
} from '../../contract/index.ts'
import { counted, type ReportContext, type ReportFormat } from '../format.ts'
import { classifierWords, colourWords } from '../words.ts'
import { regionWords } from './regions.ts'
import { numberColumn, paragraph, textColumn, type Inline, type Section, type Text } from '../report-model.ts'

/** Lines of the table of images that are least like the others. */
const maxUnlike = 10

const unknownLikeness =
  'Not available: the model was trained by an earlier version, or on too few images of different cases.'

/** Whether a model's predictions include likeness, in a sentence. */
export const likenessOfModel = (
  { likeness, images }: Pick<ModelReport, 'likeness' | 'images'>,
  format: ReportFormat,
): string =>
  likeness === undefined ? unknownLikeness : `Measured against ${counted(format, images, 'image')}`

/** The images that are least like the others: artefacts, wrong files and rare tissue are found among them. */
export function likenessSection({ likeness, predictions }: ModelReport, { format }: ReportContext): Section {
  const title = 'Likeness'
  if (likeness === undefined) {
    return {
      title,
      blocks: [
        paragraph(
          `${unknownLikeness} Its predictions do not include how similar an image is to the training images.`,
        ),
      ],
    }
  }
  const rows = predictions.flatMap((row) =>
    row.likeness === undefined
      ? []
      : [{ ...row, pValue: row.likeness.pValue, far: row.likeness.distances.at(-1) ?? 0 }],
  )
  return {
    title,
    blocks: [
      paragraph(
        `A new image is compared with these ${rows.length} training images by what the encoders make of them: how far it is from its nearest ${likeness.neighbours}, and what share of images is as far from the others (p). At p of ${unlikeLevel} or less it is flagged; of images like these, about one in ${Math.round(1 / unlikeLevel)} is. Of the training images themselves ${rows.filter(isUnlike).length} are. The number says nothing of the class.`,
      ),
      {
        kind: 'table',
        label: title,
        hasRowHeads: false,
        columns: [
          textColumn('Least like the others'),
          textColumn('Case'),
          textColumn('Label'),
          numberColumn('p'),
          numberColumn('Distance'),
        ],
        rows: rows
          .toSorted((a, b) => b.far - a.far)
          .slice(0, maxUnlike)
          .map(({ image, caseName, truth, pValue, far }) => ({
            cells: [
              image,
              caseName ?? '–',
              { kind: 'class', name: truth },
              format.score(pValue),
              far.toFixed(4),
            ],
          })),
      },
    ],
  }
}

/** Where weights come from, as a report marks it: only official ones go without a mark. */
export function weightsMark(source: WeightsSource): Inline {
  if (source === 'own') return 'of the lab, proven by its probe'
  return source === 'official' ? source : { kind: 'mark', text: source.toUpperCase() }
}

const modes = { crops: 'Crop by crop', dense: 'Dense: the whole image at once', tiles: 'Tile by tile' }

/** Everything that a model was made from. */
export function provenanceSection(
  report: ModelReport,
  { format, titleOf }: ReportContext,
  more: readonly (readonly [string, Text])[] = [],
): Section {
  const { recipe } = report
  const cropSets = recipe.crops.sets.map(
    ({ sizePx, scale }) => `${sizePx} px at scale ${format.number(scale)}`,
  )
  return {
    title: 'Provenance',
    blocks: [
      {
        kind: 'facts',
        facts: [
          ['Trained', `${format.time(report.trainedAt)}, in ${format.duration(report.durationMs)}`],
          [
            'Images',
            `${counted(format, report.images, 'image')} of ${counted(format, report.cases, 'case')}; ${format.count(report.imagesWithoutCase)} without a case${regionWords(report, format)}`,
          ],
          [
            'Folds',
            `${format.count(recipe.folds)}, folds by ${report.groupedBy}; ${counted(format, recipe.seeds, 'seed')}`,
          ],
          ['Classifiers', `${counted(format, report.boosters, 'classifier')}: ${classifierWords(recipe)}`],
          ['Recipe', recipe.name],
          ...(recipe.external === undefined ? [['Colours', colourWords(recipe)] as [string, Text]] : []),
          ['Encoding', modes[recipe.mode]],
          ['Augmentations', format.count(recipe.augmentation.count)],
          ['Crops', `${format.count(recipe.crops.count)} each at ${cropSets.join('; ')}`],
          ['Likeness', likenessOfModel(report, format)],
          ['Encoders', [weightsMark(report.weights), `: ${recipe.encoders.map(titleOf).join(', ')}`]],
          ...(recipe.own ?? []).map((own): [string, Text] => [
            `Licence of ${own.name}`,
            licenceSentence(own),
          ]),
          ['Recipe fingerprint', { kind: 'code', text: report.recipeFingerprint }],
          ...Object.entries(report.encoderFingerprints).map(([name, text]): [string, Text] => [
            `Weights of ${name}`,
            { kind: 'code', text },
          ]),
          [
            'Software',
            Object.entries(report.software)
              .map((entry) => entry.join(' '))
              .join(', '),
          ],
          ...more,
        ],
      },
    ],
  }
}
