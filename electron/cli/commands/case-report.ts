import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import { worstFirst } from '../../contract/index.ts'
import { print } from '../run.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

export function addCaseReportCommands(program: Command): void {
  program
    .command('case-report')
    .description('write a report of one case as an HTML file: images, labels, suggestions, provenance')
    .argument('<case>', 'case name')
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <file>', '.html file to write; print it to PDF in a browser')
    .option(...replaceFlag)
    .option(...jsonFlag)
    .action(async (caseName: string, options: WorkspaceOptions & { out: string; replace?: boolean }) => {
      await runInWorkspace(
        options,
        (context) =>
          context.call('case.report', { caseName, path: resolve(options.out), replace: options.replace }),
        ({ path, images }) => print(`${images} ${images === 1 ? 'image' : 'images'} written to ${path}.`),
      )
    })
  program
    .command('worklist')
    .description('write a table of all images with labels, suggested classes and flags')
    .requiredOption(...workspaceFlag)
    .requiredOption('--csv <file>', 'CSV file to write')
    .addOption(
      new Option(
        '--order <order>',
        'order of the rows; as in the page, worst-first begins with what needs a second look',
      )
        .choices(['import', 'worst-first'])
        .default('import'),
    )
    .option(...replaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { csv: string; order: string; replace?: boolean }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const input = { path: resolve(options.csv), replace: options.replace }
          if (options.order === 'import') return context.call('worklist.export', input)
          const ordered = worstFirst(await context.call('image.list', {}))
          return context.call('worklist.export', { ...input, imageIds: ordered.map(({ image }) => image.id) })
        },
        ({ path, images }) => print(`${images} ${images === 1 ? 'image' : 'images'} written to ${path}.`),
      )
    })
}
