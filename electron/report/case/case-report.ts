import { weightsWarning, type ModelView, type ReaderView } from '../../contract/index.ts'
import { counted, fileFormat } from '../format.ts'
import { weightsMark } from '../model/provenance.ts'
import { classifierWords } from '../words.ts'
import {
  paragraph,
  textColumn,
  type Block,
  type FileBlock,
  type FileReport,
  type Inline,
} from '../report-model.ts'
import type { ReportedImage } from './case-image.ts'

/** Everything that a case report shows. */
export interface CaseReport {
  workspace: string
  /** null: images without a case. */
  caseName: string | null
  images: readonly ReportedImage[]
  /** Names of the classes, in display order. */
  classNames: readonly string[]
  /** The models that made the verdicts. */
  models: readonly (ModelView & {
    encoderFingerprints: Record<string, string>
    software: Record<string, string>
    /** Requested and measured coverage of its prediction sets, out of fold; null: not tested. */
    sets: { level: number; coverage: number } | null
  })[]
  /** The readers who labelled these images. */
  readers: readonly ReaderView[]
  /** The audit trail's newest event. */
  audit: { id: number; hash: string } | null
  writtenBy: string
  writtenAt: string
}

/**
 * A case report as a file shows it; the pictures' keys are the ids of the images.
 * @param articles of its images (`imageArticle`)
 */
export function caseFileReport(report: CaseReport, articles: readonly FileBlock[]): FileReport {
  const { images, models, readers, caseName } = report
  const warnings = new Set(
    images.flatMap(({ verdict, analysis }) =>
      [verdict, analysis].map((result) => (result ? weightsWarning(result.weights) : null)),
    ),
  )
  const isUnofficial = images.some(({ verdict }) => verdict?.weights === 'unofficial')
  const synthetic = images.filter((image) => image.synthetic).length
  return {
    kind: 'Case report',
    title: caseName === null ? `${images.length} images` : `Case ${caseName}`,
    context: report.workspace,
    warnings: [
      ...[...warnings].filter((warning) => warning !== null),
      ...(isUnofficial ? ['UNOFFICIAL WEIGHTS: not the published files of the encoders.'] : []),
      ...(synthetic > 0
        ? [`SYNTHETIC TISSUE: ${synthetic} of these images were made by Lobule itself.`]
        : []),
    ],
    lead: [],
    sections: [
      {
        title: 'Overview',
        blocks: [
          overview(report),
          paragraph(
            'A suggested class is what a model proposes from the image alone; a label is what a reader chose or, where none is named, what an import gave: the name of a folder, a table, or Lobule’s own drawing. Probabilities are calibrated on the model’s out-of-fold predictions. A prediction set lists the classes that the image may belong to; how often the sets of a model held the label is stated with the model.',
          ),
        ],
      },
      { title: 'Images', blocks: articles },
      {
        title: 'Readers',
        blocks: [
          readers.length === 0 ? paragraph('No reader has labelled these images.') : readerTable(report),
        ],
      },
      {
        title: 'Models',
        blocks:
          models.length === 0
            ? [paragraph('No model has classified these images.')]
            : models.flatMap(modelBlocks),
      },
      { title: 'This report', blocks: [provenance(report)] },
    ],
  }
}

function overview({ images }: CaseReport): Block {
  const tally = (names: readonly (string | null)[]): string => {
    const counts = new Map<string, number>()
    for (const name of names) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
    return [...counts].map(([name, count]) => `${name} ${count}`).join(', ') || 'none'
  }
  const disputed = images.filter(({ readings }) => readings.isDisputed).length
  const differing = images.filter(
    ({ label, verdict }) => label !== null && verdict !== null && label.className !== verdict.suggested,
  ).length
  const flagged = images.filter(({ flags }) => flags !== null && flags.length > 0).length
  return {
    kind: 'facts',
    facts: [
      ['Images', String(images.length)],
      ['Labels', tally(images.map(({ label }) => label?.className ?? null))],
      ['Readers disagree', `${disputed} of ${images.length} images`],
      ['Suggested classes', tally(images.map(({ verdict }) => verdict?.suggested ?? null))],
      ['Label differs from suggestion', `${differing} of ${images.length} images`],
      ['Images with flags', `${flagged} of ${images.length}`],
    ],
  }
}

const readerTable = ({ readers, images }: CaseReport): Block => ({
  kind: 'table',
  label: 'Readers',
  hasRowHeads: true,
  columns: ['Reader', 'Images of this report', 'Entries in the workspace', 'Since'].map(textColumn),
  rows: readers.map(({ name, entries, since }) => {
    const read = images.filter(({ readings }) => readings.all.some(({ reader }) => reader === name)).length
    return { cells: [name, String(read), String(entries), since.slice(0, 10)] }
  }),
})

function modelBlocks(model: CaseReport['models'][number]): FileBlock[] {
  const grouped = model.groupedBy === 'case' ? `${model.cases} cases, folds by case` : 'folds by image'
  const fingerprints = Object.entries(model.encoderFingerprints).flatMap((entry): Inline[] => [
    ' ',
    { kind: 'code', text: entry.join(' ') },
  ])
  return [
    { kind: 'heading', text: model.name },
    {
      kind: 'facts',
      facts: [
        ['Trained', `${model.createdAt}, on ${model.images} images (${grouped})`],
        ['Out-of-fold accuracy', `${fileFormat.percent(model.accuracy)}, not of these images in particular`],
        [
          'Prediction sets',
          model.sets === null
            ? 'not tested'
            : `made for ${fileFormat.wholePercent(model.sets.level)}; out of fold they held the label in ${fileFormat.percent(model.sets.coverage)}`,
        ],
        ['Synthetic tissue in training', model.synthetic ? 'yes' : 'no'],
        [
          'Recipe',
          `${model.recipe.name} (${counted(fileFormat, model.boosters, 'classifier')}: ${classifierWords(model.recipe)}), fingerprint ${model.recipeFingerprint}`,
        ],
        [
          'Software',
          Object.entries(model.software)
            .map((entry) => entry.join(' '))
            .join(', '),
        ],
      ],
    },
    paragraph(['Encoders: ', weightsMark(model.weights), ...fingerprints]),
  ]
}

const provenance = ({ workspace, audit, writtenAt, writtenBy }: CaseReport): Block => ({
  kind: 'facts',
  facts: [
    ['Workspace', workspace],
    ['Written', `${writtenAt} by ${writtenBy}`],
    [
      'Audit trail',
      audit === null
        ? 'there is none'
        : `event ${audit.id}, hash ${audit.hash}. Lobule can say later whether the workspace still holds the trail up to here: "lobule audit verify --head".`,
    ],
  ],
})
