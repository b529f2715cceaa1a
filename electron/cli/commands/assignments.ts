import { InvalidArgumentError, type Command } from 'commander'
import { AppError, isDueDate, type AssignmentView } from '../../contract/index.ts'
import { counted, fileFormat } from '../../report/format.ts'
import type { CommandContext } from '../context.ts'
import { print, printTable } from '../run.ts'
import { findIds } from './set-later.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface ImagesOptions extends WorkspaceOptions {
  cases?: string[]
  images?: string[]
}

/** `lobule assignments`: which reader is to read which images (docs/readers.md). */
export function addAssignmentCommands(program: Command): void {
  const assignments = program
    .command('assignments')
    .description('which reader is to read which images, and how far they are')
  const ofImages = (name: string, description: string): Command =>
    assignments
      .command(`${name} <reader>`)
      .description(description)
      .requiredOption(...workspaceFlag)
      .option('--cases <names...>', 'all images that these cases have now')
      .option('--images <images...>', 'numbers, paths, file names or starts of the SHA-256 of images')
      .option(...jsonFlag)

  assignments
    .command('list', { isDefault: true })
    .description('list what is assigned, with how many images each reader has read')
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions) => {
      await runInWorkspace(options, (context) => context.call('assignment.list', {}), presentAssignments)
    })

  ofImages('add', 'assign images or whole cases to a reader; give --cases, --images or both')
    .option('--due <date>', 'the last day, such as 2026-12-31; it replaces an earlier one', dateOf)
    .action(async (to: string, options: ImagesOptions & { due?: string }, command: Command) => {
      requireImages(options, command)
      await runInWorkspace(
        options,
        async (context) =>
          context.call('assignment.add', {
            imageIds: await idsOf(context, options),
            to,
            due: options.due ?? null,
          }),
        ({ changed }) =>
          print(
            changed === 0
              ? `${to} has these images already.`
              : `${counted(fileFormat, changed, 'image')} assigned to ${to}.`,
          ),
      )
    })

  ofImages('remove', 'end the assignment of images to a reader; their labels stay')
    .option('--reason <text>', 'why, for the audit trail')
    .action(async (to: string, options: ImagesOptions & { reason?: string }, command: Command) => {
      requireImages(options, command)
      await runInWorkspace(
        options,
        async (context) =>
          context.call('assignment.remove', {
            imageIds: await idsOf(context, options),
            to,
            reason: options.reason ?? null,
          }),
        ({ changed }) => print(`${counted(fileFormat, changed, 'image')} not assigned to ${to} any more.`),
      )
    })
}

function requireImages({ cases, images }: ImagesOptions, command: Command): void {
  if (cases === undefined && images === undefined) command.error('error: give --cases, --images or both')
}

function dateOf(text: string): string {
  if (!isDueDate(text)) throw new InvalidArgumentError('a date such as 2026-12-31 is needed')
  return text
}

async function idsOf(context: CommandContext, { cases = [], images = [] }: ImagesOptions): Promise<number[]> {
  const all = cases.length === 0 ? [] : await context.call('image.list', {})
  const ofCases = cases.flatMap((name) => {
    const found = all.filter(({ caseName }) => caseName === name)
    if (found.length === 0) throw new AppError('case.not-found', { case: name })
    return found
  })
  return [...ofCases.map(({ id }) => id), ...(await findIds(context, images))]
}

function presentAssignments(assignments: readonly AssignmentView[]): void {
  if (assignments.length === 0) {
    print('Nothing is assigned to a reader.')
    return
  }
  printTable([
    ['reader', 'due', 'read', 'assigned'],
    ...assignments.map(({ reader, due, imageIds, read }) => [
      reader,
      due ?? '',
      String(read),
      String(imageIds.length),
    ]),
  ])
}
