import { qualityFlagWords } from '../../contract/index.ts'
import { counted, type ReportFormat } from '../format.ts'
import { regionWords } from '../model/regions.ts'
import { subgroupName, subgroupSentence } from '../model/subgroups.ts'
import { openedAccuracy, openedSentence } from '../model/test-sets.ts'
import type { EvidenceRecord } from './record.ts'

type Facts = (record: EvidenceRecord, format: ReportFormat) => string[]

/** More names would be a list. */
const maxNamed = 4

const named = (names: readonly string[]): string =>
  names.length <= maxNamed
    ? names.join(', ')
    : `${names.slice(0, maxNamed).join(', ')} and ${names.length - maxNamed} more`

function pixelRange({ low, high }: { low: number; high: number }, { number }: ReportFormat): string {
  return number(low) === number(high) ? number(low) : `${number(low)} to ${number(high)}`
}

/** Images (and labelled regions) of each class with the cases that they come from. */
function classCounts({ report }: EvidenceRecord, format: ReportFormat): string {
  return report.evaluation.classes
    .map((name) => {
      const own = report.predictions.filter(({ truth }) => truth === name)
      const cases = new Set(own.flatMap(({ caseName }) => caseName ?? [])).size
      return `${name} ${format.count(own.length)} (${counted(format, cases, 'case')})`
    })
    .join(', ')
}

const trainingData: Facts = (record, format) => [
  `The model was trained and evaluated out of fold on ${counted(format, record.report.images, 'image')} of ${counted(format, record.report.cases, 'case')}${regionWords(record.report, format)}: ${classCounts(record, format)}.`,
  ...(record.report.imagesWithoutCase === 0
    ? []
    : [
        `${counted(format, record.report.imagesWithoutCase, 'image')} without a case count as cases of their own.`,
      ]),
]

/** A model from a package was trained on images that this workspace does not have. */
const elsewhere: Facts = ({ report, images }, format) =>
  images.ofTraining >= report.images
    ? []
    : [
        `Only ${format.count(images.ofTraining)} of the ${counted(format, report.images, 'training image')} are in this workspace. The figures of imports, labels and readers are those of this workspace.`,
      ]

/** What is known of the data, by the name under which checklists ask for it. */
export const dataFacts = {
  trainingData,
  sources: ({ publicSets, imports, images }, format) => [
    `${counted(format, images.all, 'image')} in ${counted(format, imports.count, 'import')}.`,
    ...(images.synthetic === 0
      ? []
      : [`${counted(format, images.synthetic, 'image')} are synthetic tissue, drawn by Lobule.`]),
    ...publicSets.map(
      ({ set, images: of }) => `By their file names, ${counted(format, of, 'image')} are of ${set}.`,
    ),
  ],
  importDates: ({ imports: { first, last } }, format) =>
    first === null || last === null
      ? []
      : [
          format.date(first) === format.date(last)
            ? `Images were imported on ${format.date(first)}.`
            : `Images were imported from ${format.date(first)} to ${format.date(last)}.`,
        ],
  flow: (record, format) => {
    const { imports, images } = record
    const { count } = format
    return [
      ...elsewhere(record, format),
      `Imports: images added ${count(imports.imported)}, already there ${count(imports.duplicates)}, refused ${count(imports.refused)}.`,
      `Images: ${count(images.all)}; with a label ${count(images.labelled)}, with labels that differ ${count(images.disputed)}, without a label ${count(images.unlabelled)}, locked for tests ${count(images.locked)}.`,
      ...trainingData(record, format),
    ]
  },
  acquisition: ({ images }, format) => [
    `Formats: ${images.formats.join(', ')}. Sizes: ${named(images.sizes)} pixels.`,
    images.pixelSizes === null
      ? 'No pixel size is known.'
      : `Pixel size ${pixelRange(images.pixelSizes, format)} µm; ${counted(format, images.withoutPixelSize, 'image')} without one.`,
  ],
  quality: ({ images }, format) => [
    images.checked === 0
      ? 'No quality flags: they come with suggestions, and no image has one yet.'
      : images.flags.length === 0
        ? `${counted(format, images.checked, 'image')} with a prediction were checked for too little tissue, focus, exposure, stain and pixel size; none was flagged.`
        : `Of ${counted(format, images.checked, 'image')} with a prediction, some were flagged: ${images.flags.map(({ code, images: of }) => `${qualityFlagWords[code].toLowerCase()} (${format.count(of)})`).join(', ')}. Flagged images are not left out.`,
  ],
  missing: (record, format) => {
    const { images, report } = record
    return [
      ...elsewhere(record, format),
      `Not used, because no label is agreed on: images without one ${format.count(images.unlabelled)}, images on which readers disagree ${format.count(images.disputed)}.`,
      `Images without a case: ${format.count(images.withoutCase)}; without a pixel size: ${format.count(images.withoutPixelSize)}, where 0.42 µm is assumed. Nothing else is imputed.`,
      ...report.warnings,
    ]
  },
  outcome: ({ report: { evaluation } }) => [
    `Classes: ${evaluation.classes.join(', ')}.${evaluation.positive.length === 0 ? '' : ` Carcinoma: ${evaluation.positive.join(', ')}.`}`,
  ],
  reference: (record, format) => {
    const { images } = record
    const { reader, folder, table, synthetic } = images.bySource
    return [
      ...elsewhere(record, format),
      'The label of an image is its adjudicated class, or else the class that all readers chose who chose one. Other images are not used.',
      `Labels: ${format.count(reader)} by readers in Lobule, ${format.count(folder)} from folder names, ${format.count(table)} from tables, ${format.count(synthetic)} of synthetic tissue; ${format.count(images.adjudicated)} adjudicated.`,
    ]
  },
  readers: ({ study }, format) => [
    study.readers.length === 0
      ? 'No reader labelled images in Lobule.'
      : `${counted(format, study.readers.length, 'reader')}: ${named(study.readers.map(({ name, readings }) => `${name} (${counted(format, readings, 'image')})`))}.`,
  ],
  blinding: ({ agreement }, format) => {
    const blind = agreement.readers.reduce((sum, of) => sum + of.blind, 0)
    const read = agreement.readers.reduce((sum, of) => sum + of.read, 0)
    if (read === 0) return ['No reader gave an independent label in Lobule.']
    return [
      `Of ${counted(format, read, 'independent label')}, ${format.count(blind)} were given blind: suggestions, labels of others and file names were hidden.`,
    ]
  },
  kappa: ({ agreement: { pairs, overall } }, format) => {
    const range = (of: { low: number; high: number } | null): string =>
      of === null ? 'no interval' : `95 %: ${format.setPoint(of.low)} to ${format.setPoint(of.high)}`
    const known = pairs.flatMap(({ first, second, kappa, interval, images }) =>
      kappa === null
        ? []
        : [
            `${first} and ${second} ${format.setPoint(kappa)} (${range(interval)}; ${counted(format, images, 'image')})`,
          ],
    )
    if (known.length === 0) return ['No kappa: no two readers gave independent labels to the same images.']
    const all =
      overall.kappa === null || pairs.length < 2
        ? []
        : [`Fleiss’ kappa of all readers: ${format.setPoint(overall.kappa)} (${range(overall.interval)}).`]
    return [
      `Cohen’s kappa of independent labels: ${named(known)}. Images about which a reader was unsure are in no kappa.`,
      ...all,
    ]
  },
  disagreement: ({ images }, format) => [
    `${counted(format, images.adjudicated, 'image')} adjudicated; ${format.count(images.disputed)} on which readers disagree are left out.`,
  ],
  overrides: ({ study: { all } }, format) => {
    const { overrides } = all
    return [
      overrides.share === null
        ? 'No reader chose a class with a suggestion in view.'
        : `Readers chose another class than the suggestion in view for ${format.count(overrides.hits)} of ${counted(format, overrides.images, 'image')} (${format.percent(overrides.share)}${overrides.interval === null ? '' : `; 95 % by case: ${format.percent(overrides.interval.low)} to ${format.percent(overrides.interval.high)}`}).`,
    ]
  },
  subgroups: ({ subgroups }, format) =>
    subgroups.length === 0
      ? ['No property that Lobule knows has several values among the images.']
      : subgroups.map((of) => `${subgroupName(of.column)}: ${subgroupSentence(of, format)}`),
  testSets: ({ report, testSets }, format) => [
    ...(testSets.length === 0 ? ['No images are locked for tests.'] : []),
    ...testSets.map(
      ({ name, images, cases, lockedAt, reason, released }) =>
        `Test set "${name}": ${counted(format, images, 'image')} of ${counted(format, cases, 'case')}, locked ${format.date(lockedAt)} (${reason})${released === null ? '' : `, released ${format.date(released.at)}`}.`,
    ),
    ...report.testSets.flatMap((set) =>
      set.openings.map(
        (opening) =>
          `Opened for this model on ${format.date(opening.at)} by ${opening.reader ?? 'an unknown reader'} (${opening.reason}): "${set.name}", opening ${format.count(opening.number)}, accuracy ${openedAccuracy(opening, format)} on ${counted(format, opening.images, 'image')} of ${counted(format, opening.cases, 'case')}. The set was ${openedSentence(set, format)} in all.`,
      ),
    ),
    ...(testSets.length > 0 && report.testSets.every(({ openings }) => openings.length === 0)
      ? ['No test set was opened for this model.']
      : []),
  ],
} satisfies Record<string, Facts>
