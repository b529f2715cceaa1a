import type { Command } from 'commander'
import { resolve } from 'node:path'
import type { ReadingsExport, ReadingsImport } from '../../contract/index.ts'
import { print } from '../run.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

/** Readings on several computers (docs/several-computers.md). */
export function addReadingsCommands(program: Command): void {
  const readings = program
    .command('readings')
    .description('exchange labels, comments and regions between workspaces on several computers')

  readings
    .command('export')
    .description('write the readings of a workspace into a file that another workspace can import')
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <file>', 'file to write (.jsonl)')
    .option('--reader <name>', 'only the readings of this reader')
    .option(...replaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { out: string; reader?: string; replace?: boolean }) => {
      const { out, reader = null, replace } = options
      await runInWorkspace(
        options,
        (context) =>
          context.call('exchange.export', { path: resolve(out), replace, reader, isOwn: reader !== null }),
        presentExport,
      )
    })

  readings
    .command('import')
    .description('add the readings of a file to a workspace; nothing is replaced, and twice changes nothing')
    .argument('<file>', 'file of "lobule readings export"')
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (file: string, options: WorkspaceOptions) => {
      await runInWorkspace(
        options,
        (context) => context.call('exchange.import', { path: resolve(file) }),
        presentImport,
      )
    })
}

const counted = ({
  labels,
  comments,
  regionChanges,
}: Pick<ReadingsExport, 'labels' | 'comments' | 'regionChanges'>): string =>
  `${labels} label events, ${comments} comments, ${regionChanges} changes to regions`

function presentExport(written: ReadingsExport): void {
  print(`Written to ${written.path}: ${counted(written)}.`)
  if (written.digest !== null) print(`Digest: ${written.digest}`)
}

function presentImport({
  header,
  added,
  known,
  leftOut,
  missingImages,
  missing,
  digest,
}: ReadingsImport): void {
  print(`From the workspace "${header.workspace.name}", written ${header.madeAt}.`)
  print(`Added: ${counted(added)}. ${known} were here already.`)
  if (missingImages > 0) {
    print(
      `${missingImages} images of the file are not in this workspace; ${leftOut} entries on them were left out. Import the images, then the file again.`,
    )
    for (const sha256 of missing.slice(0, 5)) print(`  ${sha256}`)
  }
  print(`Digest: ${digest}`)
}
