import type { Command } from 'commander'
import { resolve } from 'node:path'
import {
  defaultClassesText,
  hasCode,
  openingNotices,
  headlineOf,
  toErrorView,
  type CallOutput,
  type CheckReport,
  type CleanablePart,
  type ImageView,
  type RelinkReport,
  type VerdictView,
  type WorkspaceInfo,
  type WorkspaceView,
} from '../../contract/index.ts'
import { reportWords } from '../../report/words.ts'
import { askPin } from '../ask-pin.ts'
import type { CommandContext } from '../context.ts'
import { signIn } from '../sign-in.ts'
import { percent, print, printError, printTable, runCommand, type CommonOptions } from '../run.ts'

export interface WorkspaceOptions extends CommonOptions {
  workspace: string
}

/** Runs one command with the workspace of `--workspace` open. */
export const runInWorkspace = <T>(
  options: WorkspaceOptions,
  work: (context: CommandContext, workspace: WorkspaceView) => Promise<T>,
  present: (answer: T) => void,
): Promise<void> =>
  runCommand(
    options,
    async (context) => {
      const workspace = await openWorkspace(context, options)
      try {
        return await work(context, workspace)
      } catch (error) {
        if (hasCode(error, 'workspace.replaced')) await saveRescueCopy(context, workspace)
        throw error
      }
    },
    present,
  )

/** The database was deleted while the command ran: what this process has of it is lost when the command ends. */
async function saveRescueCopy(context: CommandContext, { path }: WorkspaceView): Promise<void> {
  const directory = `${path}-rescued-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  try {
    const { missing } = await context.call('backup.rescue', { directory })
    printError(`What this command still had of the workspace was saved as a workspace: ${directory}`)
    for (const problem of missing) printError(`  ${problem}`)
  } catch (failure) {
    printError(`No rescue copy could be saved: ${toErrorView(failure).message}`)
  }
}

/** Opens the workspace of `--workspace`, signs in if it has users, and says on stderr what a person must know of it. */
export async function openWorkspace(
  context: CommandContext,
  { workspace }: WorkspaceOptions,
): Promise<WorkspaceView> {
  const view = await context.call('workspace.open', { path: resolve(workspace) })
  for (const notice of openingNotices(view)) printError(notice)
  await signIn(context)
  return view
}

export const workspaceFlag = ['-w, --workspace <folder>', 'workspace folder'] as const
export const jsonFlag = ['--json', 'print one JSON document to stdout'] as const

/** Returns the command `lobule workspace`, for more commands below it. */
export function addWorkspaceCommands(program: Command): Command {
  program
    .command('init')
    .description('create a workspace')
    .requiredOption(...workspaceFlag)
    .option(
      '--classes <names>',
      'class names in display order; a star marks a carcinoma class',
      defaultClassesText,
    )
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
    .command('images')
    .description('list the images of a workspace')
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions) => {
      await runInWorkspace(options, (context) => context.call('image.list', {}), presentImages)
    })

  return addCareCommands(program)
}

/** What keeps a workspace safe. */
function addCareCommands(program: Command): Command {
  const workspace = program.command('workspace').description('inspect, check, clean and back up a workspace')
  workspace
    .command('info')
    .description('show contents and disk usage')
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions) => {
      await runInWorkspace(options, (context) => context.call('workspace.info', {}), presentInfo)
    })
  workspace
    .command('check')
    .description('check the database and every file of the workspace; exit code 1 if there is a problem')
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions) => {
      await runInWorkspace(
        options,
        async (context) => {
          const report = await context.finish<'check'>(await context.call('workspace.check', {}))
          if (report.problems.length > 0) process.exitCode = 1
          return report
        },
        presentCheck,
      )
    })
  addMendCommand(workspace)
  addCleanCommand(workspace)
  workspace
    .command('relink')
    .description('find moved or renamed image files by their content')
    .argument('<folder>', 'folder to search')
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (folder: string, options: WorkspaceOptions) => {
      await runInWorkspace(
        options,
        async (context) => {
          const started = await context.call('workspace.relink', { directory: resolve(folder) })
          return context.finish<'relink'>(started)
        },
        presentRelink,
      )
    })
  return workspace
}

function addMendCommand(workspace: Command): void {
  workspace
    .command('mend')
    .description(
      'remove what another program added to the database (triggers, views, tables) and put back what it removed; keeps a copy',
    )
    .requiredOption(...workspaceFlag)
    .requiredOption('--reason <text>', 'reason; recorded in the audit trail')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { reason: string }) => {
      await runCommand(
        options,
        (context) => mend(context, { path: resolve(options.workspace), reason: options.reason }),
        ({ path, mended, copy }) => {
          print(`Mended ${path}. Before that:`)
          for (const difference of mended) print(`  ${difference}`)
          print(
            `The database as it was is in ${copy}. Now verify the audit trail with "lobule audit verify".`,
          )
        },
      )
    })
}

/**
 * Mends as LOBULE_USER or the user with the account of this process, otherwise as the reader of this machine with a PIN. Which
 * is needed, only the workspace knows.
 */
async function mend(
  context: CommandContext,
  given: { path: string; reason: string },
): Promise<CallOutput<'workspace.mend'>> {
  const user = process.env['LOBULE_USER'] ?? null
  try {
    return await context.call('workspace.mend', { ...given, user, pin: process.env['LOBULE_PIN'] ?? null })
  } catch (error) {
    if (!hasCode(error, 'user.signed-out')) throw error
    const name = user ?? (await context.call('app.info', {})).reader
    return context.call('workspace.mend', {
      ...given,
      user: name,
      pin: await askPin('LOBULE_PIN', `PIN of ${name}: `),
    })
  }
}

function addCleanCommand(workspace: Command): void {
  workspace
    .command('clean')
    .description('delete files that can be computed again or are no longer needed')
    .requiredOption(...workspaceFlag)
    .option('--descriptors', 'descriptors; the next training or classification computes them again')
    .option('--explanations', 'heat maps; created again when needed')
    .option(
      '--leftovers',
      'temporary files: dropped files that were not imported, incomplete copies, copies without an image',
    )
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { [K in CleanablePart]?: boolean }) => {
      const { descriptors = false, explanations = false, leftovers = false } = options
      if (!descriptors && !explanations && !leftovers)
        workspace.error('choose at least one of --descriptors, --explanations and --leftovers')
      await runInWorkspace(
        options,
        (context) => context.call('storage.clean', { descriptors, explanations, leftovers }),
        ({ removedFiles, removedBytes }) =>
          print(`${removedFiles} files removed, ${megabytes(removedBytes)} freed.`),
      )
    })
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

function presentInfo(info: WorkspaceInfo): void {
  const { bytes } = info
  printTable([
    ['workspace', `${info.name} at ${info.path}, format ${info.format}, since ${info.createdAt}`],
    ['images', `${info.images}, of them ${info.copied} copied; ${info.cases} cases`],
    [
      'labels',
      `${info.labelled} images labelled, ${info.disputed} disputed, ${info.unsure} unsure, ${info.labelEntries} entries`,
    ],
    ...info.classes.map((c) => [`  ${c.name}`, `${c.images}${c.isPositive ? ' (carcinoma)' : ''}`]),
    ...info.readers.map((reader) => ['reader', `${reader.name}, ${reader.entries} entries`]),
    ['models', `${info.models}; ${info.verdicts} predictions`],
    [
      'size',
      `${Object.entries(bytes)
        .map(([part, size]) => `${part} ${megabytes(size)}`)
        .join(', ')}; ${megabytes(info.freeBytes)} free`,
    ],
  ])
}

function presentCheck({ images, descriptors, boosters, problems }: CheckReport): void {
  print(
    `Checked the database, ${images} images, ${descriptors} descriptor files and ${boosters} classifiers.`,
  )
  print(problems.length === 0 ? 'No problems found.' : `${problems.length} problems:`)
  for (const problem of problems) print(`  ${problem.message}`)
}

function presentRelink({ found, missing, failed }: RelinkReport): void {
  print(`${found.length} found, ${missing.length} still missing.`)
  for (const { from, to } of found) print(`  ${from} is now ${to}`)
  for (const { path } of missing) print(`  missing: ${path}`)
  for (const failure of failed) print(`  ${failure.message}`)
}

function suggestionText(verdict: VerdictView): string {
  const { classes, probability } = headlineOf(verdict)
  return `${reportWords.result(classes)} ${percent(probability)}`
}

function presentImages(images: ImageView[]): void {
  printTable([
    ['id', 'file', 'case', 'label', 'suggested class', 'size'],
    ...images.map((image) => [
      String(image.id),
      image.fileName,
      image.caseName ?? '-',
      image.label?.className ?? (image.readings.isDisputed ? 'disputed' : '-'),
      image.verdict === null ? '-' : suggestionText(image.verdict),
      `${image.widthPx}x${image.heightPx}`,
    ]),
  ])
}
