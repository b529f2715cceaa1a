import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  AppError,
  minSubgroupCases,
  subgroupColumns,
  type SubgroupColumn,
  type Subgroups,
  type TableEncoding,
  type TableValues,
} from '../../contract/index.ts'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { parseCsv, tableLimits } from '../../base/csv.ts'
import { textOf } from '../../base/table-text.ts'
import { fileFormat } from '../../report/format.ts'
import { subgroupName, subgroupSentence } from '../../report/model/subgroups.ts'
import { percent, print, printTable } from '../run.ts'
import { encodingAdvice, encodingOption, type EncodingOptions } from './encoding-option.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface SubgroupOptions extends WorkspaceOptions, EncodingOptions {
  model?: string
  by?: SubgroupColumn
  table?: string
  column?: string
}

export function addSubgroupsCommand(program: Command): void {
  const command = program.command('subgroups')
  command
    .description('accuracy of a model by site, scanner or any other column')
    .requiredOption(...workspaceFlag)
    .option('--model <name>', 'model name (default: the model in use)')
    .addOption(new Option('--by <column>', 'what images have').choices(subgroupColumns))
    .option('--table <file>', 'CSV file with the columns "case" or "file", and others')
    .option('--column <name>', 'the column of the table')
    .addOption(encodingOption('the table'))
    .option(...jsonFlag)
    .action(async (options: SubgroupOptions) => {
      const { model = null, by, table, column, encoding } = options
      if ((by === undefined) === (table === undefined) || (table === undefined) !== (column === undefined)) {
        return command.error('error: give either --by, or --table and --column')
      }
      await runInWorkspace(
        options,
        async (context) => {
          const values = table === undefined ? null : await readTableValues(table, column ?? '', encoding)
          return context.call('model.subgroups', { model, column: by ?? column ?? '', values })
        },
        present,
      )
    })
}

/**
 * The values of a column of a CSV file, by file name or case.
 * @throws AppError `labels.invalid-table`, `path.*`
 */
export async function readTableValues(
  file: string,
  column: string,
  encoding: TableEncoding | undefined,
): Promise<TableValues> {
  const path = resolve(file)
  const refuse = (reason: string): never => {
    throw new AppError('labels.invalid-table', { path, reason })
  }
  const bytes = await readBoundedFile(path, tableLimits.bytes, refuse)
  const rows = parseCsv(textOf(bytes, refuse, { encoding, advice: encodingAdvice }), refuse)
  const names = Object.keys(rows[0] ?? {})
  const find = (wanted: string): string | undefined =>
    names.find((name) => name.toLowerCase() === wanted.trim().toLowerCase())
  const valueColumn = find(column) ?? refuse(`it has no column "${column}"; it has ${names.join(', ')}`)
  const nameColumn = find('file') ?? find('case') ?? refuse('it has neither a column "file" nor "case"')
  return rows.map((row) => ({ name: row[nameColumn] ?? '', value: row[valueColumn] ?? '' }))
}

function present(subgroups: Subgroups): void {
  print(`Model "${subgroups.model}", out of fold.`)
  printTable([
    [subgroupName(subgroups.column), 'images', 'cases', 'accuracy', '95 %', ''],
    ...subgroups.groups.map(({ value, images, cases, accuracy, low, high }) => [
      value ?? '(not known)',
      String(images),
      String(cases),
      percent(accuracy),
      `${percent(low)} to ${percent(high)}`,
      cases < minSubgroupCases ? 'few cases' : '',
    ]),
  ])
  print(subgroupSentence(subgroups, fileFormat))
}
