import type { AccuracyInUse, ModelReport, Subgroups } from '../../contract/index.ts'
import { explainAll } from '../explanations.ts'
import { counted, fileFormat, type ReportContext } from '../format.ts'
import { rocPlot } from '../plots/model-plots.ts'
import {
  figuresIn,
  note,
  paragraph,
  textColumn,
  type FileBlock,
  type FileReport,
  type Section,
} from '../report-model.ts'
import { reportWords } from '../words.ts'
import { conformalSection, decisionSections, reliabilitySection } from './calibration.ts'
import { chosenPoint, figuresSection, foldSection, missedCaseSections, pointSections } from './figures.ts'
import { subgroupSection } from './subgroups.ts'
import { testSetSections } from './test-sets.ts'
import { inUseSections, inUseSentence } from './in-use.ts'
import { trustItems } from './trust.ts'
import { curveSection } from './learning-curve.ts'
import { likenessSection, provenanceSection } from './provenance.ts'

/** More pictures would make the file too large to send. */
export const maxMissPictures = 60

/** A model's report as a file shows it. */
export function modelFileReport(
  report: ModelReport,
  inUse: AccuracyInUse,
  {
    writtenBy,
    writtenAt,
    subgroups = [],
  }: { writtenBy: string; writtenAt: string; subgroups?: readonly Subgroups[] },
): FileReport {
  const context: ReportContext = { format: fileFormat, titleOf: (encoder) => encoder }
  const { evaluation } = report
  return {
    kind: 'Model report',
    title: `Model ${report.model}`,
    context: null,
    warnings: [
      ...(isWarning(inUse) ? [inUseSentence(inUse, fileFormat)] : []),
      ...(report.warnings.length > 0 ? [report.headline] : []),
      ...(report.synthetic
        ? ['SYNTHETIC TISSUE: images made by Lobule itself are in the training set.']
        : []),
    ],
    lead: [
      ...(isWarning(inUse) ? [] : [inUseSentence(inUse, fileFormat)]),
      ...(report.warnings.length > 0 ? [] : [report.headline]),
      report.intendedUse,
    ],
    sections: withMeanings([
      trustSection(report, context),
      ...testSetSections(report.testSets, context),
      ...inUseSections(inUse, context),
      foldSection(report, context),
      ...(report.learningCurve === null ? [] : [curveSection(report.learningCurve, context)]),
      figuresSection(report, context),
      {
        title: reportWords.confusion.title,
        blocks: [
          note(reportWords.confusion.caption),
          { kind: 'confusion', classes: evaluation.classes, confusion: evaluation.confusion },
        ],
      },
      ...pointSections(report, context),
      ...rocSections(report, context),
      ...missedCaseSections(report, context),
      ...subgroups.map((of) => subgroupSection(of, context)),
      reliabilitySection(report, context),
      conformalSection(report, context),
      ...decisionSections(report, context),
      likenessSection(report, context),
      missSection(report),
      provenanceSection(report, context, [['This file', `written ${writtenAt} by ${writtenBy}`]]),
    ]),
  }
}

const isWarning = ({ isBroken, areSetsBroken }: AccuracyInUse): boolean => isBroken || areSetsBroken

/** Adds what the figures of the sections mean, since a file on paper has no tips. */
function withMeanings(sections: readonly Section<FileBlock>[]): Section<FileBlock>[] {
  const labels = sections.flatMap(({ blocks }) => blocks.flatMap(figuresIn))
  return [
    ...sections,
    { title: 'What the figures mean', blocks: [{ kind: 'facts', facts: explainAll(labels) }] },
  ]
}

function trustSection(report: ModelReport, { format }: ReportContext): Section {
  const title = 'Can I trust this model?'
  return {
    title,
    blocks: [
      {
        kind: 'table',
        label: title,
        hasRowHeads: true,
        columns: [textColumn('Question'), textColumn('Answer'), textColumn('')],
        rows: trustItems(report, format).map(({ question, answer, tone }) => ({
          cells: [question, answer, tone === 'warning' ? { kind: 'mark', text: 'warning' } : ''],
        })),
      },
    ],
  }
}

/** The ROC with its chosen point, which the page has as a plot to work with. */
function rocSections(report: ModelReport, { format }: ReportContext): Section[] {
  const { roc, auc } = report.evaluation
  if (roc === null) return []
  const { label, across, up, title, auc: area } = reportWords.roc
  const chosen = chosenPoint(report)
  const at =
    chosen === null || chosen.sensitivity === null || chosen.specificity === null
      ? null
      : { falsePositiveRate: 1 - chosen.specificity, truePositiveRate: chosen.sensitivity }
  const plot = rocPlot(roc, at, { label: label(auc === null ? 'unknown' : format.score(auc)), across, up })
  return [
    {
      title,
      blocks: [
        {
          kind: 'plots',
          plots: [
            {
              title: auc === null ? '' : area(format.score(auc)),
              plot,
              key: ['◇ The chosen operating point'],
              blocks: [],
            },
          ],
        },
      ],
    },
  ]
}

function missSection({ predictions }: ModelReport): Section<FileBlock> {
  const wrong = predictions.filter(({ truth, predicted }) => truth !== predicted)
  const limit =
    wrong.length > maxMissPictures
      ? `; pictures of the first ${maxMissPictures}, where the files can be read`
      : ''
  return {
    title: 'Misses',
    blocks: [
      paragraph(
        `${wrong.length} of ${counted(fileFormat, predictions.length, 'image')} are suggested another class than their label${limit}.`,
      ),
      {
        kind: 'pictures',
        pictures: wrong.map(({ sha256, image, caseName, truth, predicted, probabilities }) => ({
          key: sha256,
          lines: [
            `${image}${caseName === null ? '' : ` (${caseName})`}`,
            `label ${truth}, suggested ${predicted} ${fileFormat.percent(probabilities[predicted] ?? 0)}`,
          ],
        })),
      },
    ],
  }
}
