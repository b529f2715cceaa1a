import { InvalidArgumentError, type Command } from 'commander'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  AppError,
  recipes,
  type CallOutput,
  type CropPlan,
  type NormalizedImage,
  type ImageQuality,
  type QualityFlag,
  type StainReport,
} from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { percent, print, printError, printTable, runCommand, type CommonOptions } from '../run.ts'
import { integer } from './machine.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag } from './workspace.ts'

const number = (text: string): number => {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

const oneStepHelp =
  '\nOnly this step is applied; run the commands one after another for more. The extension of OUT sets the format' +
  '\n(PNG or TIFF). The pixel size is kept.'

/** Steps of the method on single files: resampling, stains, crops, quality; no workspace is needed. */
export function addPictureCommands(program: Command): void {
  program
    .command('resample')
    .description('resample an image (bicubic, a = -0.75, no anti-aliasing)')
    .argument('<in>', 'input image')
    .argument('<out>', 'output image')
    .requiredOption('--scale <factor>', 'scale factor, for example 0.5', number)
    .option(...replaceFlag)
    .option(...jsonFlag)
    .addHelpText('after', oneStepHelp)
    .action(
      async (
        input: string,
        output: string,
        options: CommonOptions & { scale: number; replace?: boolean },
      ) => {
        const { scale, replace } = options
        await runCommand(
          options,
          (context) =>
            rejectOnInterrupt(context, context.call('picture.resample', { input, output, scale, replace })),
          presentWritten,
        )
      },
    )
  addStain(program.command('stain').description('normalise or augment the stains of an image'))
  addCrops(program)
  addQuality(program)
}

function addStain(stain: Command): void {
  stain
    .command('normalize')
    .description('normalise the stains (Macenko) to the published reference or to another image')
    .argument('<in>', 'input image')
    .argument('<out>', 'output image')
    .option('--reference <image>', 'image to use as the stain reference')
    .option(...replaceFlag)
    .option(...jsonFlag)
    .addHelpText('after', `${oneStepHelp}\nAn image without two stains keeps its own colours and is flagged.`)
    .action(
      async (
        input: string,
        output: string,
        options: CommonOptions & { reference?: string; replace?: boolean },
      ) => {
        const { reference = null, replace } = options
        const request = { input, output, reference, replace }
        await runCommand(
          options,
          (context) => rejectOnInterrupt(context, context.call('stain.normalize', request)),
          presentNormalized,
        )
      },
    )
  stain
    .command('augment')
    .description('multiply the amounts of hematoxylin and eosin (Ruifrok and Johnston)')
    .argument('<in>', 'input image, normally one that is already normalised')
    .argument('<out>', 'output image')
    .requiredOption('--hematoxylin <gain>', 'gain, for example 0.8; 1 means no change', number)
    .requiredOption('--eosin <gain>', 'gain, for example 1.2; 1 means no change', number)
    .option(...replaceFlag)
    .option(...jsonFlag)
    .addHelpText('after', oneStepHelp)
    .action(
      async (
        input: string,
        output: string,
        options: CommonOptions & { hematoxylin: number; eosin: number; replace?: boolean },
      ) => {
        const { json: _, ...gains } = options
        const request = { input, output, ...gains }
        await runCommand(
          options,
          (context) => rejectOnInterrupt(context, context.call('stain.augment', request)),
          presentWritten,
        )
      },
    )
}

interface CropsOptions extends CommonOptions {
  size: number
  count: number
  seed: number
  augmentation: number
  plan?: string
  out?: string
  replace?: boolean
}

type CropsAnswer = CropPlan & { flags: QualityFlag[]; files: string[] }

function addCrops(program: Command): void {
  program
    .command('crops')
    .description('plan random crops of an image, and cut them with --out')
    .argument('<in>', 'input image')
    .option('--size <px>', 'crop size in pixels', integer(1), 400)
    .option('--count <n>', 'number of crops', integer(1), 20)
    .option('--seed <n>', "the recipe's seed", integer(0), 0)
    .option('--augmentation <n>', 'augmentation number', integer(0), 0)
    .option('--plan <file>', 'use a stored plan (the output of --json) with its own seed, size and count')
    .option('--out <folder>', 'folder for the crops, as PNG files')
    .option('--replace', 'replace existing files of these names')
    .option(...jsonFlag)
    .addHelpText(
      'after',
      '\nThe image is not changed first; run "resample" and "stain normalize" before if needed. Crop positions depend' +
        "\nonly on the seed, the file's SHA-256, the augmentation and the size. An image smaller than a crop is" +
        '\nextended by mirroring to the right and downwards, and flagged.',
    )
    .action(async (path: string, options: CropsOptions) => {
      await runCommand(
        options,
        (context) => rejectOnInterrupt(context, planAndCut(context, path, options)),
        presentCrops,
      )
    })
}

async function planAndCut(
  context: CommandContext,
  path: string,
  { size: sizePx, count, seed, augmentation, plan: planFile, out, replace }: CropsOptions,
): Promise<CropsAnswer> {
  const plan =
    planFile === undefined
      ? await context.call('crops.plan', { path, sizePx, count, seed, augmentation })
      : { ...readPlan(planFile), flags: [] }
  if (out === undefined) return { ...plan, files: [] }
  return { ...plan, ...(await context.call('crops.cut', { path, plan, directory: out, replace })) }
}

/** Only parsed here: the call checks the content. */
function readPlan(path: string): CropPlan {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as CropPlan
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is not valid JSON' : (error as Error).message
    throw new AppError('path.unreadable', { path: resolve(path), reason }, { cause: error })
  }
}

function addQuality(program: Command): void {
  program
    .command('quality')
    .description('check image quality: tissue, focus, light, stain, size')
    .argument('<path...>', 'image files and folders')
    .option(
      '--recipe <name>',
      `whose crops and pixel size count: ${Object.keys(recipes).join(', ')}`,
      'quick',
    )
    .option(...jsonFlag)
    .addHelpText(
      'after',
      '\nFlags are only warnings; docs/quality.md explains each. Exit code 1 if a file cannot be read.',
    )
    .action(async (paths: string[], options: CommonOptions & { recipe: string }) => {
      await runCommand(
        options,
        async (context) => {
          const answer = await rejectOnInterrupt(
            context,
            context.call('quality.assess', { paths, recipe: options.recipe }),
          )
          if (answer.failed.length > 0) process.exitCode = 1
          return answer
        },
        presentQuality,
      )
    })
}

/** Rejects with `job.cancelled` when the user interrupts; closing the application then ends the work. */
function rejectOnInterrupt<T>({ signal }: CommandContext, answer: Promise<T>): Promise<T> {
  return new Promise((resolveAnswer, reject) => {
    signal.addEventListener('abort', () => reject(new AppError('job.cancelled', {})), { once: true })
    answer.then(resolveAnswer, reject)
  })
}

const presentWritten = ({ path, widthPx, heightPx }: CallOutput<'picture.resample'>): void =>
  print(`${path}: ${widthPx} x ${heightPx} pixels.`)

const vector = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(' ')

function presentStain({ tissueFraction, stains, degenerate, fitQuality }: StainReport): void {
  print(`Tissue ${percent(tissueFraction)}.`)
  if (stains === null || fitQuality === null) {
    print(
      `The image keeps its own colours: ${degenerate === 'one-stain' ? 'one stain only' : 'too little tissue'}.`,
    )
    return
  }
  const { stainMatrix, maximum } = stains
  printTable([
    ['stain', 'R G B', 'maximum'],
    ['hematoxylin', vector(stainMatrix.hematoxylin), maximum.hematoxylin.toFixed(4)],
    ['eosin', vector(stainMatrix.eosin), maximum.eosin.toFixed(4)],
  ])
  const { explainedFraction, stainAngleDegrees } = fitQuality
  print(
    `The two explain ${percent(explainedFraction)} of the density; ${stainAngleDegrees.toFixed(1)} degrees apart.`,
  )
}

function presentNormalized(answer: NormalizedImage): void {
  presentWritten(answer)
  presentStain(answer)
  for (const flag of answer.flags) print(`FLAG ${flagText(flag)}`)
}

const flagText = ({ code, measured, threshold }: QualityFlag): string =>
  `${code}: ${Number(measured.toPrecision(3))}, threshold ${threshold}`

function presentCrops({ crops, flags, files }: CropsAnswer): void {
  printTable([
    ['left', 'top', 'size', 'turns', 'flips'],
    ...crops.map((crop) => [
      ...[crop.left, crop.top, crop.sizePx, crop.quarterTurns].map(String),
      `${crop.flipVertical ? 'vertical ' : ''}${crop.flipHorizontal ? 'horizontal' : ''}`.trim() || '-',
    ]),
  ])
  for (const flag of flags) print(`FLAG ${flagText(flag)}`)
  if (files.length > 0) print(`${files.length} files written.`)
}

function presentQuality({ images, failed }: CallOutput<'quality.assess'>): void {
  const format = (value: number | null, digits: number): string => value?.toFixed(digits) ?? '-'
  printTable([
    ['image', 'tissue', 'blur', 'stain angle', 'flags'],
    ...images.map(({ path, measures, flags }: ImageQuality) => [
      path,
      percent(measures.tissueFraction),
      format(measures.blur, 2),
      format(measures.stainAngleDegrees, 1),
      flags.map(({ code }) => code).join(', ') || '-',
    ]),
  ])
  for (const failure of failed) printError(failure.message)
}
