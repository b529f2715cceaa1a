import { InvalidArgumentError, type Command } from 'commander'
import type { CallOutput } from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { print } from '../run.ts'
import { findImage } from './labels.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

const imagesArgument = [
  '<image...>',
  'numbers, paths, file names or starts of the SHA-256 of images',
] as const

const readerFlag = ['--reader <name>', 'who can undo it (default: the reader of this computer)'] as const

interface SetLaterOptions extends WorkspaceOptions {
  reader?: string
}

/** `lobule set-case` and `lobule set-pixel-size`: what the import did not know. */
export function addSetLaterCommands(program: Command): void {
  program
    .command('set-case')
    .description('set the case of images after their import; "none" removes it')
    .argument('<case>', 'name of the case, or "none"')
    .argument(...imagesArgument)
    .requiredOption(...workspaceFlag)
    .option(...readerFlag)
    .option(...jsonFlag)
    .action(async (name: string, images: string[], options: SetLaterOptions) => {
      await runInWorkspace(
        options,
        async (context) => {
          const imageIds = await findIds(context, images)
          return context.call('image.setCase', {
            imageIds,
            caseName: name === 'none' ? null : name,
            reader: options.reader ?? null,
          })
        },
        presentCase,
      )
    })
  program
    .command('set-pixel-size')
    .description('state the pixel size of images whose files do not, after their import')
    .argument('<um>', 'micrometres per pixel', pixelSize)
    .argument(...imagesArgument)
    .requiredOption(...workspaceFlag)
    .option(...readerFlag)
    .option(...jsonFlag)
    .action(async (pixelSizeUm: number, images: string[], options: SetLaterOptions) => {
      await runInWorkspace(
        options,
        async (context) => {
          const imageIds = await findIds(context, images)
          return context.call('image.setPixelSize', { imageIds, pixelSizeUm, reader: options.reader ?? null })
        },
        presentPixelSize,
      )
    })
}

export function pixelSize(text: string): number {
  const value = Number(text)
  if (value >= 0.05 && value <= 20) return value
  throw new InvalidArgumentError('It must be a number of micrometres from 0.05 to 20.')
}

async function findIds(context: CommandContext, images: readonly string[]): Promise<number[]> {
  const ids: number[] = []
  for (const image of images) ids.push((await findImage(context, image)).id)
  return ids
}

function presentCase({ changed, images, models, similarCases }: CallOutput<'image.setCase'>): void {
  print(`${changed} of ${images.length} images changed.`)
  if (models.length > 0) {
    print(
      `Trained with the old cases: ${models.join(', ')}. Their folds stay as they are; train again to test with the new ones.`,
    )
  }
  for (const names of similarCases) print(`! The cases ${names.join(', ')} may be one patient.`)
}

function presentPixelSize({ changed, images, fromFile, used }: CallOutput<'image.setPixelSize'>): void {
  print(`${changed} of ${images.length} images changed.`)
  if (fromFile > 0) print(`${fromFile} left as they are: their files state the pixel size.`)
  if (used > 0) print(`${used} left as they are: descriptors, folds or predictions depend on the old value.`)
}
