import { resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import { AppError, type CallOutput } from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { print, printTable } from '../run.ts'
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

/** Flags of a command that changes images as one step of a reader's. */
const withReader = (command: Command): Command =>
  command
    .requiredOption(...workspaceFlag)
    .option(...readerFlag)
    .option(...jsonFlag)

/** Finds the images, changes them and presents the answer. */
const changeImages = <A>(
  images: readonly string[],
  options: SetLaterOptions,
  change: (context: CommandContext, who: { imageIds: number[]; reader: string | null }) => Promise<A>,
  present: (answer: A) => void,
): Promise<void> =>
  runInWorkspace(
    options,
    async (context) =>
      change(context, { imageIds: await findIds(context, images), reader: options.reader ?? null }),
    present,
  )

/** `lobule set-case` and `lobule set-pixel-size`: what the import did not know; and the removal of images. */
export function addSetLaterCommands(program: Command): void {
  withReader(
    program
      .command('set-case')
      .description('set the case of images after their import; "none" removes it')
      .argument('<case>', 'name of the case, or "none"')
      .argument(...imagesArgument),
  ).action((name: string, images: string[], options: SetLaterOptions) => {
    const caseName = name === 'none' ? null : name
    return changeImages(
      images,
      options,
      (context, who) => context.call('image.setCase', { ...who, caseName }),
      presentCase,
    )
  })
  withReader(
    program
      .command('set-pixel-size')
      .description('state the pixel size of images whose files do not, after their import')
      .argument('<um>', 'micrometres per pixel', pixelSize)
      .argument(...imagesArgument),
  ).action((pixelSizeUm: number, images: string[], options: SetLaterOptions) =>
    changeImages(
      images,
      options,
      (context, who) => context.call('image.setPixelSize', { ...who, pixelSizeUm }),
      presentPixelSize,
    ),
  )
  withReader(
    program
      .command('remove-images')
      .description(
        'remove images from the workspace; their files, labels and history stay, and "restore-images" brings them back',
      )
      .argument(...imagesArgument),
  ).action((images: string[], options: SetLaterOptions) =>
    changeImages(
      images,
      options,
      (context, who) => context.call('image.setRemoved', { ...who, isRemoved: true }),
      presentRemoval,
    ),
  )
  withReader(
    program
      .command('restore-images')
      .description('bring removed images back; without images, list those that were removed')
      .argument('[image...]', 'numbers, paths or file names of removed images'),
  ).action((images: string[], options: SetLaterOptions) =>
    runInWorkspace(
      options,
      async (context) => {
        const removed = await context.call('image.listRemoved', {})
        if (images.length === 0) return removed
        const imageIds = images.map((image) => findRemoved(removed, image))
        const input = { imageIds, isRemoved: false, reader: options.reader ?? null }
        return context.call('image.setRemoved', input)
      },
      presentRestored,
    ),
  )
}

type Removed = CallOutput<'image.listRemoved'>

function findRemoved(removed: Removed, text: string): number {
  const path = resolve(text)
  const found = removed.filter((image) => String(image.imageId) === text || image.path === path)
  const named = found.length > 0 ? found : removed.filter(({ fileName }) => fileName === text)
  const [image, ...others] = named
  if (image === undefined) throw new AppError('image.not-found', { image: text })
  if (others.length > 0) throw new AppError('image.ambiguous', { image: text, count: named.length })
  return image.imageId
}

export function pixelSize(text: string): number {
  const value = Number(text)
  if (value >= 0.05 && value <= 20) return value
  throw new InvalidArgumentError('It must be a number of micrometres from 0.05 to 20.')
}

export async function findIds(context: CommandContext, images: readonly string[]): Promise<number[]> {
  const ids: number[] = []
  for (const image of images) ids.push((await findImage(context, image)).id)
  return ids
}

function presentRemoval({ changed, models }: CallOutput<'image.setRemoved'>): void {
  print(`${changed} ${changed === 1 ? 'image' : 'images'} removed.`)
  if (models.length > 0) print(`Trained on them: ${models.join(', ')}. These models stay as they are.`)
}

function presentRestored(answer: Removed | CallOutput<'image.setRemoved'>): void {
  if (!Array.isArray(answer))
    print(`${answer.changed} ${answer.changed === 1 ? 'image' : 'images'} restored.`)
  else if (answer.length === 0) print('No image was removed.')
  else
    printTable([
      ['image', 'removed', 'file'],
      ...answer.map(({ imageId, at, path }) => [String(imageId), at, path]),
    ])
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
