import type { Command } from 'commander'
import { resolve } from 'node:path'
import { isSameName } from '../../base/plain-name.ts'
import {
  AppError,
  actionText,
  originOf,
  presentClassName,
  type ActionView,
  type ImageView,
  type LabelEntryView,
  type LabelOrigin,
  type WorkspaceView,
} from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { print, printTable } from '../run.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface LabelOptions extends WorkspaceOptions {
  reader: string
  comment?: string
  undo?: boolean
  unsure?: boolean
  adjudicate?: boolean
  confirmBlind?: boolean
}

/** What `lobule labels` prints for one entry. */
interface LabelLine extends LabelEntryView {
  file: string
  page: number
  caseName: string | null
  sha256: string
}

const confirmBlindFlag = [
  '--confirm-blind',
  'withdraw a label that was given blind, although no blind label of the image can be given again',
] as const

/** `lobule undo` and `lobule redo`. */
function addStepCommand(program: Command, direction: 'undo' | 'redo'): void {
  const done = direction === 'undo' ? 'Undone' : 'Redone'
  const descriptions = {
    undo: "undo a reader's newest step: a label, an adjudication, a comment, a change to regions, a case or a pixel size",
    redo: 'redo what a reader undid last, if they have done nothing else since',
  }
  program
    .command(direction)
    .description(descriptions[direction])
    .requiredOption(...workspaceFlag)
    .requiredOption('--reader <name>', 'name of the reader')
    .option('--list', `show what the next ${direction} would do, and change nothing`)
    .option(...confirmBlindFlag)
    .option(...jsonFlag)
    .action(
      async (options: WorkspaceOptions & { reader: string; list?: boolean; confirmBlind?: boolean }) => {
        const { reader, list = false, confirmBlind = false } = options
        await runInWorkspace(
          options,
          async (context): Promise<ActionView | null> => {
            if (list) return (await context.call('undo.state', { reader }))[direction]
            return (await context.call(`undo.${direction}`, { reader, confirmBlind })).action
          },
          (action) => {
            if (action === null) print(`${reader} has nothing to ${direction}.`)
            else print(`${list ? `Next ${direction}` : done}: ${actionText(action)}`)
          },
        )
      },
    )
}

export function addLabelCommands(program: Command): void {
  addStepCommand(program, 'undo')
  addStepCommand(program, 'redo')
  program
    .command('label')
    .description(
      'label an image, mark it as unsure, withdraw ("none") or undo a label, comment, or adjudicate',
    )
    .argument('<image>', 'number, path, file name or start of the SHA-256 of an image')
    .argument('[class]', 'class name, or "none" to withdraw the label')
    .requiredOption(...workspaceFlag)
    .requiredOption('--reader <name>', 'name of the reader')
    .option(
      '--comment <text>',
      'comment; without a class, it is added to the label that the reader has, or to the image ("" removes it)',
    )
    .option('--undo', "undo this reader's newest entry on the image")
    .option('--unsure', 'the reader has looked and cannot decide; never used for training')
    .option('--adjudicate', 'set the class of an image on which readers disagree; overrides their labels')
    .option(...confirmBlindFlag)
    .option(...jsonFlag)
    .action(async (image: string, className: string | undefined, options: LabelOptions) => {
      const alternatives = [options.undo, options.unsure].filter((flag) => flag === true).length
      const count = alternatives + (className === undefined ? 0 : 1)
      if (count > 1 || (count === 0 && options.comment === undefined)) {
        program.error('error: give exactly one of a class, --unsure or --undo, or only a comment')
      }
      if (options.adjudicate === true && className === undefined) {
        program.error('error: --adjudicate needs a class, or "none" to remove an adjudication')
      }
      await runInWorkspace(
        options,
        (context, workspace) => label(context, workspace, image, className, options),
        presentLabel,
      )
    })

  program
    .command('labels')
    .description('list the labels of a workspace, current or with history')
    .requiredOption(...workspaceFlag)
    .option('--history', 'show every entry, oldest first')
    .option('--csv <file>', 'write them to a CSV file that "lobule import --labels" can read')
    .option(...replaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { history?: boolean; csv?: string; replace?: boolean }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const lines = await labelLines(context, options)
          const history = options.history ?? false
          if (options.csv !== undefined) {
            const { csv, replace } = options
            await context.call('label.export', { path: resolve(csv), replace, history })
          }
          return lines
        },
        (lines) =>
          options.csv === undefined
            ? presentLines(lines)
            : print(`${lines.length} labels written to ${options.csv}.`),
      )
    })
}

async function label(
  context: CommandContext,
  workspace: WorkspaceView,
  imageName: string,
  className: string | undefined,
  options: LabelOptions,
): Promise<ImageView> {
  const { id } = await findImage(context, imageName)
  const { reader, confirmBlind = false } = options
  const comment = (options.comment ?? '') === '' ? null : (options.comment ?? null)
  const entry = { imageIds: [id], reader, comment }
  if (options.undo === true) await context.call('label.undo', { ...entry, confirmBlind })
  else if (options.unsure === true) {
    await context.call('image.label', { ...entry, className: null, isUnsure: true })
  } else if (className === undefined) {
    await context.call('label.comment', { imageId: id, reader, comment })
  } else {
    const known = presentClassName(workspace, className, isSameName)
    const isWithdrawn = known === null && className === 'none'
    const given = { ...entry, className: isWithdrawn ? null : (known ?? className) }
    if (options.adjudicate === true) await context.call('reading.adjudicate', given)
    else await context.call('image.label', { ...given, confirmBlind })
  }
  return context.call('image.get', { imageId: id })
}

/**
 * Finds an image of the open workspace by its number, path, file name or the start of its SHA-256.
 * @throws AppError `image.not-found`, `image.ambiguous`
 */
export async function findImage(context: CommandContext, text: string): Promise<ImageView> {
  const images = await context.call('image.list', {})
  const path = resolve(text)
  const tests: ((image: ImageView) => boolean)[] = [
    (image) => String(image.id) === text,
    (image) => image.path === path || image.originalPath === path,
    (image) => image.fileName === text,
    (image) => /^[0-9a-f]{8,64}$/.test(text) && image.sha256.startsWith(text),
  ]
  for (const test of tests) {
    const [image, ...others] = images.filter(test)
    if (others.length > 0) throw new AppError('image.ambiguous', { image: text, count: others.length + 1 })
    if (image !== undefined) return image
  }
  throw new AppError('image.not-found', { image: text })
}

async function labelLines(
  context: CommandContext,
  options: WorkspaceOptions & { history?: boolean },
): Promise<LabelLine[]> {
  const images = new Map((await context.call('image.list', {})).map((image) => [image.id, image]))
  const entries = await context.call('label.list', {})
  const isWanted = (entry: LabelEntryView): boolean => options.history === true || entry.current
  return entries.filter(isWanted).flatMap((entry): LabelLine[] => {
    const image = images.get(entry.imageId)
    if (image === undefined) return []
    const { originalPath: file, page, caseName, sha256 } = image
    return [{ ...entry, file, page, caseName, sha256 }]
  })
}

function presentLabel({ id, fileName, label, readings }: ImageView): void {
  const state =
    label === null
      ? readings.isDisputed
        ? 'no label, because readers disagree'
        : 'no label'
      : `${label.className}${label.isAdjudicated === true ? ' as adjudicated' : ''} ${sourceWords(label)}`
  print(`Image ${id} (${fileName}): ${state}.`)
  for (const reading of readings.all) {
    const { className, comment } = reading
    print(`  ${originOf(reading)}: ${className ?? 'unsure'}${comment === null ? '' : ` (${comment})`}`)
  }
  for (const { reader, comment } of readings.notes ?? []) print(`  ${reader}: comment (${comment})`)
}

const sourceWords = (label: LabelOrigin): string =>
  label.source === 'reader' ? `by ${originOf(label)}` : `(${originOf(label)})`

function presentLines(lines: readonly LabelLine[]): void {
  printTable([
    ['entry', 'file', 'label', 'reader', 'at', 'comment'],
    ...lines.map((line) => [
      String(line.id),
      line.file,
      describeEntry(line),
      originOf(line),
      line.at,
      line.comment ?? '',
    ]),
  ])
}

function describeEntry({ className, isUnsure, kind, isBlind, undoes }: LabelLine): string {
  const notes = [
    ...(kind === 'reading' ? [] : [kind]),
    ...(isBlind ? ['blind'] : []),
    ...(undoes === null ? [] : [`undoes ${undoes}`]),
  ]
  const text = className ?? (isUnsure ? 'unsure' : '-')
  return notes.length === 0 ? text : `${text} (${notes.join(', ')})`
}
