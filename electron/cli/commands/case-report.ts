import type { Command } from 'commander'
import { resolve } from 'node:path'
import { print } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

export function addCaseReportCommands(program: Command): void {
  program
    .command('case-report')
    .description(
      'everything that is known of a case in one HTML file: images, labels, suggestions, provenance',
    )
    .argument('<case>', 'its name')
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <file>', 'ends in .html; a browser prints it to PDF')
    .option(...jsonFlag)
    .action(async (caseName: string, options: WorkspaceOptions & { out: string }) => {
      await runInWorkspace(
        options,
        (context) => context.call('case.report', { caseName, path: resolve(options.out) }),
        ({ path, images }) => print(`${images} ${images === 1 ? 'image' : 'images'} written to ${path}.`),
      )
    })
  program
    .command('worklist')
    .description('write every image with labels, suggested class and flags into a table')
    .requiredOption(...workspaceFlag)
    .requiredOption('--csv <file>', 'where the table goes')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { csv: string }) => {
      await runInWorkspace(
        options,
        (context) => context.call('worklist.export', { path: resolve(options.csv) }),
        ({ path, images }) => print(`${images} ${images === 1 ? 'image' : 'images'} written to ${path}.`),
      )
    })
}
