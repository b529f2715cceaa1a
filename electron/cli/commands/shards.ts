import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  backendChoices,
  parseRecipeChanges,
  planImagesSchema,
  researchUseSentence,
  type BackendChoice,
  type PlanImages,
  type PlanShardsReport,
  type PlanTrainingReport,
} from '../../contract/index.ts'
import { encodeShard, type EncodeShardReport } from '../../features/shards/encode-shard.ts'
import { trainShard, type TrainShardReport } from '../../features/shards/train-shard.ts'
import { fileFormat } from '../../report/format.ts'
import { regionsLeftOut } from '../../report/training-words.ts'
import { formatDuration } from '../progress-line.ts'
import { exitCodes, print } from '../run.ts'
import { chosenRecipe, recipeFlag } from './recipe-option.ts'
import { trainingSettings, type TrainingOptions } from './training-settings.ts'
import { warn } from './descriptors.ts'
import { addPartCommands, partCommands } from './parts.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

/** What `addPlanOptions` gives a command. */
export interface PlanOptions {
  out: string
  images: PlanImages
  backend: BackendChoice
  allowHalf?: boolean
}

/** The options of a plan whose units are images. */
export const addPlanOptions = (command: Command): Command =>
  command
    .requiredOption('--out <folder>', 'new or empty folder for the plan, which the other machines can read')
    .addOption(
      new Option(
        '--images <how>',
        'copy or link the images into the plan, named by content hash; or write their paths, which must be the same on all machines',
      )
        .choices(planImagesSchema.options)
        .default('copy'),
    )
    .addOption(
      new Option(
        '--backend <name>',
        'back-end on all machines; machines with different ones give different bits',
      )
        .choices(backendChoices)
        .default('auto'),
    )
    .option('--allow-half', 'allow half precision on machines with a GPU')
    .option(...jsonFlag)

export function addShardCommands(program: Command): void {
  const encodePlan = program
    .command('encode-plan')
    .description('write a plan to compute the missing descriptors of a workspace on other machines')
    .requiredOption(...workspaceFlag)
    .option(...recipeFlag)
    .option('--set <setting=value...>', 'changes to the recipe, as of "lobule train"')
  type EncodePlanOptions = WorkspaceOptions & PlanOptions & { recipe?: string; set?: string[] }
  addPlanOptions(encodePlan).action(async (options: EncodePlanOptions) => {
    await runInWorkspace(
      options,
      async (context) => {
        const { images, backend, allowHalf: allowsHalf = false } = options
        const recipe = await chosenRecipe(context, options.recipe)
        const report = await context.finish<'plan-shards'>(
          await context.call('shard.plan', {
            recipe,
            changes: parseRecipeChanges(options.set ?? []),
            directory: resolve(options.out),
            images,
            backend,
            allowsHalf,
          }),
        )
        if (report.failed.length > 0) process.exitCode = exitCodes.failed
        return report
      },
      presentPlan,
    )
  })

  program
    .command('train-plan')
    .description('write a plan to train the classifiers of the current labels on other machines')
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <folder>', 'new or empty folder for the plan, which the other machines can read')
    .option(...recipeFlag)
    .option('--set <setting=value...>', 'changes to the recipe, as of "lobule train"')
    .addOption(new Option('--group-by <what>', 'as of "lobule train"').choices(['case', 'image']))
    .option('--regions', 'also train on labelled regions and places')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & TrainingOptions & { out: string }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const { regions = false, ...settings } = await trainingSettings(context, options)
          const input = { ...settings, regions, directory: resolve(options.out) }
          const report = await context.finish<'plan-training'>(
            await context.call('shard.planTraining', input),
          )
          if (report.failed.length > 0) process.exitCode = exitCodes.failed
          return report
        },
        presentTrainingPlan,
      )
    })

  addPartCommands(program, 'encode', 'the image', encodeShard, presentEncodeShard)
  addPartCommands(program, 'train', 'the classifiers', trainShard, presentTrainShard)
}

function presentPlan({
  directory,
  images,
  encoded,
  bytes,
  failed,
  weights,
  researchUse,
}: PlanShardsReport): void {
  print(
    `${directory}: ${images} images (${(bytes / 1e9).toFixed(2)} GB); ${encoded} have their descriptors already.`,
  )
  for (const { message } of failed) print(`  left out: ${message}`)
  warn(weights)
  print(...partCommands('encode'))
  print(researchUse)
}

function presentTrainingPlan({
  directory,
  classifiers,
  fields,
  regionsLeftOut: leftOut,
  failed,
  weights,
  researchUse,
}: PlanTrainingReport): void {
  print(`${directory}: ${classifiers} classifiers on ${fields} training fields.`)
  if (leftOut !== undefined) print(...regionsLeftOut(leftOut, fileFormat))
  for (const { message } of failed) print(`  left out: ${message}`)
  warn(weights)
  print(...partCommands('train'), 'Then "lobule train" with the same settings finds them.', researchUse)
}

function presentEncodeShard(report: EncodeShardReport): void {
  const { shard, images, encoded, present, failed, backends, durationMs, stopped } = report
  const where = backends.length === 0 ? '' : ` on ${backends.join(', ')}`
  print(
    `Shard ${shard}: ${encoded} of ${images} images encoded${where}, ${present} were there, in ${formatDuration(durationMs)}.`,
  )
  for (const { sha256, message } of failed) print(`  failed: ${sha256}: ${message}`)
  if (stopped) print('It was stopped; run it again for the rest.')
  print(researchUseSentence)
}

function presentTrainShard({
  shard,
  classifiers,
  trained,
  present,
  durationMs,
  stopped,
}: TrainShardReport): void {
  print(
    `Shard ${shard}: ${trained} of ${classifiers} classifiers trained, ${present} were there, in ${formatDuration(durationMs)}.`,
  )
  if (stopped) print('It was stopped; run it again for the rest.')
  print(researchUseSentence)
}
