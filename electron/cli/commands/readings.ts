import type { Command } from 'commander'
import { resolve } from 'node:path'
import type { HandoverReport, ReadingsExport, ReadingsImport } from '../../contract/index.ts'
import { print, printError } from '../run.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface HandoverOptions {
  reader: string
  out: string
  cases?: string[]
  copyImages?: boolean
  blind?: boolean
}

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
    .command('handover')
    .description('make a workspace with the images of cases for a reader on another computer')
    .requiredOption(...workspaceFlag)
    .requiredOption('--reader <name>', 'the reader that it is for')
    .requiredOption('--out <folder>', 'new folder of the workspace')
    .option('--cases <names...>', 'only these cases; default: all images')
    .option('--copy-images', 'copy the images into it; default: it names the files where they are now')
    .option('--blind', 'without labels, suggestions and file names; the images are copied')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & HandoverOptions) => {
      const { reader: to, out, cases = null, copyImages = false, blind = false } = options
      const input = { path: resolve(out), cases, to, copyImages, isBlind: blind }
      await runInWorkspace(
        options,
        async (context) => context.finish<'hand-over'>(await context.call('exchange.handOver', input)),
        presentHandover,
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
  if (written.ahead > 0) printError(aheadSentence(written.ahead))
}

const aheadSentence = (ahead: number): string =>
  `${ahead} of these are more than a day ahead of this computer's clock. Other computers refuse the file until then: check the clocks.`

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

function presentHandover({ path, to, isBlind, images, cases, labels, copied }: HandoverReport): void {
  const blind = isBlind ? 'blind, without labels and file names' : `with ${labels} label events`
  print(`Workspace for ${to} in ${path}: ${images} images of ${cases} cases, ${blind}.`)
  print(
    copied
      ? 'Copy the whole folder to a disk of the other computer and open it there.'
      : 'It names the image files where they are now. Copy the folder and the images, open it there, and search for moved files.',
  )
}
