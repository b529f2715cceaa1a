import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  unverifiedWarning,
  type WeightsSource,
  backendChoices,
  builtInEncoders,
  type BackendChoice,
  type DescribeReport,
  type EncodeReport,
  type EncoderName,
} from '../../contract/index.ts'
import { formatDuration } from '../progress-line.ts'
import { print, runCommand, type CommonOptions } from '../run.ts'
import { integer } from './machine.ts'
import { chosenRecipe, recipeFlag } from './recipe-option.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface DescribeOptions extends CommonOptions {
  encoder: EncoderName
  crop: number
  augmentations: number
  mode: 'crops' | 'dense'
  seed: number
  out: string
  replace?: boolean
  backend: BackendChoice
  raw?: boolean
  identity?: boolean
}

const backendOption = () =>
  new Option(
    '--backend <name>',
    'back-end; "auto" uses the fastest one that passes its self-test, "-half" means half precision',
  )
    .choices(backendChoices)
    .default('auto')

export function addDescriptorCommands(program: Command): void {
  program
    .command('describe')
    .description('write the descriptors of one image file as a NumPy file')
    .argument('<image>', 'image file')
    .requiredOption('--encoder <name>', `the network: ${builtInEncoders.join(', ')}, or one of your own`)
    .option('--crop <px>', 'crop size in pixels, after resampling', integer(32), 400)
    .option('--augmentations <n>', 'number of augmentations, one row each', integer(1), 1)
    .addOption(
      new Option('--mode <name>', 'encode each crop separately, or the whole image at once')
        .choices(['crops', 'dense'])
        .default('crops'),
    )
    .option('--seed <n>', 'random seed for stain gains, crop positions and rotations', integer(0), 0)
    .requiredOption('--out <file>', '.npy file to write')
    .option(...replaceFlag)
    .addOption(backendOption())
    .option('--raw', 'do not pool: one row for each of the 20 crops of each augmentation')
    .option('--identity', 'use the pixels unchanged: no resampling, normalisation, augmentation or rotation')
    .option(...jsonFlag)
    .action(async (image: string, options: DescribeOptions) => {
      await runCommand(
        options,
        async (context) => {
          const { encoder, crop: cropPx, augmentations, mode, seed, backend } = options
          const { raw = false, identity = false, replace } = options
          const paths = { image: resolve(image), out: resolve(options.out) }
          const input = {
            ...paths,
            replace,
            encoder,
            cropPx,
            augmentations,
            mode,
            seed,
            backend,
            raw,
            identity,
          }
          return context.finish<'describe'>(await context.call('descriptors.describe', input))
        },
        presentDescription,
      )
    })

  program
    .command('encode')
    .description(
      'compute the descriptors of a workspace before a training; run it again to complete an interrupted run',
    )
    .requiredOption(...workspaceFlag)
    .option(...recipeFlag)
    .addOption(backendOption())
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { recipe?: string; backend: BackendChoice }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const { backend } = options
          const recipe = await chosenRecipe(context, options.recipe)
          const report = await context.finish<'encode'>(
            await context.call('descriptors.encode', { recipe, backend }),
          )
          if (report.failed.length > 0) process.exitCode = 1
          return report
        },
        presentEncoding,
      )
    })
}

const untrained = 'UNTRAINED ENCODER: these numbers only test the program and are meaningless for tissue.'

/** Says which results must not be trusted, by the encoder's weights. */
export function warn(weights: WeightsSource): void {
  if (weights === 'untrained') print(untrained)
  else if (weights === 'unverified') print(unverifiedWarning)
}

function presentDescription(report: DescribeReport): void {
  const { path, rows, columns, backends, durationMs } = report
  print(`${path}: ${rows} x ${columns}, on ${backends.join(', ')}, in ${formatDuration(durationMs)}.`)
  warn(report.weights)
  print(report.researchUse)
}

function presentEncoding(report: EncodeReport): void {
  const { images, files, failed, backends, notes = [], durationMs } = report
  const where = backends.length === 0 ? 'nothing had to be computed' : `on ${backends.join(', ')}`
  print(`${images} images, ${files} descriptor files (${where}), in ${formatDuration(durationMs)}.`)
  for (const note of notes) print(`  ${note}.`)
  for (const failure of failed) print(`  left out: ${failure.message}`)
  warn(report.weights)
  print(report.researchUse)
}
