import { minSubgroupCases, type Subgroups } from '../../contract/index.ts'
import { counted, type ReportFormat } from '../format.ts'
import { note, numberColumn, paragraph, textColumn, type Section } from '../report-model.ts'
import { reportWords } from '../words.ts'

/** Names of the columns that images have; any other is a table's. */
const subgroupNames: Readonly<Record<string, string>> = {
  folder: 'Source folder',
  'case-prefix': 'Beginning of the case',
  'pixel-size': 'Pixel size',
  format: 'File format',
  'label-source': 'Source of the label',
}

export const subgroupName = (column: string): string => subgroupNames[column] ?? column

/** Whether the intervals of two groups do not touch; more groups make that more likely by chance. */
export function subgroupSentence({ groups, further }: Subgroups, format: ReportFormat): string {
  const judged = groups.filter(({ value, cases }) => value !== null && cases >= minSubgroupCases)
  const rest = further > 0 ? ` ${counted(format, further, 'further group')} left out.` : ''
  if (judged.length < 2) {
    return `Fewer than two groups have ${minSubgroupCases} cases, so they cannot be compared.${rest}`
  }
  const best = judged.reduce((a, b) => (b.accuracy > a.accuracy ? b : a))
  const worst = judged.reduce((a, b) => (b.accuracy < a.accuracy ? b : a))
  return worst.high < best.low
    ? `The model does worse on ${worst.value ?? ''} than on ${best.value ?? ''}: their intervals do not overlap.${rest}`
    : `The intervals overlap: the differences between groups of at least ${minSubgroupCases} cases may be chance.${rest}`
}

export function subgroupSection(subgroups: Subgroups, { format }: { format: ReportFormat }): Section {
  const { column, groups } = subgroups
  const name = subgroupName(column)
  const title = `Subgroups: ${name.toLowerCase()}`
  return {
    title,
    testId: 'subgroups',
    blocks: [
      note('Out-of-fold accuracy. The intervals resample cases and are widened for few of them.'),
      {
        kind: 'table',
        label: title,
        hasRowHeads: true,
        columns: [
          textColumn(name),
          numberColumn('Images'),
          numberColumn('Cases'),
          numberColumn('Accuracy'),
          textColumn('95 % interval'),
          textColumn(''),
        ],
        rows: groups.map(({ value, images, cases, accuracy, low, high }) => ({
          cells: [
            value ?? 'Not known',
            format.count(images),
            format.count(cases),
            format.percent(accuracy),
            reportWords.interval(format.percent(low), format.percent(high)),
            cases < minSubgroupCases ? { kind: 'mark', text: 'few cases' } : '',
          ],
        })),
      },
      paragraph(subgroupSentence(subgroups, format)),
    ],
  }
}
