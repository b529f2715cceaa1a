import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import { defaultClassesText, type ImageView, type ImportReport } from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { percent, print, printTable, runCommand, type CommonOptions } from '../run.ts'

export interface WorkspaceOptions extends CommonOptions {
  workspace: string
}

/** Opens the workspace that `--workspace` names. */
export const openWorkspace = (context: CommandContext, options: WorkspaceOptions): Promise<unknown> =>
  context.call('workspace.open', { path: resolve(options.workspace) })

export const workspaceFlag = ['-w, --workspace <folder>', 'the workspace'] as const
export const jsonFlag = ['--json', 'print one JSON document on stdout'] as const

export function addWorkspaceCommands(program: Command): void {
  program
    .command('init')
    .description('create a workspace')
    .requiredOption(...workspaceFlag)
    .option('--classes <names>', 'class names in order; a star marks carcinoma', defaultClassesText)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { classes: string }) => {
      await runCommand(
        options,
        (context) =>
          context.call('workspace.create', { path: resolve(options.workspace), classes: options.classes }),
        (view) =>
          print(
            `Created ${view.path} with the classes ${view.classes
              .map((c) => c.name + (c.isPositive ? ' (carcinoma)' : ''))
              .join(', ')}.`,
          ),
      )
    })

  program
    .command('import')
    .description('take image files and folders into a workspace, where they lie')
    .argument('<path...>', 'files and folders')
    .requiredOption(...workspaceFlag)
    .addOption(
      new Option('--labels <from>', '"folder": the nearest folder above that is named like a class')
        .choices(['folder', 'none'])
        .default('none'),
    )
    .option('--cases <regex>', 'names the case of an image by its file name: the first group, or the match')
    .option(...jsonFlag)
    .addHelpText('after', '\nA bad file is listed with its reason and the rest is imported; exit code 0.')
    .action(
      async (paths: string[], options: WorkspaceOptions & { labels: 'folder' | 'none'; cases?: string }) => {
        await runCommand(options, (context) => importPaths(context, paths, options), presentImport)
      },
    )

  program
    .command('images')
    .description('list the images of a workspace')
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions) => {
      await runCommand(
        options,
        async (context) => {
          await openWorkspace(context, options)
          return context.call('image.list', {})
        },
        presentImages,
      )
    })
}

async function importPaths(
  context: CommandContext,
  paths: string[],
  options: WorkspaceOptions & { labels: 'folder' | 'none'; cases?: string },
): Promise<Omit<ImportReport, 'images'>> {
  await openWorkspace(context, options)
  const started = await context.call('image.import', {
    paths: paths.map((path) => resolve(path)),
    labels: options.labels,
    casesPattern: options.cases ?? null,
  })
  const { imported, duplicates, failed } = await context.finish<'import'>(started)
  return { imported, duplicates, failed }
}

function presentImport({ imported, duplicates, failed }: Omit<ImportReport, 'images'>): void {
  print(`${imported} imported, ${duplicates} there already, ${failed.length} failed.`)
  for (const failure of failed) print(`  ${failure.message}`)
}

function presentImages(images: ImageView[]): void {
  printTable([
    ['id', 'file', 'case', 'label', 'suggested class', 'size'],
    ...images.map((image) => [
      String(image.id),
      image.fileName,
      image.caseName ?? '-',
      image.label?.className ?? '-',
      image.verdict === null
        ? '-'
        : `${image.verdict.suggested} ${percent(image.verdict.probabilities[image.verdict.suggested] ?? 0)}`,
      `${image.widthPx}x${image.heightPx}`,
    ]),
  ])
}
