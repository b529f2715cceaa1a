import type { Command } from 'commander'
import { resolve } from 'node:path'
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
    .option(...replaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { csv: string; replace?: boolean }) => {
      await runInWorkspace(
        options,
        (context) =>
          context.call('worklist.export', { path: resolve(options.csv), replace: options.replace }),
        ({ path, images }) => print(`${images} ${images === 1 ? 'image' : 'images'} written to ${path}.`),
      )
    })
}
