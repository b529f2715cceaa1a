import { weightsWarning } from '../../contract/index.ts'
import { fileFormat } from '../format.ts'
import { facts, type FactName } from './item.ts'
import type { EvidenceRecord } from './record.ts'

/** The sections of Mitchell et al., "Model Cards for Model Reporting" (2019), with what answers them. */
const sections: readonly (readonly [title: string, names: readonly FactName[]])[] = [
  ['Model', ['technique', 'output', 'threshold', 'specification', 'software']],
  ['Intended use', ['intendedUse', 'interaction']],
  ['Training data', ['trainingData', 'sources', 'acquisition', 'missing']],
  ['Reference standard', ['outcome', 'reference', 'readers', 'blinding', 'kappa']],
  ['How it was built', ['preprocessing', 'building', 'tried', 'ensemble', 'initialisation']],
  ['How it was evaluated', ['partition', 'leaks', 'measures']],
  ['Performance', ['performance', 'folds', 'inUse', 'overrides']],
  ['Locked test sets', ['testSets']],
  ['Calibration', ['calibration']],
  ['Subgroups', ['subgroups']],
  ['Errors', ['failures']],
  ['Limits', ['limits', 'badInput']],
]

/**
 * A model card as Markdown, with an empty place for what only a person knows.
 * @param writtenAt null: not stated, so that the same model always gives the same card
 * @param packaged the card of the package that the model came in, which is added as it is; null: none
 */
export function modelCard(
  record: EvidenceRecord,
  writtenBy: string,
  writtenAt: string | null,
  packaged: string | null = null,
): string {
  const { report } = record
  const lines = [`# Model card: ${escape(report.model)}`, '', `Trained ${escape(report.trainedAt)}.`]
  const warning = weightsWarning(report.weights)
  if (warning !== null) lines.push('', `**${escape(warning)}**`)
  if (report.synthetic) lines.push('', '**Synthetic tissue, drawn by Lobule, is in the training set.**')
  for (const [title, names] of sections) {
    const found = names.flatMap((name) => facts[name](record, fileFormat))
    lines.push('', `## ${title}`, '')
    lines.push(...(found.length === 0 ? ['- Nothing known.'] : found.map((fact) => `- ${escape(fact)}`)))
  }
  lines.push(
    '',
    '## To be added by a person',
    '',
    ...['Population, centres and dates:', 'Ethics and registration:', 'Licence and contact:'].map(
      (what) => `- ${what}`,
    ),
    '',
    `Written ${writtenAt === null ? '' : `${escape(writtenAt)} `}by ${escape(writtenBy)}.`,
  )
  // As code: what came from elsewhere is no mark-up here.
  if (packaged !== null)
    lines.push(
      '',
      '## The card in the package that this model came in',
      '',
      ...packaged.split('\n').map((line) => `    ${line}`.trimEnd()),
    )
  return `${lines.join('\n')}\n`
}

/** Names of models, readers and cases are shown as they are: no mark-up, no link, one line. */
const escape = (text: string): string =>
  text.replaceAll(/\s*[\r\n]+\s*/g, ' ').replaceAll(/[\\`*_[\]<>#|~!]/g, String.raw`\$&`)
